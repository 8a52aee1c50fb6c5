// The machine of a definition, pure: which transition an event takes, and what the record is afterwards. No
// I/O, no clock: who acts and when stand in the Moment. The mirrors (mirror.hpp) do the same in TypeScript.
#pragma once

#include <string>
#include <vector>

#include "core/record/definition.hpp"
#include "core/record/scope.hpp"

namespace tk::record {

// What changes when an event is put to a record.
struct Shape {
  std::string state;
  Value::Map fields;
  bool operator==(const Shape&) const = default;
};

// What comes from outside: recorded, so that the same moment gives the same result.
struct Moment {
  std::string actor_kind, actor_ref, actor_id;
  std::int64_t now_ns = 0;
};

struct Choice {
  const Transition* transition = nullptr;  // null: no guard holds
  std::vector<std::string> unmet;          // the reason of every condition that fails, each once
  std::vector<std::string> failed;         // those that could not be evaluated, and why
};

class Machine {
 public:
  explicit Machine(const Definition& definition) : def_(definition) {}

  // A new record with its defaults, its initial state entered.
  Result<Shape> create(const Value::Map& given, const Moment& moment);
  // Of what Definition::candidates gives: the first whose guard holds.
  Choice choose(const std::vector<const Transition*>& candidates, const Shape& before, const Value::Map& input,
                const Moment& moment);
  // Leaves, sets, enters. An expression that fails is an error that names the field.
  Result<Shape> take(const Transition& transition, const Shape& before, const Value::Map& input,
                     const Moment& moment);
  // The reasons of the invariants that do not hold.
  std::vector<std::string> broken(const Shape& shape, const Moment& moment);

 private:
  bool holds(const Condition& condition, const Scene& scene, Choice& choice);
  Result<void> assign(const Assignment& a, const Scene& scene, Value::Map& fields);
  Result<void> leave(const State& s, Shape& shape, const Moment& moment);
  Result<void> enter(const State& s, Shape& shape, const Moment& moment);
  Scene scene(const Shape& shape, const Moment& moment, const Types* types, const Value::Map* input) const;
  expr::Cell evaluate(const Expression& e, const Scene& scene);

  const Definition& def_;
  expr::Scratch scratch_;
  std::vector<expr::Cell> slots_;
};

}  // namespace tk::record
