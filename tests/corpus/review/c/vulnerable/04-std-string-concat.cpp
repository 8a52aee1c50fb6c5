#include <sqlite3.h>

#include <stdexcept>
#include <string>

class TagStore {
public:
    explicit TagStore(sqlite3* db) : db_(db) {}

    void remove(const std::string& label) {
        const std::string sql = "DELETE FROM tags WHERE label = '" + label + "'";
        run(sql);
    }

    void clear() { run("DELETE FROM tags"); }

private:
    void run(const std::string& sql) {
        char* message = nullptr;
        if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
            std::string text = message ? message : "unknown";
            sqlite3_free(message);
            throw std::runtime_error("statement failed: " + text);
        }
    }

    sqlite3* db_;
};
