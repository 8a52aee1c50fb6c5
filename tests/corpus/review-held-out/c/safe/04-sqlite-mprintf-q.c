#include <sqlite3.h>
#include <stddef.h>

int tag_file(sqlite3 *db, const char *path, const char *tag)
{
    char *sql;
    int rc;

    sql = sqlite3_mprintf("INSERT INTO tags (path, tag) VALUES (%Q, %Q)", path, tag);
    if (!sql)
        return SQLITE_NOMEM;
    rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    if (rc != SQLITE_OK)
        return rc;

    sql = sqlite3_mprintf("UPDATE files SET tagged = 1 WHERE path = '%q'", path);
    rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_free(sql);
    return rc;
}
