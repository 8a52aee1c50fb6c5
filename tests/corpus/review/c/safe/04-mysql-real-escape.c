#include <mysql/mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ban_player(MYSQL *conn, const char *nick, const char *reason)
{
    char nick_esc[2 * 32 + 1];
    char reason_esc[2 * 200 + 1];
    char query[640];

    if (strlen(nick) > 32 || strlen(reason) > 200)
        return -1;
    mysql_real_escape_string(conn, nick_esc, nick, strlen(nick));
    mysql_real_escape_string(conn, reason_esc, reason, strlen(reason));

    snprintf(query, sizeof(query),
             "UPDATE players SET banned = 1, reason = '%s' WHERE nick = '%s'",
             reason_esc, nick_esc);
    return mysql_query(conn, query);
}
