#include "core/record/machine.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"

namespace tk::record {
namespace {

constexpr int kMaxDepth = 32;              // of a value that an expression makes
constexpr std::size_t kMaxText = 1 << 20;  // bytes

void add_once(std::vector<std::string>& list, const std::string& word) {
  if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

// A value that comes back from JSON as it went there: no time, no bytes, no infinity; unsigned that fits is int.
Result<void> settle(Value& v, int depth) {
  if (depth > kMaxDepth) return fail(Code::record_failed, "a value of more than 32 levels");
  if (auto* list = v.as_list()) {
    for (auto& item : *list) TK_CHECK(settle(item, depth + 1));
  } else if (auto* map = v.as_map()) {
    for (auto& [name, item] : *map) TK_CHECK(settle(item, depth + 1));
  } else if (const auto* u = v.as_uint(); u && *u <= static_cast<std::uint64_t>(INT64_MAX)) {
    v = static_cast<std::int64_t>(*u);
  } else if (const auto* d = v.as_double(); d && !std::isfinite(*d)) {
    return fail(Code::record_failed, "a number that is not finite");
  } else if (const auto* t = v.as_text(); t && t->size() > kMaxText) {
    return fail(Code::record_failed, "a text of more than 1 MiB");
  } else if (v.as_bytes() || v.as_timestamp() || v.as_duration()) {
    return fail(Code::record_failed, "a field holds no " + std::string(v.kind()));
  }
  return {};
}

}  // namespace

Scene Machine::scene(const Shape& shape, const Moment& moment, const Types* types, const Value::Map* input) const {
  Scene s;
  s.field_types = &def_.fields;
  s.input_types = types;
  s.fields = &shape.fields;
  s.input = input;
  s.state = shape.state;
  s.actor_kind = moment.actor_kind;
  s.actor_ref = moment.actor_ref;
  s.actor_id = moment.actor_id;
  s.now.ns = moment.now_ns;
  return s;
}

expr::Cell Machine::evaluate(const Expression& e, const Scene& scene) {
  slots_.clear();
  for (const auto& input : e.program.inputs()) slots_.push_back(bind(input, scene));
  return e.program.run(slots_, scratch_);
}

bool Machine::holds(const Condition& condition, const Scene& scene, Choice& choice) {
  auto result = evaluate(condition.when, scene);
  if (result.is_true()) return true;
  add_once(choice.unmet, condition.reason);
  if (result.is_error()) choice.failed.push_back(condition.reason + " (" + scratch_.error().message + ")");
  else if (result.kind() != expr::Cell::Kind::boolean) choice.failed.push_back(condition.reason + " (not true or false)");
  return false;
}

Choice Machine::choose(const std::vector<const Transition*>& candidates, const Shape& before,
                       const Value::Map& input, const Moment& moment) {
  Choice out;
  for (const auto* t : candidates) {
    auto s = scene(before, moment, &t->input, &input);
    bool all = true;
    for (const auto& c : t->guard) all = holds(c, s, out) && all;
    if (!all) continue;
    out.transition = t;
    out.unmet.clear();
    out.failed.clear();
    break;
  }
  return out;
}

Result<void> Machine::assign(const Assignment& a, const Scene& scene, Value::Map& fields) {
  auto cell = evaluate(a.to, scene);
  auto name = "field " + a.field;
  if (cell.is_error()) return fail(Code::record_failed, name + ": " + scratch_.error().message);
  if (cell.kind() == expr::Cell::Kind::null) {
    fields.erase(a.field);
    return {};
  }
  if (cell.kind() == expr::Cell::Kind::type || cell.kind() == expr::Cell::Kind::optional)
    return fail(Code::record_failed, name + ": a field holds no type or optional");
  auto value = cell.value();
  if (auto good = settle(value, 0); !good) return fail(Code::record_failed, name + ": " + good.error().message);
  if (auto good = json::check(def_.fields.at(a.field), value, a.field); !good)
    return fail(Code::record_failed, good.error().message);
  fields.insert_or_assign(a.field, std::move(value));
  return {};
}

Result<void> Machine::leave(const State& s, Shape& shape, const Moment& moment) {
  for (const auto& a : s.on_exit) TK_CHECK(assign(a, scene(shape, moment, nullptr, nullptr), shape.fields));
  return {};
}

Result<void> Machine::enter(const State& s, Shape& shape, const Moment& moment) {
  for (const auto& a : s.on_enter) TK_CHECK(assign(a, scene(shape, moment, nullptr, nullptr), shape.fields));
  return {};
}

Result<Shape> Machine::create(const Value::Map& given, const Moment& moment) {
  Shape out{def_.leaf(def_.initial), given};
  for (const auto& [name, value] : def_.defaults) out.fields.try_emplace(name, value);
  auto way = def_.line(out.state);
  for (auto s = way.rbegin(); s != way.rend(); ++s) TK_CHECK(enter(**s, out, moment));
  return out;
}

Result<Shape> Machine::take(const Transition& t, const Shape& before, const Value::Map& input,
                            const Moment& moment) {
  auto out = before;
  auto old_way = def_.line(before.state);
  std::vector<const State*> new_way, left;
  if (!t.internal()) {
    // What is left and entered: everything below the nearest state that holds both, of the state that the
    // transition was written for and of its target. So a transition to itself leaves and enters.
    new_way = def_.line(def_.leaf(t.to));
    auto target = def_.line(t.to);
    auto written = old_way.begin();
    while (std::find(t.from.begin(), t.from.end(), (*written)->name) == t.from.end()) ++written;
    auto around = written + 1;
    while (around != old_way.end() && std::find(target.begin() + 1, target.end(), *around) == target.end()) ++around;
    left.assign(old_way.begin(), around);
    if (around != old_way.end()) new_way.erase(std::find(new_way.begin(), new_way.end(), *around), new_way.end());
  }
  for (const auto* s : left) TK_CHECK(leave(*s, out, moment));
  for (const auto& [name, value] : input)
    if (def_.fields.contains(name)) out.fields.insert_or_assign(name, value);
  auto seen = out;
  for (const auto& a : t.set) TK_CHECK(assign(a, scene(seen, moment, &t.input, &input), out.fields));
  if (!t.internal()) out.state = def_.leaf(t.to);
  for (auto s = new_way.rbegin(); s != new_way.rend(); ++s) TK_CHECK(enter(**s, out, moment));
  return out;
}

std::vector<std::string> Machine::broken(const Shape& shape, const Moment& moment) {
  std::vector<std::string> out;
  auto s = scene(shape, moment, nullptr, nullptr);
  for (const auto& c : def_.invariants) {
    auto result = evaluate(c.when, s);
    if (result.is_true()) continue;
    out.push_back(result.is_error() ? c.reason + " (" + scratch_.error().message + ")" : c.reason);
  }
  return out;
}

}  // namespace tk::record
