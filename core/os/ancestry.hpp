// The processes that this one descends from, as far as /proc tells. For telling what somebody would rather not say;
// a process that leaves its parents behind is found with whoever adopts it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::os {

std::vector<int> ancestors();  // the parent first, without process 1
// Whether the environment that the process was started with names it; one that cannot be read has nothing.
bool has_environment(int pid, std::string_view name);
std::string program_name(int pid);  // its first 15 bytes
// From now on orphans among this process's descendants are its own children.
void adopt_orphans();

}  // namespace tk::os
