"""Orders of the shop."""
import sqlite3


def connect(path):
    return sqlite3.connect(path)


def order(db, order_id):
    return db.execute("SELECT id, state FROM orders WHERE id = ?", (order_id,)).fetchone()


def orders_of(db, request):
    """All orders of a customer, newest first."""
    customer = request.args["customer"]
    query = "SELECT id, state FROM orders WHERE customer = '" + customer + "' ORDER BY id DESC"
    return db.execute(query).fetchall()


def count_orders(db, state):
    # a parameter: nothing to find here
    return db.execute("SELECT count(*) FROM orders WHERE state = ?", (state,)).fetchone()[0]
