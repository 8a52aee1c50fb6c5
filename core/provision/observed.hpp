// What stands below a root folder, as it is read without changing anything: the six files of accounts, the homes, keys,
// sudoers and folders that a plan is about.
#pragma once

#include <sys/stat.h>

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"
#include "core/crypto/digest.hpp"
#include "core/provision/row.hpp"

namespace tk::provision {

inline constexpr const char* kDatabases[] = {"passwd", "group", "shadow", "gshadow", "subuid", "subgid"};

// One of the six files. Comments and lines of NIS (+…, -…) are nobody's rows.
class Rows {
 public:
  Result<void> read(std::string content, const std::string& path);
  // The row of a name; nothing where there is none.
  std::optional<std::string_view> find(std::string_view name) const;
  // The name of the row before it, as a plan says it: ":" for the first.
  std::string before(std::string_view name) const;
  const std::vector<std::string_view>& rows() const { return rows_; }
  bool twice(std::string_view name) const { return twice_.contains(name); }  // of subuid and subgid only

 private:
  std::shared_ptr<const std::string> content_;  // its bytes stay where they are when this is moved
  std::optional<std::size_t> place(std::string_view name) const;
  std::vector<std::string_view> rows_;
  std::set<std::string_view> twice_;
  std::vector<std::uint32_t> table_;  // open addressing: the number of a row, from 1
  mutable std::size_t next_ = 0;      // who asks goes through them in order, mostly
};

class Observed {
 public:
  static Result<Observed> read(const std::string& root);

  const Rows& rows(std::string_view database) const;
  const std::string& root() const { return root_; }
  // Whether owners are seen and set: not where a tree is its caller's, who cannot give files away.
  bool owners() const { return owners_; }

  struct File {
    std::string hash, content;  // "-": there is none
    unsigned mode = 0;
    std::uint32_t uid = 0, gid = 0;
  };
  Result<File> file(const std::string& path) const;
  // What the home of an account and its keys are.
  struct Home {
    bool folder = false;
    std::uint32_t uid = 0;
    bool keys = false;  // there are any
    crypto::Digest digest{};
    unsigned keys_mode = 0;
    std::uint32_t keys_uid = 0;
    bool odd = false;  // look at it anew: something else stands there, or it cannot be read
  };
  // Looks at the homes that passwd names; keys that did not change since they were last read (`seen`, a file of tk's own;
  // empty: none) are not read again.
  Result<void> look_at_homes(const std::string& seen);
  const Home* home(std::string_view path) const;                     // none: it was not looked at
  std::optional<struct stat> status(const std::string& path) const;  // not of what a symlink leads to
  Result<std::vector<std::string>> sudo_files() const;               // tk-… of sudoers.d
  // As plans say it.
  Result<std::string> folder(const std::string& path) const { return folder(root_, path); }
  static Result<std::string> folder(const std::string& root, const std::string& path);
  // A spec as this target can have it.
  std::string spec(std::string_view wanted) const;

 private:
  std::string root_;
  bool owners_ = false;
  std::array<Rows, 6> rows_;
  std::unordered_map<std::string_view, Home> homes_;
};

}  // namespace tk::provision
