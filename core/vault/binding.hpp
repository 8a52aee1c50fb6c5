// A secret that is lent (mode borrow): the one program that gets it, by its path and the SHA-256 of
// its bytes, and its arguments, in which who borrows fills parameters and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::vault {

inline constexpr std::size_t kShortestLent = 16;  // bytes

struct Binding {
  std::string tool, sha256, args;  // absolute path; hexadecimal; words with {parameters}
};

// The arguments with their parameters. vault_tool: one is missing, unknown, holds a NUL byte, or
// begins an argument with "-", so that it would be an option of the tool.
Result<std::vector<std::string>> filled(const Binding& binding,
                                        const std::map<std::string, std::string>& parameters);
std::vector<std::string> parameters_of(const Binding& binding);

// The program itself. Nobody can put another into its place behind the check: where others than
// root could, it is copied, what was copied is what was checked, and the copy (in `folder`, by its
// hash) is what runs. vault_tool.
Result<std::string> checked_tool(const Binding& binding, const std::string& folder);

}  // namespace tk::vault
