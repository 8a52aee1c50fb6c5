#include <mysql/mysql.h>

#include <sstream>
#include <string>
#include <vector>

std::vector<std::string> parts_from_supplier(MYSQL* db, const std::string& supplier, int limit)
{
    std::ostringstream sql;
    sql << "SELECT part_no FROM parts WHERE supplier = '" << supplier << "' LIMIT " << limit;

    std::vector<std::string> parts;
    if (mysql_query(db, sql.str().c_str()) != 0)
        return parts;

    MYSQL_RES* result = mysql_use_result(db);
    while (MYSQL_ROW row = mysql_fetch_row(result))
        parts.emplace_back(row[0]);
    mysql_free_result(result);
    return parts;
}
