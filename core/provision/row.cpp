#include "core/provision/row.hpp"

#include <iterator>
#include <set>

#include "core/base/text.hpp"
#include "core/provision/observed.hpp"

namespace tk::provision {
namespace {

std::set<std::string_view> members_of(std::string_view list) {
  std::set<std::string_view> out;
  for (auto member : text::split(list, ',')) out.insert(member);
  return out;
}

}  // namespace

std::string join(const std::vector<std::string_view>& fields) {
  std::string out;
  for (auto f : fields) out.append(f).push_back(':');
  if (!out.empty()) out.pop_back();
  return out;
}

bool secret(std::string_view database) { return database == "shadow" || database == "gshadow"; }

// "!" alone is what useradd leaves where no password was set; a lock stands before one.
bool locked(std::string_view password) { return password.size() > 1 && password[0] == '!'; }

bool fits(std::string_view wanted, std::string_view is) {
  return wanted == is || wanted == "=" || (wanted == "!=" && locked(is)) || (wanted == "?=" && !locked(is));
}

bool row_fits(std::string_view wanted, std::string_view is, std::string_view database) {
  if (wanted == is) return true;
  bool group = database == "group" || database == "gshadow";
  if (!group && !secret(database)) return false;
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

// What its password is stands in no plan.
std::string without_password(std::string_view row, std::string_view database) {
  auto f = fields_of(row);
  if (!secret(database) || f.size() < 2) return std::string(row);
  auto token = std::string(database == "gshadow" ? "=" : locked(f[1]) ? "!=" : "?=");
  f[1] = token;
  return join(f);
}

// A wanted row as a new one has it.
std::string fresh_row(std::string_view wanted, std::string_view database, const std::string& today) {
  auto f = fields_of(wanted);
  if (!secret(database)) return std::string(wanted);
  for (std::size_t i = 1; i < f.size(); ++i) {
    if (f[i] == "!=") f[i] = "!*";
    if (f[i] == "?=" || f[i] == "~") f[i] = "*";
    if (f[i] == "=") f[i] = database == "gshadow" && i == 1 ? "!" : database == "shadow" && i == 2 ? std::string_view(today) : "";
  }
  return join(f);
}

std::string_view field_name(std::string_view database, std::size_t i) {
  static constexpr std::string_view kPasswd[] = {"name", "password", "uid", "gid", "title", "home", "shell"},
                                    kGroup[] = {"name", "password", "gid", "members"},
                                    kShadow[] = {"name", "lock", "last change", "minimum age", "maximum age", "warning", "inactivity", "end", "reserved"},
                                    kGshadow[] = {"name", "password", "administrators", "members"}, kSub[] = {"name", "first", "count"};
  auto at = [&](const auto& names) { return i < std::size(names) ? names[i] : std::string_view("fields"); };
  return database == "passwd" ? at(kPasswd) : database == "group" ? at(kGroup) : database == "shadow" ? at(kShadow) : database == "gshadow" ? at(kGshadow) : at(kSub);
}

}  // namespace tk::provision
