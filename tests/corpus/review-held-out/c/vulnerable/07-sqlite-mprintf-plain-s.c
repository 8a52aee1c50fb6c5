#include <sqlite3.h>
#include <stddef.h>

#include "cache.h"

/* Looks a cached document up by its URL; the caller finalizes. */
sqlite3_stmt *cache_find(sqlite3 *db, const char *url)
{
    sqlite3_stmt *stmt = NULL;
    char *sql;

    sql = sqlite3_mprintf("SELECT body, etag FROM cache WHERE url = \"%s\"", url);
    if (sql == NULL)
        return NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        stmt = NULL;
    sqlite3_free(sql);
    return stmt;
}
