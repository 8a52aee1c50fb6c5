#include <libpq-fe.h>
#include <string.h>

#define QUERY_MAX 1024

PGresult *jobs_of_owner(PGconn *conn, const char *owner)
{
    char query[QUERY_MAX];

    strcpy(query, "SELECT id, state, progress FROM jobs WHERE owner = '");
    strncat(query, owner, QUERY_MAX - strlen(query) - 32);
    strcat(query, "' ORDER BY id");

    return PQexec(conn, query);
}

int cancel_job(PGconn *conn, const char *id)
{
    const char *params[1] = { id };
    PGresult *res = PQexecParams(conn, "UPDATE jobs SET state = 'cancelled' WHERE id = $1",
                                 1, NULL, params, NULL, NULL, 0);
    int ok = PQresultStatus(res) == PGRES_COMMAND_OK;

    PQclear(res);
    return ok;
}
