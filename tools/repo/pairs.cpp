#include "tools/repo/verbs.hpp"

namespace tk::tools::repo_tool {

Result<std::vector<std::pair<std::string, std::string>>> read_pairs(
    const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& word : words) {
    auto equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return fail(Code::cli_usage, "not name=value: " + word, "write it like title=\"Lead\"");
    out.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return out;
}

}  // namespace tk::tools::repo_tool
