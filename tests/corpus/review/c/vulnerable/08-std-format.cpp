#include <format>
#include <iostream>
#include <string_view>

#include "pg/connection.hpp"

namespace billing {

pg::Result open_invoices(pg::Connection& conn, std::string_view customer)
{
    return conn.query(std::format("SELECT id, due, total FROM invoices WHERE customer = '{}' AND NOT paid", customer));
}

void mark_paid(pg::Connection& conn, long id)
{
    conn.query_params("UPDATE invoices SET paid = true WHERE id = $1", id);
    std::cout << std::format("invoice {} updated\n", id);
}

}  // namespace billing
