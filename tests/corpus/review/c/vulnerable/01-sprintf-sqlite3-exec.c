#include <stdio.h>
#include <sqlite3.h>

#include "store.h"

int store_add_contact(sqlite3 *db, const char *name, const char *phone)
{
    char sql[512];
    char *err = NULL;

    sprintf(sql, "INSERT INTO contacts (name, phone) VALUES ('%s', '%s')", name, phone);
    if (sqlite3_exec(db, sql, NULL, NULL, &err) != SQLITE_OK) {
        fprintf(stderr, "insert into contacts failed: %s\n", err);
        sqlite3_free(err);
        return -1;
    }
    return 0;
}
