#include "core/provision/row.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>

#include "core/base/text.hpp"

namespace tk::provision {
namespace {

std::set<std::string_view> members_of(std::string_view list) {
  std::set<std::string_view> out;
  for (auto member : text::split(list, ',')) out.insert(member);
  return out;
}

// A number as every program reads it: "007", "-1" and 2^32 are one to some and another to others.
bool plain_id(std::string_view text) {
  std::uint32_t id = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() && id != UINT32_MAX && (text.size() == 1 || text[0] != '0');
}

}  // namespace

std::vector<std::string_view> fields_of(std::string_view row) {
  std::vector<std::string_view> out;
  for (;;) {
    auto colon = row.find(':');
    out.push_back(row.substr(0, colon));
    if (colon == row.npos) return out;
    row.remove_prefix(colon + 1);
  }
}

std::string_view field_of(std::string_view row, std::size_t i) {
  for (; i > 0; --i) {
    auto colon = row.find(':');
    if (colon == row.npos) return {};
    row.remove_prefix(colon + 1);
  }
  return row.substr(0, row.find(':'));
}

std::string wrong_row(std::string_view row, std::string_view database) {
  bool passwd = database == "passwd";
  if (!passwd && database != "group") return {};
  auto fields = std::count(row.begin(), row.end(), ':') + 1;
  if (fields != (passwd ? 7 : 4)) return "has " + std::to_string(fields) + " fields, not " + (passwd ? "7" : "4");
  if (!plain_id(field_of(row, 2)))
    return std::string("has no plain ") + (passwd ? "uid" : "gid") + ": " + text::printable(text::shorten(field_of(row, 2), 30));
  if (passwd && !plain_id(field_of(row, 3))) return "has no plain gid: " + text::printable(text::shorten(field_of(row, 3), 30));
  return {};
}

std::string join_fields(const std::vector<std::string_view>& fields) {
  std::string out;
  for (auto f : fields) out.append(f).push_back(':');
  if (!out.empty()) out.pop_back();
  return out;
}

bool is_secret(std::string_view database) {
  return database == "shadow" || database == "gshadow";
}

bool is_locked(std::string_view password) {
  return password.size() > 1 && password[0] == '!';
}

bool fits(std::string_view wanted, std::string_view is) {
  return wanted == is || wanted == "=" || (wanted == "!=" && is_locked(is)) || (wanted == "?=" && !is_locked(is));
}

bool row_fits(std::string_view wanted, std::string_view is, std::string_view database) {
  if (wanted == is) return true;
  bool group = database == "group" || database == "gshadow";
  if (!group && !is_secret(database)) return false;
  for (std::size_t i = 0;; ++i) {
    auto w = wanted.substr(0, wanted.find(':')), n = is.substr(0, is.find(':'));
    // In which order members stand means nothing.
    if (!fits(w, n) && !(group && i == 3 && members_of(w) == members_of(n))) return false;
    bool last = w.size() == wanted.size();
    if (last || n.size() == is.size()) return last && n.size() == is.size();
    wanted.remove_prefix(w.size() + 1);
    is.remove_prefix(n.size() + 1);
  }
}

std::string without_password(std::string_view row, std::string_view database) {
  auto f = fields_of(row);
  // What opens nothing is no secret, and an inverse brings it back to the byte.
  static constexpr std::string_view kNone[] = {"*", "!", "!*", "!!"};
  if (!is_secret(database) || f.size() < 2 || std::find(std::begin(kNone), std::end(kNone), f[1]) != std::end(kNone)) return std::string(row);
  auto token = std::string(database == "gshadow" ? "=" : is_locked(f[1]) ? "!=" : "?=");
  f[1] = token;
  return join_fields(f);
}

std::string fresh_row(std::string_view wanted, std::string_view database, const std::string& today) {
  auto f = fields_of(wanted);
  if (!is_secret(database)) return std::string(wanted);
  for (std::size_t i = 1; i < f.size(); ++i) {
    if (f[i] == "!=") f[i] = "!*";
    if (f[i] == "?=" || f[i] == "~") f[i] = "*";
    if (f[i] == "=") f[i] = database == "gshadow" && i == 1 ? "!" : database == "shadow" && i == 2 ? std::string_view(today) : "";
  }
  return join_fields(f);
}

std::string_view field_name(std::string_view database, std::size_t i) {
  static constexpr std::string_view kPasswd[] = {"name", "password", "uid", "gid", "title", "home", "shell"},
                                    kGroup[] = {"name", "password", "gid", "members"},
                                    kShadow[] = {"name",    "lock",       "last change", "minimum age", "maximum age",
                                                 "warning", "inactivity", "end",         "reserved"},
                                    kGshadow[] = {"name", "password", "administrators", "members"}, kSub[] = {"name", "first", "count"};
  auto at = [&](const auto& names) { return i < std::size(names) ? names[i] : std::string_view("fields"); };
  return database == "passwd"    ? at(kPasswd)
         : database == "group"   ? at(kGroup)
         : database == "shadow"  ? at(kShadow)
         : database == "gshadow" ? at(kGshadow)
                                 : at(kSub);
}

}  // namespace tk::provision
