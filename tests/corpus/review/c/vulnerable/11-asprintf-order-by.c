#define _GNU_SOURCE
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "http.h"

PGresult *list_servers(PGconn *conn, struct http_request *req)
{
    const char *order = http_query_param(req, "order");
    PGresult *res;
    char *query;

    if (asprintf(&query, "SELECT id, hostname, rack FROM servers WHERE decommissioned IS NULL ORDER BY %s", order ? order : "id") < 0)
        return NULL;

    res = PQexec(conn, query);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fprintf(stderr, "select from servers failed: %s\n", PQerrorMessage(conn));
    free(query);
    return res;
}
