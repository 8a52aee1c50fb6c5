class TagDao:
    def __init__(self, conn):
        self.conn = conn

    def by_ids(self, ids):
        if not ids:
            return []
        placeholders = ", ".join("?" for _ in ids)
        return self.conn.execute(
            f"SELECT id, name FROM tags WHERE id IN ({placeholders}) ORDER BY name",
            tuple(ids),
        ).fetchall()

    def delete_many(self, ids):
        marks = ",".join(["?"] * len(ids))
        cur = self.conn.execute("DELETE FROM tags WHERE id IN (" + marks + ")", list(ids))
        self.conn.commit()
        return cur.rowcount
