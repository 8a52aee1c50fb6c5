// The one layout of entity files.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::workspace {

// A file that is good by grammar, with attributes in the order of the table; `ids`: one for each entity that has none and
// is not named by it. What it means stays the same, or it is a bug.
Result<std::string> lay_out(std::string_view content, const std::string& name, bool ids);

}  // namespace tk::workspace
