#include "core/wot/convergence.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/json/json.hpp"

namespace tk::wot {
namespace {

std::map<std::string, double> grams(const std::string& s) {
  std::map<std::string, double> out;
  if (s.size() < 3) ++out[s];
  for (std::size_t i = 0; i + 3 <= s.size(); ++i) ++out[s.substr(i, 3)];
  return out;
}

double cosine_distance(const std::string& a, const std::string& b) {
  auto x = grams(a), y = grams(b);
  double dot = 0, xx = 0, yy = 0;
  for (const auto& [g, n] : x) {
    xx += n * n;
    if (auto it = y.find(g); it != y.end()) dot += n * it->second;
  }
  for (const auto& [g, n] : y) yy += n * n;
  return xx == 0 || yy == 0 ? 1 : std::max(0.0, 1 - dot / std::sqrt(xx * yy));
}

double jaccard_distance(const Value::List& a, const Value::List& b) {
  std::set<std::string> x, y;
  for (const auto& v : a) x.insert(json::canonical(v));
  for (const auto& v : b) y.insert(json::canonical(v));
  std::size_t both = 0;
  for (const auto& v : x) both += y.count(v);
  auto all = x.size() + y.size() - both;
  return all == 0 ? 0 : 1 - static_cast<double>(both) / static_cast<double>(all);
}

}  // namespace

double distance(const Value& before, const Value& after) {
  if (before == after) return 0;
  double a = 0, b = 0;
  if (before.number(a) && after.number(b)) {
    auto scale = std::max(std::fabs(a), std::fabs(b));
    return scale == 0 ? 0 : std::fabs(b - a) / scale;
  }
  if (before.as_text() && after.as_text()) return cosine_distance(*before.as_text(), *after.as_text());
  if (before.as_list() && after.as_list()) return jaccard_distance(*before.as_list(), *after.as_list());
  return 1;
}

Round decide_round(const std::vector<Value>& values, double threshold, std::int64_t max_iterations) {
  Round out;
  auto n = values.size();
  if (n > 1) {
    out.delta = distance(values[n - 2], values[n - 1]);
    if (out.delta < threshold || out.delta == 0) return {true, "converged", out.delta};
    for (std::size_t back = 2; back <= 4 && back < n; ++back)
      if (values[n - 1 - back] == values[n - 1]) return {true, "oscillating", out.delta};
  }
  if (static_cast<std::int64_t>(n) >= max_iterations) return {true, "exhausted", out.delta};
  return out;
}

}  // namespace tk::wot
