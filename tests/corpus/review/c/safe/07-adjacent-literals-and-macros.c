#include <sqlite3.h>
#include <stddef.h>

#define TBL_USERS "app_users"
#define TBL_ROLES "app_roles"

static const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS " TBL_USERS " (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS " TBL_ROLES " (user_id INTEGER, role TEXT)",
    "INSERT OR IGNORE INTO " TBL_ROLES " (user_id, role) "
        "SELECT id, 'guest' FROM " TBL_USERS " WHERE id = 0",
    "DELETE FROM " TBL_ROLES
        " WHERE user_id NOT IN (SELECT id FROM " TBL_USERS ")",
};

int schema_install(sqlite3 *db)
{
    for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++) {
        if (sqlite3_exec(db, schema[i], NULL, NULL, NULL) != SQLITE_OK)
            return -1;
    }
    return 0;
}
