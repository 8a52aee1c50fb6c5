// What stands below a root folder, as it is read without changing anything: the six files of accounts, the homes, keys,
// sudoers and folders that a plan is about.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"

namespace tk::provision {

// One of the six files; rows by name, in their order.
struct Rows {
  std::vector<std::string> names;
  std::unordered_map<std::string, std::string> by_name;
  std::unordered_map<std::string, std::string> follows;  // the name before each; ":" for the first
  std::optional<std::vector<std::string>> fields(const std::string& name) const;
};

class Observed {
 public:
  static Result<Observed> read(const std::string& root);

  const Rows& rows(const std::string& database) const { return rows_.at(database); }
  const std::string& root() const { return root_; }
  // SHA-256 of a file below the root, "-" where there is none.
  Result<std::string> file(const std::string& path) const;
  Result<std::optional<std::string>> content(const std::string& path) const;
  std::optional<std::uint32_t> owner(const std::string& path) const;  // of a folder; nothing where there is none
  Result<std::vector<std::string>> sudo_files() const;                // tk-… of sudoers.d
  Result<std::string> folder(const std::string& path) const;          // as plans say it

 private:
  std::string root_;
  std::map<std::string, Rows> rows_;
};

inline constexpr const char* kDatabases[] = {"passwd", "group", "shadow", "gshadow", "subuid", "subgid"};

}  // namespace tk::provision
