// Help on the terminal, rendered here: needs no man, groff, less, HOME or terminal. All take the
// completed spec (complete_spec, or a manifest's).
#pragma once

#include "core/cli/spec.hpp"

namespace tk::cli {

std::string path_of(const CommandSpec& command, const VerbSpec& verb);  // "tk wot run"
std::string usage_of(const CommandSpec& command, const VerbSpec& verb);
std::string flag_of(const Option& option);  // "-q, --quiet", "--input NAME=VALUE"

std::string short_help(const CommandSpec& command, const VerbSpec& verb);  // at most 25 lines
std::string full_help(const CommandSpec& command, const VerbSpec& verb);
std::string command_help(const CommandSpec& command);
// Everything about a command: its text and each verb's full help.
std::string whole_help(const CommandSpec& command);

}  // namespace tk::cli
