#include <mysql/mysql.h>
#include <string.h>

#define QUERY_MAX 2048

MYSQL_RES *find_host(MYSQL *mysql, const char *host)
{
    char query[QUERY_MAX];

    if (strlen(host) > QUERY_MAX / 2)
        return NULL;

    strcpy(query, "SELECT ip, mac FROM hosts WHERE name = '");
    strcat(query, host);
    strcat(query, "' LIMIT 1");

    if (mysql_query(mysql, query) != 0)
        return NULL;
    return mysql_store_result(mysql);
}
