// What can be proved of guards: a conjunction of comparisons of one path with a constant each is a box; it is
// empty, or a point of it is found.
#include <limits>
#include <map>
#include <optional>

#include "core/record/lint.hpp"

namespace tk::record {
namespace {

using expr::Node;
using Number = long double;  // holds every int64 and every double

struct Box {
  Number low = -std::numeric_limits<Number>::infinity(), high = std::numeric_limits<Number>::infinity();
  bool open_low = false, open_high = false, numeric = false;
  std::optional<Value> equal;
  std::vector<Value> differ;
};

std::optional<std::string> path(const Node& n) {
  if (n.kind == Node::Kind::name) return n.text;
  if (n.kind != Node::Kind::select || n.test || n.optional || n.children.size() != 1) return std::nullopt;
  auto base = path(n.children[0]);
  if (!base) return std::nullopt;
  return *base + "." + n.text;
}

bool constant(const Node& n) {
  return n.kind == Node::Kind::literal && (n.value.as_bool() || n.value.as_int() || n.value.as_uint() ||
                                           n.value.as_double() || n.value.as_text());
}

std::optional<Number> number(const Value& v) {
  if (const auto* i = v.as_int()) return static_cast<Number>(*i);
  if (const auto* u = v.as_uint()) return static_cast<Number>(*u);
  if (const auto* d = v.as_double(); d && *d == *d) return static_cast<Number>(*d);
  return std::nullopt;
}

bool same(const Value& a, const Value& b) {
  auto x = number(a), y = number(b);
  return x && y ? *x == *y : a == b;
}

class Reading {
 public:
  void add(const Node& n) {
    if (n.kind == Node::Kind::call && n.text == "_&&_" && n.children.size() == 2) {
      add(n.children[0]);
      add(n.children[1]);
    } else if (constant(n) && n.value.as_bool()) {
      if (!*n.value.as_bool()) empty_ = true;
    } else if (auto name = path(n)) {
      set_equal(boxes_[*name], Value(true));
    } else if (n.kind == Node::Kind::call && n.text == "!_" && path(n.children[0])) {
      set_equal(boxes_[*path(n.children[0])], Value(false));
    } else if (!compare(n)) {
      opaque_ = true;
    }
  }

  Sense sense() {
    for (auto& [name, box] : boxes_)
      if (!has_point(box)) empty_ = true;
    if (empty_) return Sense::never;
    if (opaque_) return Sense::unknown;
    return boxes_.empty() ? Sense::always : Sense::sometimes;
  }

 private:
  void clash(Box& box, const Value& v) {
    if (!same(*box.equal, v)) empty_ = true;
  }
  void set_equal(Box& box, const Value& v) {
    if (box.equal) clash(box, v);
    else box.equal = v;
  }

  bool compare(const Node& n) {
    if (n.kind != Node::Kind::call || n.children.size() != 2) return false;
    auto sign = n.text;
    const Node *left = &n.children[0], *right = &n.children[1];
    if (constant(*left)) {
      std::swap(left, right);
      if (sign == "_<_") sign = "_>_";
      else if (sign == "_<=_") sign = "_>=_";
      else if (sign == "_>_") sign = "_<_";
      else if (sign == "_>=_") sign = "_<=_";
    }
    auto name = path(*left);
    if (!name || !constant(*right)) return false;
    auto& box = boxes_[*name];
    const auto& v = right->value;
    if (sign == "_==_") return set_equal(box, v), true;
    if (sign == "_!=_") return box.differ.push_back(v), true;
    auto bound = number(v);
    if (!bound) return false;
    box.numeric = true;
    bool strict = sign == "_<_" || sign == "_>_";
    if (sign == "_<_" || sign == "_<=_") {
      if (*bound < box.high || (*bound == box.high && strict)) box.high = *bound, box.open_high = strict;
      return true;
    }
    if (sign != "_>_" && sign != "_>=_") return false;
    if (*bound > box.low || (*bound == box.low && strict)) box.low = *bound, box.open_low = strict;
    return true;
  }

  bool has_point(const Box& box) {
    if (box.equal) {
      for (const auto& v : box.differ)
        if (same(v, *box.equal)) return false;
      if (!box.numeric) return true;
      auto at = number(*box.equal);
      if (!at) return opaque_ = true;  // another kind: a type error, not ours to say
      return !(*at < box.low || *at > box.high || (*at == box.low && box.open_low) ||
               (*at == box.high && box.open_high));
    }
    if (box.low > box.high) return false;
    if (box.low < box.high) {  // narrow ones may hold no int, or none that differs
      if (box.high - box.low <= static_cast<Number>(box.differ.size() + 1)) opaque_ = true;
      return true;
    }
    if (box.open_low || box.open_high) return false;
    for (const auto& v : box.differ)
      if (auto at = number(v); at && *at == box.low) return false;
    return true;
  }

  std::map<std::string, Box> boxes_;
  bool empty_ = false, opaque_ = false;
};

}  // namespace

Sense sense(const std::vector<const Condition*>& all) {
  Reading reading;
  for (const auto* c : all) {
    // What reads nothing is what it is: it is run.
    if (c->when.program.inputs().empty()) {
      expr::Scratch scratch;
      auto result = c->when.program.run({}, scratch);
      if (!result.is_true()) return Sense::never;
      continue;
    }
    reading.add(c->when.program.tree());
  }
  return reading.sense();
}

}  // namespace tk::record
