import sqlite3

from flask import Blueprint, g, jsonify, request

bp = Blueprint("tickets", __name__)


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect("tickets.db")
        g.db.row_factory = sqlite3.Row
    return g.db


@bp.get("/tickets/search")
def search():
    term = request.args.get("q", "")
    db = get_db()
    rows = db.execute(f"SELECT id, title FROM tickets WHERE title LIKE '%{term}%'").fetchall()
    return jsonify([dict(r) for r in rows])
