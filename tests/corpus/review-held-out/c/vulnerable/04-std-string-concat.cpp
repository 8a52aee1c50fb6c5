#include <sqlite3.h>

#include <stdexcept>
#include <string>

class PlayerStore {
public:
    explicit PlayerStore(sqlite3* db) : db_(db) {}

    void rename(const std::string& from, const std::string& to)
    {
        const std::string sql = "UPDATE players SET name = '" + to +
                                "' WHERE name = '" + from + "';";
        if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db_));
    }

private:
    sqlite3* db_;
};
