#include <pqxx/pqxx>

#include <optional>
#include <string>

struct Station {
    int id;
    std::string name;
};

std::optional<Station> find_station(pqxx::connection& conn, const std::string& code)
{
    pqxx::work txn{conn};
    const pqxx::result rows = txn.exec(
        "SELECT id, name FROM stations "
        "WHERE code = '" + code + "' LIMIT 1");
    txn.commit();

    if (rows.empty())
        return std::nullopt;
    return Station{rows[0]["id"].as<int>(), rows[0]["name"].as<std::string>()};
}
