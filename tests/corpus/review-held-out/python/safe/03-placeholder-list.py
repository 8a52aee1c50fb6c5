from contextlib import closing


def users_by_name(conn, names):
    names = list(names)
    if not names:
        return []
    marks = ", ".join(["%s"] * len(names))
    with closing(conn.cursor()) as cur:
        cur.execute(f"SELECT id, name FROM users WHERE name IN ({marks})", names)
        return cur.fetchall()


def delete_users(db, ids):
    holders = ",".join("?" for _ in ids)
    db.execute("DELETE FROM users WHERE id IN (%s)" % holders, tuple(ids))
    db.commit()
