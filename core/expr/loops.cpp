// The macros that walk a list or a map.
#include "core/expr/detail/machine.hpp"

namespace tk::expr {

using Kind = Cell::Kind;

// Kind missing when the walk has begun; else what the whole macro gives.
Cell Machine::begin(const LoopPlan& plan, const Cell& range, std::uint32_t end) {
  if (range.is_error()) return range;
  if (range.kind() != Kind::list && range.kind() != Kind::map) return no_overload(range);
  Loop loop;
  loop.plan = &plan;
  loop.range = range;
  loop.count = Raw::size(range);
  loop.end = end;
  loop.gathered = scratch_.items.size();
  if (plan.step == Op::step_all || plan.step == Op::step_exists)
    loop.verdict = Raw::boolean(plan.step == Op::step_all);
  else if (plan.step == Op::step_one) loop.verdict = Raw::integer(0);
  if (loop.count == 0) return finish(loop);
  if (range.kind() == Kind::map && !Raw::own(range)) loop.place = Raw::host_map(range).begin();
  if (!pay(plan.cost)) return fault(Wrong::said);
  scratch_.loops.push_back(loop);
  return {};
}

void Machine::bind(Loop& loop, Cell* locals) {
  const auto& plan = *loop.plan;
  Cell key, value;
  if (loop.range.kind() == Kind::list) {
    value = Raw::item(loop.range, loop.index);
    if (!plan.two) {
      locals[plan.first] = value;
      return;
    }
    key = Raw::integer(loop.index);
  } else if (Raw::own(loop.range)) {
    const auto& map = Raw::own_map(loop.range);
    key = map.keys[loop.index];
    value = map.values[loop.index];
  } else {
    key = Raw::text(loop.place->first);
    if (plan.two) value = Cell::of(loop.place->second);
  }
  locals[plan.first] = key;
  if (plan.two) locals[plan.second] = value;
}

bool Machine::advance(Loop& loop, Cell* locals) {
  if (++loop.index >= loop.count) return false;
  if (!pay(loop.plan->cost)) {
    loop.verdict = fault(Wrong::said);
    return false;
  }
  if (loop.range.kind() == Kind::map && !Raw::own(loop.range)) ++loop.place;
  bind(loop, locals);
  return true;
}

// What one turn gave; false when the walk is over early.
bool Machine::step(Loop& loop, Op op, const Cell& given) {
  auto& items = scratch_.items;
  auto refuse = [&](const Cell& why) {
    loop.verdict = why;
    return false;
  };
  if (op == Op::step_append) {
    if (given.is_error()) return refuse(given);
    items.push_back(given);
    return true;
  }
  if (op == Op::step_pair) {
    if (given.is_error()) return refuse(given);
    if (loop.range.kind() == Kind::list) items.push_back(Raw::integer(loop.index));
    else if (Raw::own(loop.range)) items.push_back(Raw::own_map(loop.range).keys[loop.index]);
    else items.push_back(Raw::text(loop.place->first));
    items.push_back(given);
    return true;
  }
  if (op == Op::step_entry) {
    if (given.kind() != Kind::map) return refuse(given.is_error() ? given : no_overload(given));
    if (!pay(Raw::size(given))) return refuse(fault(Wrong::said));
    if (!Raw::own(given)) {
      for (const auto& [key, value] : Raw::host_map(given)) {
        items.push_back(Raw::text(key));
        items.push_back(Cell::of(value));
      }
      return true;
    }
    const auto& map = Raw::own_map(given);
    for (std::uint32_t i = 0; i < Raw::size(given); ++i) {
      items.push_back(map.keys[i]);
      items.push_back(map.values[i]);
    }
    return true;
  }
  if (given.kind() != Kind::boolean) {
    auto why = given.is_error() ? given : no_overload(given);
    if (op == Op::step_one || op == Op::step_filter) return refuse(why);
    // all and exists go on: a later turn may decide whatever this one was.
    if (!loop.verdict.is_error()) loop.verdict = why;
    return true;
  }
  bool yes = Raw::boolean(given);
  if (op == Op::step_all && !yes) return refuse(given);
  if (op == Op::step_exists && yes) return refuse(given);
  if (op == Op::step_one && yes) loop.verdict = Raw::integer(Raw::integer(loop.verdict) + 1);
  if (op == Op::step_filter && yes) {
    // The element that the variable stands for; of a map its key.
    if (loop.range.kind() == Kind::list) items.push_back(Raw::item(loop.range, loop.index));
    else if (Raw::own(loop.range)) items.push_back(Raw::own_map(loop.range).keys[loop.index]);
    else items.push_back(Raw::text(loop.place->first));
  }
  return true;
}

Cell Machine::finish(Loop& loop) {
  auto& items = scratch_.items;
  Cell out = loop.verdict;
  auto step = loop.plan->step;
  if (!out.is_error()) {
    std::span<const Cell> gathered(items.data() + loop.gathered, items.size() - loop.gathered);
    if (step == Op::step_one) out = Raw::boolean(Raw::integer(out) == 1);
    else if (step == Op::step_filter || step == Op::step_append) out = list(gathered);
    else if (step == Op::step_pair || step == Op::step_entry) out = map(gathered);
  }
  items.resize(loop.gathered);
  return out;
}

}  // namespace tk::expr
