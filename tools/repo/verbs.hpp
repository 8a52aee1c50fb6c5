#pragma once

#include "tools/session/declare.hpp"

namespace tk::tools::repo_tool {

// name=value words; a word without = is an error.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::vector<std::string>& words);

}  // namespace tk::tools::repo_tool
