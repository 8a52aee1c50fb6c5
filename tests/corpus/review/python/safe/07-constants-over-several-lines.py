BASE_COLUMNS = "id, hostname, os, last_report"
BASE_QUERY = "SELECT " + BASE_COLUMNS + " FROM hosts"
ACTIVE_QUERY = BASE_QUERY + " WHERE retired = 0"
STALE_QUERY = (
    ACTIVE_QUERY
    + " AND last_report < datetime('now', '-2 days')"
    + " ORDER BY last_report"
)

CREATE_TABLE = """
    CREATE TABLE IF NOT EXISTS hosts (
        id INTEGER PRIMARY KEY,
        hostname TEXT NOT NULL,
        os TEXT,
        last_report TEXT,
        retired INTEGER DEFAULT 0
    )
"""


def stale_hosts(conn):
    conn.execute(CREATE_TABLE)
    return conn.execute(STALE_QUERY).fetchall()
