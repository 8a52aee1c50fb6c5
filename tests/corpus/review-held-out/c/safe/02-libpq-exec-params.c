#include <libpq-fe.h>
#include <stdio.h>

PGresult *orders_of(PGconn *conn, const char *customer, int limit)
{
    char limit_text[16];
    const char *values[2];

    snprintf(limit_text, sizeof(limit_text), "%d", limit);
    values[0] = customer;
    values[1] = limit_text;
    return PQexecParams(conn,
                        "SELECT id, total FROM orders "
                        "WHERE customer = $1 ORDER BY id LIMIT $2::int",
                        2, NULL, values, NULL, NULL, 0);
}
