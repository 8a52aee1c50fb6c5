// Keys as files in .tk/keys: raw bytes, mode 0600, of the workspace's owner. One that others may read, that is a
// link, belongs to somebody else or has another size is refused (acl_key) and never mended silently. Processes
// that make the same key at once get the same bytes. Whoever takes the bytes wipes them (crypto::wipe).
#pragma once

#include <cstddef>
#include <string>

#include "core/base/error.hpp"

namespace tk::acl {

// os_not_found where there is none.
Result<std::string> read_key(const std::string& folder, const std::string& name, std::size_t size);
// Random bytes where there is none.
Result<std::string> read_or_make_key(const std::string& folder, const std::string& name, std::size_t size);

}  // namespace tk::acl
