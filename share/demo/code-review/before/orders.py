"""Orders of the shop."""
import sqlite3


def connect(path):
    return sqlite3.connect(path)


def order(db, order_id):
    return db.execute("SELECT id, state FROM orders WHERE id = ?", (order_id,)).fetchone()
