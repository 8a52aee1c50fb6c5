#include <fmt/format.h>
#include <pqxx/pqxx>

#include <string>
#include <vector>

std::vector<std::string> sensors_in(pqxx::connection& conn, const std::string& room)
{
    pqxx::work tx{conn};
    std::vector<std::string> names;

    tx.exec("SET LOCAL statement_timeout = 2000");
    const auto rows = tx.exec(
        fmt::format("SELECT name FROM sensors WHERE room = '{}' AND online", room));
    for (const auto& row : rows)
        names.emplace_back(row[0].c_str());
    tx.commit();
    return names;
}
