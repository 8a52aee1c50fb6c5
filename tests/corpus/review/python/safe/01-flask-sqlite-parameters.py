import sqlite3

from flask import Blueprint, current_app, flash, redirect, request, url_for

bp = Blueprint("notes", __name__)


def db():
    return sqlite3.connect(current_app.config["DATABASE"])


@bp.post("/notes")
def create_note():
    title = request.form["title"].strip()
    with db() as conn:
        conn.execute(
            "INSERT INTO notes (title, body, owner_id) VALUES (?, ?, ?)",
            (title, request.form["body"], request.form["owner"]),
        )
    flash(f"Note '{title}' was created")
    return redirect(url_for("notes.index"))


@bp.get("/notes/search")
def search():
    pattern = "%" + request.args.get("q", "") + "%"
    with db() as conn:
        rows = conn.execute("SELECT id, title FROM notes WHERE title LIKE ?", (pattern,)).fetchall()
    return {"rows": rows}
