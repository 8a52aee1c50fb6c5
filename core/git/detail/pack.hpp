// Many blobs as one packfile (gitformat-pack(5)) instead of a file each: ten thousand are written in the time of a
// few hundred loose ones, and read from one mapping.
#pragma once

#include <string_view>
#include <vector>

#include "core/git/detail/handle.hpp"

namespace tk::git::detail {

// In the order of the contents, their ids. Nothing refers to the blobs yet.
Result<std::vector<git_oid>> pack_blobs(git_odb* odb, const std::vector<std::string_view>& contents);

}  // namespace tk::git::detail
