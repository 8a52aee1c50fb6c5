import sqlite3

TABLE = "audit_log"
COLUMNS = "id, actor, action, created_at"
BASE = "SELECT " + COLUMNS + " FROM " + TABLE
RECENT = f"{BASE} WHERE created_at > ? ORDER BY created_at DESC"


def recent(path: str, since: str):
    with sqlite3.connect(path) as db:
        return db.execute(RECENT + " LIMIT 50", (since,)).fetchall()


def purge(path: str, before: str) -> int:
    with sqlite3.connect(path) as db:
        cur = db.execute("DELETE FROM " + TABLE + " WHERE created_at < ?", (before,))
        return cur.rowcount
