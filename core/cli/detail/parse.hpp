// Words into Args according to a spec, and the spec as help. CLI11 is the back end, in parse.cpp alone.
#pragma once

#include "core/cli/spec.hpp"

namespace tk::cli::detail {

Result<Args> parse(const VerbSpec& verb, const std::vector<std::string>& words);

// The verb that `words` begin with (and its name taken off them), or the command's nameless one; null
// when there is none.
const VerbSpec* find_verb(const CommandSpec& command, std::vector<std::string>& words);

}  // namespace tk::cli::detail
