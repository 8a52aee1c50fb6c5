// What stands in sudoers.d and in authorized_keys. What may stand there is said by core/record (value_meaning.cpp) alone.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::provision {

// The commands of a sudo entity as sudoers writes them; ws_entity_invalid for what is not plain.
Result<std::string> sudo_commands(std::string_view commands);
std::string sudo_line(const std::string& name, const std::string& runas, bool nopasswd, const std::string& commands);
Result<void> check_key_options(std::string_view options);

// A line of authorized_keys (sshd(8)) in its parts; type is empty for a comment, a blank line or what is no key.
struct KeyLine {
  std::string options, type, blob, comment;
};
KeyLine read_key_line(std::string_view line);
// Options, type and key of it, without the comment; empty for what lets nobody in.
std::string key_of_line(std::string_view line);

}  // namespace tk::provision
