#include <mysql/mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Look up the account of a player that has just connected. */
long account_id(MYSQL *conn, const char *nick)
{
    char query[256];
    MYSQL_RES *res;
    MYSQL_ROW row;
    long id = -1;

    snprintf(query, sizeof(query),
             "SELECT id FROM accounts WHERE nick = '%s' AND banned = 0",
             nick);
    if (mysql_query(conn, query) != 0) {
        fprintf(stderr, "query failed: %s\n", mysql_error(conn));
        return -1;
    }
    res = mysql_store_result(conn);
    if ((row = mysql_fetch_row(res)) != NULL)
        id = strtol(row[0], NULL, 10);
    mysql_free_result(res);
    return id;
}
