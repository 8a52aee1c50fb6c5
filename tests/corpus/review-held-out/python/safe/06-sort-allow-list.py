SORTABLE = {
    "name": "p.name",
    "price": "p.price",
    "newest": "p.created_at",
}


def list_products(cursor, sort="name", direction="asc"):
    column = SORTABLE.get(sort)
    if column is None:
        raise ValueError(f"cannot sort by {sort!r}")
    order = "DESC" if direction == "desc" else "ASC"
    cursor.execute(
        f"SELECT p.id, p.name, p.price FROM products p ORDER BY {column} {order}"
    )
    return cursor.fetchall()
