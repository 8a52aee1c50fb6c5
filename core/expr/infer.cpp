#include "core/expr/detail/infer.hpp"

#include <algorithm>

namespace tk::expr {

using Kind = Type::Kind;

namespace {
constexpr int kDeepest = 64;  // beyond that a type is dyn: it is checked when it is run
}

Infer::Infer() {
  for (int i = 0; i <= static_cast<int>(Kind::error); ++i) {
    entries_.emplace_back();
    entries_.back().kind = static_cast<Kind>(i);
  }
}

Infer::Ref Infer::made(Kind kind, std::vector<Ref> of, std::string name) {
  Entry entry;
  entry.kind = kind;
  for (auto part : of) entry.depth = std::max(entry.depth, entries_[part].depth + 1);
  if (entry.depth > kDeepest) return simple(Kind::dyn);
  entry.of = std::move(of);
  entry.name = std::move(name);
  entries_.push_back(std::move(entry));
  return static_cast<Ref>(entries_.size() - 1);
}

Infer::Ref Infer::unknown() { return made(Kind::parameter, {}); }

Infer::Ref Infer::from(const Type& type, Parameters& parameters) {
  switch (type.kind) {
    case Kind::parameter: {
      auto [it, added] = parameters.try_emplace(type.name, 0);
      if (added) it->second = unknown();
      return it->second;
    }
    case Kind::list:
    case Kind::map:
    case Kind::optional:
    case Kind::type:
    case Kind::abstract: {
      std::vector<Ref> parts;
      for (const auto& part : type.of) parts.push_back(from(part, parameters));
      std::size_t wanted = type.kind == Kind::map ? 2 : type.kind == Kind::list || type.kind == Kind::optional ? 1 : 0;
      while (parts.size() < wanted) parts.push_back(simple(Kind::dyn));
      return made(type.kind, std::move(parts), type.name);
    }
    default: return simple(type.kind);
  }
}

Infer::Ref Infer::resolved(Ref type) const {
  while (entries_[type].is_bound) type = entries_[type].bound;
  return type;
}

bool Infer::is_dyn(Ref type) const {
  auto k = kind(type);
  return k == Kind::dyn || k == Kind::error;
}

bool Infer::is_unknown(Ref type) const { return kind(type) == Kind::parameter; }

Type Infer::known(Ref type) const {
  int budget = 2000;
  return known(type, 0, budget);
}

Type Infer::known(Ref type, int depth, int& budget) const {
  const auto& entry = entries_[resolved(type)];
  if (entry.kind == Kind::parameter || depth > kDeepest || --budget < 0) return {};
  Type out{entry.kind, {}, entry.name};
  for (auto part : entry.of) out.of.push_back(known(part, depth + 1, budget));
  return out;
}

void Infer::learn(Ref unknown, Ref type) {
  auto& entry = entries_[unknown];
  learnt_.push_back({unknown, entry.bound, entry.is_bound});
  entry.bound = type;
  entry.is_bound = true;
}

bool Infer::occurs(Ref unknown, Ref type, int depth) const {
  if (type == unknown || depth > kDeepest) return true;
  const auto& entry = entries_[type];
  if (entry.is_bound) return occurs(unknown, entry.bound, depth + 1);
  return std::any_of(entry.of.begin(), entry.of.end(), [&](Ref part) { return occurs(unknown, part, depth + 1); });
}

// Whether a says no more than b: dyn and what is unknown say nothing.
bool Infer::less_specific(Ref a, Ref b, int depth) const {
  const auto &x = entries_[a], &y = entries_[b];
  if (x.kind == Kind::dyn || x.kind == Kind::error || x.kind == Kind::parameter) return true;
  if (y.kind == Kind::dyn || y.kind == Kind::error || y.kind == Kind::parameter) return false;
  if (x.kind != y.kind || x.name != y.name || x.of.size() != y.of.size() || depth > kDeepest) return false;
  for (std::size_t i = 0; i < x.of.size(); ++i)
    if (!less_specific(x.of[i], y.of[i], depth + 1)) return false;
  return true;
}

Infer::Ref Infer::general(Ref a, Ref b) const {
  if (entries_[b].kind == Kind::null) return a;  // what null was let stand for says more
  return less_specific(a, b, 0) ? a : b;
}

bool Infer::substitute(Ref unknown, Ref type, int depth) {
  if (type == unknown) return true;
  const auto entry = entries_[unknown];
  if (!entry.is_bound) {
    if (occurs(unknown, type, 0)) return resolved(type) == unknown;
    learn(unknown, type);
    return true;
  }
  if (!unify(entry.bound, type, depth + 1)) return false;
  auto wider = general(entry.bound, type);
  if (wider != entry.bound && !occurs(unknown, wider, 0)) learn(unknown, wider);
  return true;
}

bool Infer::unify(Ref a, Ref b, int depth) {
  if (a == b || depth > kDeepest) return true;
  if (entries_[a].kind == Kind::parameter) return substitute(a, b, depth);
  if (entries_[b].kind == Kind::parameter) return substitute(b, a, depth);
  const auto x = entries_[a], y = entries_[b];  // copies: learning may move the table
  if (is_dyn(a) || is_dyn(b)) return true;
  auto takes_null = [](Kind k) {
    return k == Kind::null || k == Kind::timestamp || k == Kind::duration || k == Kind::optional || k == Kind::abstract;
  };
  if (x.kind == Kind::null) return takes_null(y.kind);
  if (y.kind == Kind::null) return takes_null(x.kind);
  if (x.kind != y.kind || x.name != y.name || x.of.size() != y.of.size()) return false;
  if (x.kind == Kind::type) return true;  // types are values that may be compared, whatever they are the type of
  for (std::size_t i = 0; i < x.of.size(); ++i)
    if (!unify(x.of[i], y.of[i], depth + 1)) return false;
  return true;
}

bool Infer::assignable(Ref a, Ref b) { return assignable(std::span(&a, 1), std::span(&b, 1)); }

bool Infer::assignable(std::span<const Ref> given, std::span<const Ref> wanted) {
  if (given.size() != wanted.size()) return false;
  auto mark = learnt_.size();
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (unify(given[i], wanted[i], 0)) continue;
    for (; learnt_.size() > mark; learnt_.pop_back()) {
      auto& entry = entries_[learnt_.back().type];
      entry.bound = learnt_.back().bound;
      entry.is_bound = learnt_.back().was_bound;
    }
    return false;
  }
  return true;
}

Infer::Ref Infer::join(Ref a, Ref b) {
  if (a == b) return a;
  return assignable(a, b) ? general(a, b) : simple(Kind::dyn);
}

}  // namespace tk::expr
