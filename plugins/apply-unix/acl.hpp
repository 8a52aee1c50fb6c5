// A directory of the target as a plan says it: MODE:UID:GID:ACL, the ACL as setfacl takes it, in numbers, with commas.
#pragma once

#include "plugins/apply-unix/tree.hpp"

namespace tk::apply_unix {

std::string read_directory(const Tree& tree, const std::string& path);  // "-" where there is none
// Makes it, changes it, or with "-" removes it where it is empty.
void make_directory(const Tree& tree, const std::string& path, const std::string& wanted);

}  // namespace tk::apply_unix
