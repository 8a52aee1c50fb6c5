#include <sqlite3.h>
#include <stddef.h>

/* %Q quotes and escapes the value, %w does so for identifiers. */
int tag_set(sqlite3 *db, const char *key, const char *value)
{
    char *sql = sqlite3_mprintf("INSERT OR REPLACE INTO meta (key, value) VALUES (%Q, %Q)", key, value);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

    sqlite3_free(sql);
    return rc;
}

int tag_drop_table(sqlite3 *db, const char *table)
{
    char *sql = sqlite3_mprintf("DELETE FROM \"%w\" WHERE temporary = 1", table);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

    sqlite3_free(sql);
    return rc;
}

char *tag_like(const char *prefix)
{
    return sqlite3_mprintf("SELECT key FROM meta WHERE key LIKE '%q%%'", prefix);
}
