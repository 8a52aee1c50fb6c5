import sqlite3

from flask import Flask, g, jsonify, request

app = Flask(__name__)


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(app.config["DATABASE"])
        g.db.row_factory = sqlite3.Row
    return g.db


@app.get("/books")
def list_books():
    author = request.args.get("author", "")
    cur = get_db().execute(f"SELECT id, title, year FROM books WHERE author = '{author}'")
    return jsonify([dict(row) for row in cur.fetchall()])


@app.get("/books/<int:book_id>")
def one_book(book_id):
    row = get_db().execute("SELECT * FROM books WHERE id = ?", (book_id,)).fetchone()
    return (jsonify(dict(row)), 200) if row else ("", 404)
