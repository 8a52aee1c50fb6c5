#include <mysql/mysql.h>
#include <stdio.h>
#include <string.h>

int ban_nick(MYSQL *mysql, const char *nick)
{
    char escaped[2 * 32 + 1];
    char query[256];

    if (strlen(nick) > 32)
        return -1;
    mysql_real_escape_string(mysql, escaped, nick, strlen(nick));
    snprintf(query, sizeof(query),
             "INSERT INTO bans (nick) VALUES ('%s')", escaped);
    return mysql_query(mysql, query);
}
