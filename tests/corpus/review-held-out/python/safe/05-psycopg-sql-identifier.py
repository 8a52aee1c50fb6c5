from psycopg2 import sql


def copy_column(conn, table, column, fallback):
    """Fill NULLs in table.column with a fallback value."""
    statement = sql.SQL("UPDATE {tbl} SET {col} = %s WHERE {col} IS NULL").format(
        tbl=sql.Identifier("public", table),
        col=sql.Identifier(column),
    )
    with conn.cursor() as cur:
        cur.execute(statement, (fallback,))
        return cur.rowcount
