#include <sqlite3.h>
#include <stddef.h>

int add_contact(sqlite3 *db, const char *name, const char *mail)
{
    static const char sql[] =
        "INSERT INTO contacts (name, mail) "
        "VALUES (?1, ?2)";
    sqlite3_stmt *stmt;
    int rc;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return -1;
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(stmt, 2, mail, -1, SQLITE_TRANSIENT);
    rc = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? 0 : -1;
}
