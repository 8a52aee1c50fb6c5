// A row of the six files of accounts as a plan wants it, compared with one that stands. "=" as a field of shadow or gshadow
// fits whatever is there, "!=" what is locked, "?=" what is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::provision {

std::string join(const std::vector<std::string_view>& fields);
bool secret(std::string_view database);  // passwords stand in it
bool locked(std::string_view password);
bool fits(std::string_view wanted, std::string_view is);  // a field
bool row_fits(std::string_view wanted, std::string_view is, std::string_view database);
std::string without_password(std::string_view row, std::string_view database);
// A wanted row as a new one has it; `today` in days since 1970.
std::string fresh_row(std::string_view wanted, std::string_view database, const std::string& today);
std::string_view field_name(std::string_view database, std::size_t i);

}  // namespace tk::provision
