// Any bytes as an expression of CEL. What parses is written and parsed again as the same tree; what the checker says
// of a type is so when it runs; checking changes no result; a run ends within its cost, twice the same way.
#include <cmath>

#include "core/base/text.hpp"
#include "core/expr/program.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;
using namespace tk::expr;

namespace {

bool same(const Value& a, const Value& b) {
  const auto *x = a.as_double(), *y = b.as_double();
  return x && y ? std::isnan(*x) == std::isnan(*y) && (std::isnan(*x) || *x == *y) : a == b;
}

bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.member != b.member || a.test != b.test || a.optional != b.optional || a.text != b.text ||
      !same(a.value, b.value) || a.names != b.names || a.optionals != b.optionals ||
      a.children.size() != b.children.size())
    return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (!same(a.children[i], b.children[i])) return false;
  return true;
}

Type of(Type::Kind kind, std::vector<Type> parts = {}) { return {kind, std::move(parts), {}}; }

const Environment& environment() {
  using K = Type::Kind;
  static const auto env = Environment()
                              .variable("i", of(K::integer))
                              .variable("u", of(K::unsigned_integer))
                              .variable("d", of(K::real))
                              .variable("s", of(K::text))
                              .variable("b", of(K::bytes))
                              .variable("t", of(K::timestamp))
                              .variable("p", of(K::duration))
                              .variable("l", of(K::list, {of(K::integer)}))
                              .variable("m", of(K::map, {of(K::text), of(K::dyn)}))
                              .variable("a.b.c", of(K::boolean))
                              .variable("x")
                              .record("r", {{"n", of(K::integer)}, {"gone", of(K::text)}, {"tags", of(K::list)}}, true)
                              .input_function("count", {of(K::text)}, of(K::integer));
  return env;
}

const Value& held(const std::string& name) {
  static const Value::Map values = {
      {"i", -7}, {"u", std::uint64_t{1} << 63}, {"d", 2.5}, {"s", "héllo wörld"}, {"b", Value::Bytes{0, 255, 65}},
      {"t", Timestamp{1'700'000'000'000'000'000}}, {"p", Duration{-1'500'000'000}}, {"l", Value::List{1, 2, 3, 2, 1}},
      {"m", Value::Map{{"k", "v"}, {"n", 3}, {"l", Value::List{1, "a", nullptr, Value::Map{{"z", 1.5}}}}}},
      {"a.b.c", true}, {"x", Value::Map{{"y", Value::List{true, 0.5, "q"}}}}, {"n", 12},
      {"tags", Value::List{"red", "blue"}}};
  static const Value nothing;
  auto it = values.find(name);
  return it == values.end() ? nothing : it->second;
}

std::vector<Cell> slots_of(const Program& program) {
  std::vector<Cell> out;
  for (const auto& input : program.inputs()) {
    if (input.field == "gone") out.emplace_back();
    else if (input.call) out.push_back(Cell::integer(3));
    else out.push_back(Cell::of(held(input.field.empty() ? input.name : input.field)));
  }
  return out;
}

bool fits(const Type& type, const Cell& cell) {
  using K = Type::Kind;
  using C = Cell::Kind;
  bool nullable = type.kind == K::timestamp || type.kind == K::duration || type.kind == K::optional;
  if (nullable && cell.kind() == C::null) return true;
  switch (type.kind) {
    case K::null: return cell.kind() == C::null;
    case K::boolean: return cell.kind() == C::boolean;
    case K::integer: return cell.kind() == C::integer;
    case K::unsigned_integer: return cell.kind() == C::unsigned_integer;
    case K::real: return cell.kind() == C::real;
    case K::text: return cell.kind() == C::text;
    case K::bytes: return cell.kind() == C::bytes;
    case K::list: return cell.kind() == C::list;
    case K::map: return cell.kind() == C::map;
    case K::timestamp: return cell.kind() == C::timestamp;
    case K::duration: return cell.kind() == C::duration;
    case K::type: return cell.kind() == C::type;
    case K::optional: return cell.kind() == C::optional;
    default: return true;
  }
}

struct Ran {
  bool failed = false;
  Code code{};
  Value value;
};

Ran run(const Program& program, Scratch& scratch) {
  auto slots = slots_of(program);
  auto cell = program.run(slots, scratch);
  if (!cell.is_error()) {
    TK_PROMISE(fits(program.type(), cell));
    return {false, {}, cell.value()};
  }
  const auto& error = scratch.error();
  TK_PROMISE(!error.message.empty() && error.where.line > 0);
  TK_PROMISE(error.code == Code::expr_failed || error.code == Code::expr_limit);
  return {true, error.code, {}};
}

}  // namespace

TK_FUZZ(expr) {
  auto tree = parse(bytes);
  if (!tree) {
    TK_PROMISE(!tree.error().message.empty());
    return;
  }
  auto text = unparse(*tree);
  if (text.size() > 1 << 20) return;  // blanks behind commas made it too long to be read again
  auto again = parse(text);
  TK_PROMISE(again && same(*tree, *again));
  TK_PROMISE(unparse(*again) == text);

  Limits limits;
  limits.cost = 20'000;
  limits.check = false;
  static Scratch scratch;
  auto loose = Program::compile(bytes, environment(), limits);
  limits.check = true;
  auto strict = Program::compile(bytes, environment(), limits);
  if (!loose) return;
  auto first = run(*loose, scratch), second = run(*loose, scratch);
  TK_PROMISE(first.failed == second.failed && first.code == second.code);
  if (!strict) return;
  auto checked = run(*strict, scratch);
  TK_PROMISE(checked.failed == first.failed && checked.code == first.code);
}
