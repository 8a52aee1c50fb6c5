#include <sqlite3.h>
#include <stdio.h>

#include "store.h"

int store_remove_contact(sqlite3 *db, const char *name)
{
    char sql[512];
    char *err = NULL;

    sprintf(sql, "DELETE FROM contacts WHERE name = '%s'", name);
    if (sqlite3_exec(db, sql, NULL, NULL, &err) != SQLITE_OK) {
        fprintf(stderr, "remove failed: %s\n", err);
        sqlite3_free(err);
        return -1;
    }
    return sqlite3_changes(db);
}
