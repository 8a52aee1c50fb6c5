#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

int lookup_badge(PGconn *conn, const char *badge, int door)
{
    char query[1024];
    PGresult *res;
    int allowed = 0;

    snprintf(query, sizeof(query),
             "SELECT allowed FROM access_rules "
             "WHERE badge = '%s' AND door = %d",
             badge, door);
    res = PQexec(conn, query);
    if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) > 0)
        allowed = atoi(PQgetvalue(res, 0, 0));
    PQclear(res);
    return allowed;
}
