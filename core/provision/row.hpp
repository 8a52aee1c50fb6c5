// Rows of the six files, as plans compare them: "=" stands for whatever is there, "!=" for that and locked, "?=" for that
// and not locked, "~" as a password for one that was there before tk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::provision {

std::vector<std::string_view> fields_of(std::string_view row);
std::string_view field_of(std::string_view row, std::size_t i);  // empty where there is none
std::string join_fields(const std::vector<std::string_view>& fields);

// What is wrong with a row of passwd or group; empty: nothing.
std::string wrong_row(std::string_view row, std::string_view database);
bool is_secret(std::string_view database);  // shadow, gshadow
// "!" alone is what useradd leaves where no password was set; a lock stands before one.
bool is_locked(std::string_view password);
// Whether a field or a row is as it is wanted.
bool fits(std::string_view wanted, std::string_view is);
bool row_fits(std::string_view wanted, std::string_view is, std::string_view database);
// What its password is stands in no plan.
std::string without_password(std::string_view row, std::string_view database);
// A wanted row as a new one has it.
std::string fresh_row(std::string_view wanted, std::string_view database, const std::string& today);
std::string_view field_name(std::string_view database, std::size_t i);

}  // namespace tk::provision
