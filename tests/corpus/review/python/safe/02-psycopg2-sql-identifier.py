from psycopg2 import sql


def count_rows(conn, schema, table):
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
    with conn.cursor() as cur:
        cur.execute(query)
        return cur.fetchone()[0]


def insert_row(conn, table, values):
    """Insert a dict; column names are quoted, values are bound."""
    columns = list(values)
    query = sql.SQL("INSERT INTO {table} ({cols}) VALUES ({vals})").format(
        table=sql.Identifier(table),
        cols=sql.SQL(", ").join(map(sql.Identifier, columns)),
        vals=sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )
    with conn, conn.cursor() as cur:
        cur.execute(query, [values[c] for c in columns])
