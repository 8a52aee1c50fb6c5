// A directory of the target as a plan says it: MODE:UID:GID:ACCESS;DEFAULT, the ACLs as setfacl takes them, in numbers, with
// commas.
#pragma once

#include "plugins/apply-unix/tree.hpp"

namespace tk::apply_unix {

// Throws where that is none.
void check_directory(const std::string& spec, const std::string& path);
std::string read_directory(const Tree& tree, const std::string& path);  // "-" where there is none
// Makes it, changes it, or with "-" removes it where it is empty.
void make_directory(const Tree& tree, const std::string& path, const std::string& wanted);

}  // namespace tk::apply_unix
