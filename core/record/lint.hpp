// What a definition may say but hardly means. Only what can be proved is said: a guard that is not a
// conjunction of comparisons with constants is taken to be able to hold and to fail.
#pragma once

#include <string>
#include <vector>

#include "core/record/definition.hpp"

namespace tk::record {

struct Finding {
  std::string kind;  // unreachable, dead-end, never, always, shadowed, overlap, unguarded, no-action, no-rule
  Where where;
  std::string message, hint;
};

std::vector<Finding> lint(const Definition& definition);

// What a list of conditions says when all of them hold.
enum class Sense { never, sometimes, always, unknown };
Sense sense(const std::vector<const Condition*>& all);

}  // namespace tk::record
