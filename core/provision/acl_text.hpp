// The mode, owners and ACL of a directory as a plan says them, MODE:UID:GID:ACCESS;DEFAULT, in numbers and in one order,
// so that what is wanted and what is there can be compared as text (POSIX.1e draft 17; acl(5)).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::provision {

struct DirectoryAcl {
  struct Entries {
    std::map<std::uint32_t, unsigned> users, groups;  // id → rwx as 4, 2, 1
    bool empty() const { return users.empty() && groups.empty(); }
  };
  std::uint32_t mode = 0755;
  Entries access, is_default;  // what the folder has, and what comes to be in it
};

using NumberOf = std::function<std::optional<std::uint32_t>(const std::string& name, bool of_group)>;
// Named entries as setfacl takes them, commas between: user:alice:rwx,default:group:web:rx. The base entries are the mode's.
Result<DirectoryAcl> read_acl(std::string_view text, const NumberOf& number_of);
std::string spec_of(const DirectoryAcl& acl, std::uint32_t uid, std::uint32_t gid);

}  // namespace tk::provision
