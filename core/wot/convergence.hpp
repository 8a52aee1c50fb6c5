// When a feedback loop stops (PROMISES.md, C31): |Δ| below the threshold — numbers relative, text
// 1 - cosine of its character 3-grams, lists Jaccard distance — or max_iterations, or a value that
// was seen at most four rounds ago (oscillating). Pure.
#pragma once

#include <string>
#include <vector>

#include "core/base/value.hpp"

namespace tk::wot {

double distance(const Value& before, const Value& after);  // 0 equal … 1 (numbers: relative)

struct Round {
  bool stop = false;
  std::string reason;  // converged, exhausted, oscillating; empty while it goes on
  double delta = 1;
};

// Decides after the round whose value is the last of `values`.
Round decide_round(const std::vector<Value>& values, double threshold, std::int64_t max_iterations);

}  // namespace tk::wot
