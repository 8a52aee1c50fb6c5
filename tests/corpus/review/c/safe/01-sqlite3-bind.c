#include <sqlite3.h>
#include <stdio.h>

int save_bookmark(sqlite3 *db, const char *url, const char *title)
{
    static const char sql[] =
        "INSERT INTO bookmarks (url, title, added) "
        "VALUES (?1, ?2, strftime('%s', 'now'))";
    sqlite3_stmt *stmt;
    int rc;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "prepare of \"%s\" failed: %s\n", sql, sqlite3_errmsg(db));
        return -1;
    }
    sqlite3_bind_text(stmt, 1, url, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(stmt, 2, title, -1, SQLITE_TRANSIENT);
    rc = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? 0 : -1;
}
