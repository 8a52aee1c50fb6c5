#include <sqlite3.h>
#include <stdio.h>

static int print_row(void *unused, int n, char **values, char **names)
{
    (void)unused;
    for (int i = 0; i < n; i++)
        printf("%s=%s%s", names[i], values[i] ? values[i] : "", i + 1 < n ? ", " : "\n");
    return 0;
}

int cmd_find(sqlite3 *db, int argc, char **argv)
{
    char *sql;
    int rc;

    if (argc < 2)
        return 1;
    sql = sqlite3_mprintf("SELECT path, size FROM files WHERE path LIKE '%%%s%%'", argv[1]);
    rc = sqlite3_exec(db, sql, print_row, NULL, NULL);
    sqlite3_free(sql);
    return rc == SQLITE_OK ? 0 : 2;
}
