import pyodbc


def archive_orders(conn_str, order_ids, operator):
    """Move the given orders into the archive table and drop the originals."""
    if not order_ids:
        return 0

    conn = pyodbc.connect(conn_str, autocommit=False)
    cursor = conn.cursor()
    id_list = ",".join("'" + oid + "'" for oid in order_ids)
    cursor.execute("DELETE FROM dbo.Orders WHERE OrderRef IN (" + id_list + ")")
    removed = cursor.rowcount
    cursor.execute(
        "INSERT INTO dbo.ArchiveLog (Operator, Removed) VALUES (?, ?)",
        operator,
        removed,
    )
    conn.commit()
    return removed
