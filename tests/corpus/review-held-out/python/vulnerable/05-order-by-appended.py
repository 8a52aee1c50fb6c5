import pymysql.cursors


def list_products(conn, params):
    sql = "SELECT id, name, price FROM products WHERE active = 1"
    args = []
    if params.get("category"):
        sql += " AND category = %s"
        args.append(params["category"])
    if params.get("sort"):
        sql += " ORDER BY " + params["sort"]
    sql += " LIMIT 100"

    with conn.cursor(pymysql.cursors.DictCursor) as cur:
        cur.execute(sql, args)
        return cur.fetchall()
