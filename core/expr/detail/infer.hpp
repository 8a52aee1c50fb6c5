// Types while they are being found out: some stand for others that are not known yet. A type is a number; what is
// known of it grows. `assignable` is where it grows, and it takes back what it learnt when the answer is no.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/expr/program.hpp"

namespace tk::expr {

class Infer {
 public:
  using Ref = std::uint32_t;
  Infer();

  Ref simple(Type::Kind kind) const { return static_cast<Ref>(kind); }
  Ref list(Ref element) { return made(Type::Kind::list, {element}); }
  Ref map(Ref key, Ref value) { return made(Type::Kind::map, {key, value}); }
  Ref optional(Ref value) { return made(Type::Kind::optional, {value}); }
  Ref type(Ref value) { return made(Type::Kind::type, {value}); }
  Ref unknown();
  // A declared type; equal parameters become the same unknown.
  using Parameters = std::map<std::string, Ref, std::less<>>;
  Ref from(const Type& type, Parameters& parameters);
  Type known(Ref type) const;  // what is still unknown is dyn
  std::string written(Ref type) const { return to_string(known(type)); }

  Type::Kind kind(Ref type) const { return entries_[resolved(type)].kind; }
  Ref part(Ref type, std::size_t i) const { return entries_[resolved(type)].of[i]; }
  bool is_dyn(Ref type) const;
  bool is_unknown(Ref type) const;  // and nothing was learnt about it
  Ref resolved(Ref type) const;

  bool assignable(Ref a, Ref b);
  bool assignable(std::span<const Ref> given, std::span<const Ref> wanted);
  // The type of a list that holds both: dyn when they have nothing in common.
  Ref join(Ref a, Ref b);
  bool same(Ref a, Ref b) const { return known(a) == known(b); }

 private:
  struct Entry {
    Type::Kind kind = Type::Kind::dyn;
    std::uint32_t depth = 1;
    Ref bound = 0;  // of an unknown that is known by now; 0 (dyn's number) = none
    bool is_bound = false;
    std::vector<Ref> of;
    std::string name;
  };
  struct Learnt {
    Ref type, bound;
    bool was_bound;
  };
  Ref made(Type::Kind kind, std::vector<Ref> of, std::string name = {});
  Type known(Ref type, int depth, int& budget) const;
  bool unify(Ref a, Ref b, int depth);
  bool substitute(Ref unknown, Ref type, int depth);
  bool occurs(Ref unknown, Ref type, int depth) const;
  bool less_specific(Ref a, Ref b, int depth) const;
  Ref general(Ref a, Ref b) const;
  void learn(Ref unknown, Ref type);

  std::vector<Entry> entries_;
  std::vector<Learnt> learnt_;
};

}  // namespace tk::expr
