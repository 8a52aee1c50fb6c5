#include <inttypes.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>

int prune_samples(sqlite3 *db, int channel, int64_t before)
{
    char sql[160];

    snprintf(sql, sizeof(sql),
             "DELETE FROM samples WHERE channel = %d AND taken_at < %" PRId64,
             channel, before);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int set_user_version(sqlite3 *db, unsigned version)
{
    char sql[64];

    snprintf(sql, sizeof sql, "UPDATE schema_info SET version = %u WHERE id = 1", version);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}
