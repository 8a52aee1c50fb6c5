// A folder and all below it as the file system lists it: nothing is opened but folders, and no symbolic link is followed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::os {

struct TreeEntry {
  enum class Kind { file, folder, link, other };
  std::string path;  // below the root
  Kind kind = Kind::other;
  std::uint64_t inode = 0;
  unsigned mode = 0;  // permissions
  std::int64_t size = 0, mtime_ns = 0, ctime_ns = 0;  // of a file; a folder has none
};

// What stands at root/below and under it, each folder before what it holds, the names of a folder in order; nothing when
// there is nothing. Looked at by two threads. More than `limit` entries, or 64 levels, are ws_entity_invalid.
Result<std::vector<TreeEntry>> read_tree(const std::string& root, const std::string& below, std::size_t limit = 4u << 20);

}  // namespace tk::os
