#include "core/record/made_up.hpp"

namespace tk::record {
namespace {

template <class F>
void for_each_expression(const Definition& d, F f) {
  auto assignments = [&](const std::vector<Assignment>& list) {
    for (const auto& a : list) f(a.to);
  };
  for (const auto& s : d.states) assignments(s.on_enter), assignments(s.on_exit);
  for (const auto& t : d.transitions) {
    for (const auto& c : t.guard) f(c.when);
    assignments(t.set);
  }
  for (const auto& c : d.invariants) f(c.when);
}

constexpr std::size_t kMost = 200;  // of each kind: a list of a thousand constants is not walked

}  // namespace

std::uint64_t Dice::next() {
  auto z = state_ += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

MadeUp::MadeUp(const Definition& definition, Dice& dice) : dice_(dice) {
  for_each_expression(definition, [&](const Expression& e) { gather(e.program.tree()); });
}

void MadeUp::gather(const expr::Node& node) {
  if (node.kind == expr::Node::Kind::literal) {
    if (const auto* i = node.value.as_int(); i && ints_.size() < kMost)
      for (std::int64_t by : {-1, 0, 1})
        if (std::int64_t v = 0; !__builtin_add_overflow(*i, by, &v)) ints_.push_back(v);
    if (const auto* d = node.value.as_double(); d && reals_.size() < kMost)
      for (double by : {-0.5, 0.0, 0.5}) reals_.push_back(*d + by);
    if (const auto* t = node.value.as_text(); t && texts_.size() < kMost) texts_.push_back(*t);
  }
  for (const auto& child : node.children) gather(child);
}

Value MadeUp::value(const json::Type& type, int depth) {
  using Kind = json::Type::Kind;
  switch (type.kind) {
    case Kind::text:
    case Kind::bytes: return texts_[dice_.below(texts_.size())];
    case Kind::integer: return ints_[dice_.below(ints_.size())];
    case Kind::number: return dice_.one_in(4) ? Value(ints_[dice_.below(ints_.size())]) : Value(reals_[dice_.below(reals_.size())]);
    case Kind::boolean: return dice_.one_in(2);
    case Kind::list: {
      Value::List out;
      if (depth < 3)
        for (auto n = dice_.below(4); n > 0; --n) out.push_back(value(*type.item, depth + 1));
      return out;
    }
    default: break;
  }
  switch (dice_.below(depth < 2 ? 7 : 5)) {
    case 0: return {};
    case 1: return dice_.one_in(2);
    case 2: return ints_[dice_.below(ints_.size())];
    case 3: return reals_[dice_.below(reals_.size())];
    case 4: return texts_[dice_.below(texts_.size())];
    case 5: return Value::List{value(type, depth + 1)};
    default: return Value::Map{{texts_[dice_.below(texts_.size())], value(type, depth + 1)}};
  }
}

Value::Map MadeUp::members(const Types& types) {
  Value::Map out;
  for (const auto& [name, type] : types)
    if (!dice_.one_in(8)) out.emplace(name, value(type));
  return out;
}

Moment MadeUp::moment() {
  now_ns_ += static_cast<std::int64_t>(dice_.below(4'000)) * 1'000'000'000;
  Moment out;
  out.now_ns = now_ns_;
  bool agent = dice_.one_in(3);
  out.actor_kind = agent ? "agent" : "user";
  auto name = texts_[dice_.below(texts_.size())];
  out.actor_ref = name.find(':') == name.npos ? out.actor_kind + ":" + name : name;
  out.actor_id = name;
  return out;
}

}  // namespace tk::record
