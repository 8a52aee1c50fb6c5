#include <mysql/mysql.h>

#include <ctime>
#include <sstream>
#include <string>

bool write_event(MYSQL* conn, const std::string& source, const std::string& message)
{
    std::ostringstream out;
    out << "INSERT INTO events (created, source, message) VALUES ("
        << std::time(nullptr) << ", '" << source << "', '" << message << "')";
    const std::string sql = out.str();
    return mysql_real_query(conn, sql.data(), sql.size()) == 0;
}
