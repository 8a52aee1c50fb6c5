// The processes that this one descends from, as far as /proc tells. For telling what somebody would rather not say;
// a process that leaves its parents behind keeps its mark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::os {

std::vector<int> ancestors();  // the parent first, without process 1
// Whether the environment that the process was started with names it; one that cannot be read has nothing.
bool has_environment(int pid, std::string_view name);
std::string program_name(int pid);  // its first 15 bytes
// Marks this process and whatever it starts, for good: no exec, double fork, new session or cleaned environment takes
// it off. Nothing may be gained by it (no_new_privs). Fit for the time between fork and exec; false with errno.
bool mark_descendants();
// Whether this process was marked so, or descends from one that was.
bool is_marked();

}  // namespace tk::os
