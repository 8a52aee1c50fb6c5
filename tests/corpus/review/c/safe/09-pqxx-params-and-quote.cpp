#include <pqxx/pqxx>

#include <string>

int add_comment(pqxx::connection& conn, int post, const std::string& body)
{
    pqxx::work txn{conn};
    const auto row = txn.exec_params1(
        "INSERT INTO comments (post_id, body) VALUES ($1, $2) RETURNING id", post, body);
    txn.commit();
    return row[0].as<int>();
}

pqxx::result find_comments(pqxx::work& txn, const std::string& author)
{
    return txn.exec("SELECT id, body FROM comments WHERE author = " + txn.quote(author));
}

pqxx::result table_rows(pqxx::work& txn, const std::string& table)
{
    return txn.exec("SELECT * FROM " + txn.quote_name(table) + " LIMIT 100");
}
