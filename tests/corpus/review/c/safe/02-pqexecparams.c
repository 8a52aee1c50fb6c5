#include <libpq-fe.h>
#include <stdio.h>

#define BASE_QUERY "SELECT id, subject, body FROM mails"
#define UNREAD_QUERY BASE_QUERY " WHERE mailbox = $1 AND seen = false"

PGresult *unread_mails(PGconn *conn, const char *mailbox)
{
    const char *values[1];
    PGresult *res;

    values[0] = mailbox;
    res = PQexecParams(conn, UNREAD_QUERY " ORDER BY received_at DESC",
                       1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fprintf(stderr, "could not select mails from %s: %s", mailbox, PQerrorMessage(conn));
    return res;
}
