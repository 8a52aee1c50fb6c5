// Walks a definition by itself: events with made-up input are put to the pure machine until every transition was
// taken, or the steps are used up. Values come from the constants of the definition's own expressions, so that
// guards are met. Law is not asked and obligations are taken as met. The same seed walks the same way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/record/definition.hpp"

namespace tk::record {

struct Walk {
  struct Edge {
    std::string from, event, to;
    Where where;
    bool taken = false;
    std::string why;  // the last thing that stood in its way
  };
  std::vector<Edge> edges;  // a transition for each state in its `from`
  std::int64_t steps = 0;
  std::size_t taken() const;
};

Walk walk(const Definition& definition, std::uint64_t seed, std::int64_t most_steps);

}  // namespace tk::record
