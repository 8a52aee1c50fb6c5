#include "tools/law/past_walk.hpp"

#include <algorithm>

namespace tk::tools::law_tool {

using namespace tk::law;

Past::Past(const Index& index) {
  Engine engine(index);
  for (std::uint32_t rule = 0; rule < index.rule_count(); ++rule) {
    const auto* condition = engine.condition(rule);
    if (!condition) continue;
    for (const auto& input : condition->inputs()) {
      if (!input.call || input.name == "label") continue;
      auto call = record::read_call(input);
      if (!call) continue;
      needs_.insert(call->need);
      if (!call->other.action.empty()) needs_.insert(call->other);
    }
  }
}

void Past::add(const record::Deed& d) {
  for (const auto& need : needs_) {
    if (!need.counts(d)) continue;
    auto& points = points_[{need, need.key(d.actor_id, *d.resource)}];
    auto at = std::upper_bound(points.begin(), points.end(), d.ts_ns, [](auto ts, auto& p) { return ts < p.ts; });
    auto value = need.value(d.payload);
    at = points.insert(at, {d.ts_ns, (at == points.begin() ? 0 : std::prev(at)->total) + value});
    for (++at; at != points.end(); ++at) at->total += value;
  }
}

expr::Cell Past::tell(const expr::Input& call, const EntityView& actor, const Ref& resource, const Facts& facts) {
  auto asked = record::read_call(call);
  if (!asked) return {};
  auto key = asked->need.key(actor.id.empty() ? actor.str() : std::string(actor.id), resource);
  auto told = [&](const record::Need& need, std::int64_t after) {
    record::Told out;
    auto it = points_.find({need, key});
    if (it == points_.end()) return out;
    const auto& points = it->second;
    auto from = std::upper_bound(points.begin(), points.end(), after, [](auto ts, auto& p) { return ts < p.ts; });
    out.n = points.end() - from;
    out.last_ns = points.back().ts;
    out.total = points.back().total - (from == points.begin() ? 0 : std::prev(from)->total);
    return out;
  };
  return record::answer_call(call, told(asked->need, asked->window_ns ? facts.now_ns - asked->window_ns : record::kEver),
                             asked->other.action.empty() ? record::Told() : told(asked->other, record::kEver), facts.now_ns);
}

}  // namespace tk::tools::law_tool
