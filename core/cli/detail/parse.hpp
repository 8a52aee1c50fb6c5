// Words into Args according to a spec. CLI11 is the back end, in parse.cpp alone.
#pragma once

#include "core/cli/spec.hpp"

namespace tk::cli::detail {

// The options that every verb has.
const std::vector<Option>& common_options();
Result<Args> parse(const VerbSpec& verb, const std::vector<std::string>& words);

std::string short_help(const CommandSpec& command, const VerbSpec& verb);  // at most 25 lines
std::string full_help(const CommandSpec& command, const VerbSpec& verb);
std::string command_help(const CommandSpec& command);

}  // namespace tk::cli::detail
