// Further parts of leases.cpp.
#pragma once

#include <string>

namespace tk::test {

// Processes ask for the same, and then each for N different things: one item, and no more than `cap` of them.
void flood_test(const std::string& root, int processes, int n, int cap);
// Processes ask for leases at once that together pass the weekly cap, and lend on what is left of one lease.
void caps_test(const std::string& root, int processes);
// The page of .tk/run/live is removed, replaced, cut: no checker goes on by what it remembers.
void live_test(const std::string& root, int checkers);

}  // namespace tk::test
