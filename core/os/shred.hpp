// Destroys a small file: overwritten in place, flushed, unlinked, its folder flushed. What the file system or the
// disk copied elsewhere (snapshots, a log-structured store, worn flash blocks) is out of reach.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace tk::os {

// Done already where there is none.
Result<void> shred_file(const std::string& path);

}  // namespace tk::os
