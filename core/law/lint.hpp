// What is legal in law and cannot be meant: rules that another makes idle, that nobody can reach, conditions that
// are always or never true, edges that lead nowhere. Each finding is proved from the index alone; what depends on
// data that could come is not reported.
#pragma once

#include <string>
#include <vector>

#include "core/law/engine.hpp"

namespace tk::law {

struct Finding {
  std::string kind;  // shadowed, unreachable, always-true, never-true, contradictory, missing-edge
  std::string what;  // the rule, role, group or grant
  Where where;
  std::string message, hint;
};

std::vector<Finding> lint(Engine& engine);

// Whether every resource that `inner` stands for is one that `outer` does; false where it cannot be told.
bool pattern_covers(std::string_view outer, std::string_view inner);

}  // namespace tk::law
