// What the machine is like, for `tk doctor`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::os {

// The name of a network or user-space file system that the path lies on ("nfs", "fuse", …), on which
// locks and shared memory do not hold; empty for a local one.
std::string remote_file_system(const std::string& path);
std::int64_t free_bytes(const std::string& path);  // for this user; -1 when not known
// The median time of a small write with its flush, of five, in a file that is removed again.
Result<std::int64_t> flush_ns(const std::string& folder);

struct Rights {
  bool exists = false, mine = false, of_root = false;  // mine: owned by this user or by root
  bool others_read = false, others_write = false;  // group or world
};
Rights rights_of(const std::string& path);
Result<void> make_private(const std::string& path);  // nothing for group and world

bool is_root();

struct Account {
  std::string name, home;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  // that it is a member of besides
};
std::optional<Account> account_of(std::uint32_t uid);  // as the system's databases have it

}  // namespace tk::os
