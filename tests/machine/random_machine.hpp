// State machines made up by a seed, as the text of a definition: hierarchy, guards, sets, what states do when they
// are entered and left, invariants, in CEL over fields of every type. Some expressions fail when they are run.
#pragma once

#include <cstdint>
#include <string>

namespace tk::machine {

std::string random_definition(std::uint64_t seed, const std::string& type);

}  // namespace tk::machine
