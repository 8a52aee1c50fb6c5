#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PGresult *devices_by_id(PGconn *conn, const char *const *ids, int n)
{
    char query[2048] = "SELECT id, name FROM devices WHERE id IN (";
    size_t used = strlen(query);

    for (int i = 1; i <= n && used < sizeof(query) - 16; i++)
        used += snprintf(query + used, sizeof(query) - used, i < n ? "$%d, " : "$%d)", i);
    return PQexecParams(conn, query, n, NULL, ids, NULL, NULL, 0);
}

PGresult *device_by_name(PGconn *conn, const char *name)
{
    char *literal = PQescapeLiteral(conn, name, strlen(name));
    char query[512];
    PGresult *res;

    snprintf(query, sizeof(query), "SELECT id FROM devices WHERE name = %s", literal);
    res = PQexec(conn, query);
    PQfreemem(literal);
    return res;
}
