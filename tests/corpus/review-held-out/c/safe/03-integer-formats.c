#include <inttypes.h>
#include <mysql/mysql.h>
#include <stdint.h>
#include <stdio.h>

int set_state(MYSQL *mysql, uint64_t job, int state)
{
    char query[128];

    snprintf(query, sizeof(query),
             "UPDATE jobs SET state = %d WHERE id = %" PRIu64, state, job);
    return mysql_query(mysql, query);
}

int drop_old(MYSQL *mysql, unsigned int days)
{
    char query[128];

    sprintf(query, "DELETE FROM jobs WHERE age_days > %u", days);
    return mysql_query(mysql, query);
}
