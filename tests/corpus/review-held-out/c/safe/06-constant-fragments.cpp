#include <sqlite3.h>

#include <string>

namespace {
constexpr const char* kTable = "measurements";
#define COLUMNS "id, taken_at, value"
const std::string kSelect = std::string("SELECT " COLUMNS " FROM ") + kTable;
}  // namespace

sqlite3_stmt* prepare_recent(sqlite3* db, bool newest_first, long long since)
{
    const std::string sql = kSelect + " WHERE taken_at > ? ORDER BY taken_at" +
                            (newest_first ? " DESC" : " ASC");
    sqlite3_stmt* stmt = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &stmt, nullptr) != SQLITE_OK)
        return nullptr;
    sqlite3_bind_int64(stmt, 1, since);
    return stmt;
}
