// CEL, checked and compiled: `Environment` says which names and functions there are, `Program::compile`
// checks an expression against it and makes bytecode, `Program::run` evaluates with values bound by slot.
// Source: cel-spec doc/langdef.md and its extensions (optionals, math, strings, encoders, bindings, two-variable
// macros); no protobuf messages. Pure: no I/O, no clock; a program may be run by many threads at once, each
// with a Scratch of its own. No allocation on scalar paths once a Scratch is warm.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"
#include "core/expr/ast.hpp"

namespace tk::expr {

// A static type. `dyn` fits everything and is checked when it is run.
struct Type {
  enum class Kind : std::uint8_t {
    dyn, null, boolean, integer, unsigned_integer, real, text, bytes, list, map, timestamp, duration,
    type, optional, error
  };
  Kind kind = Kind::dyn;
  std::vector<Type> of;  // of a list or optional: one; of a map: key and value; empty = dyn
  bool operator==(const Type&) const = default;
};
std::string to_string(const Type& type);  // as cel-spec writes it: list(int), map(string, dyn)

class Environment {
 public:
  // A variable, one input slot; dotted names (a.b.c) are resolved as langdef.md says.
  Environment& variable(std::string name, Type type = {});
  // A variable whose first-level fields are input slots each (`actor.clearance`), so that the host looks up only
  // what an expression reads. A field that is not named is an error at compile (with the nearest) unless `open`.
  Environment& record(std::string name, std::vector<std::pair<std::string, Type>> fields, bool open = false);
  // A function whose calls are inputs too: its arguments must be literals (or constant duration("…") and
  // timestamp("…")), each distinct call is one slot, and the host gives its value. Law's count(…), label(…).
  Environment& input_function(std::string name, std::vector<Type> parameters, Type result);
  Environment& container(std::string name);  // namespace in which names are looked up

 private:
  friend class Program;
  struct Detail;
  std::shared_ptr<Detail> detail_;
};

class Scratch;

// A value during evaluation: a scalar, or a view of text, bytes, a list or a map that somebody else keeps
// (the host, the program or the Scratch). Copies are cheap. Valid as long as what it looks at.
class Cell {
 public:
  enum class Kind : std::uint8_t {
    missing,  // the host has no such attribute: has() is false, using it is an error
    null, boolean, integer, unsigned_integer, real, text, bytes, list, map, timestamp, duration, type,
    optional, error
  };
  Cell() = default;
  static Cell null();
  static Cell boolean(bool v);
  static Cell integer(std::int64_t v);
  static Cell unsigned_integer(std::uint64_t v);
  static Cell real(double v);
  static Cell text(std::string_view v);   // not owned
  static Cell timestamp(Timestamp v);
  static Cell duration(Duration v);
  static Cell of(const Value& v);         // not owned; a null value is CEL's null

  Kind kind() const { return kind_; }
  bool is_true() const { return kind_ == Kind::boolean && payload_.boolean; }
  bool is_error() const { return kind_ == Kind::error; }
  std::string_view as_text() const;       // empty when this is no text
  Value value() const;                    // a copy that owns; types and optionals as cel-spec's JSON has them

 private:
  friend class Machine;
  friend class Scratch;
  union Payload {
    bool boolean;
    std::int64_t integer;
    std::uint64_t unsigned_integer;
    double real;
    const void* pointer;
  } payload_{.integer = 0};
  std::uint32_t size_ = 0;
  Kind kind_ = Kind::missing;
  std::uint8_t form_ = 0;  // whose pointer it is: the machine's own matter
};

// What an evaluation needs beside the program: stack, arena, the error. Reused; one per thread.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  const Error& error() const;  // of the last run that gave Kind::error; Where is a place in the expression

 private:
  friend class Machine;
  friend class Program;
  struct Detail;
  std::unique_ptr<Detail> detail_;
};

// One input of a program: what stands in the slot of the same number.
struct Input {
  std::string name;            // variable or function
  std::string field;           // of a record's field: actor.clearance = {"actor", "clearance"}
  std::vector<Value> arguments;  // of an input function
  bool call = false;
  Type type;
  std::uint32_t at = 0;        // first place in the text, byte offset
};

struct Limits {
  std::uint64_t cost = 1'000'000;  // steps of one evaluation; past that TK-EXPR-0005, exit 7
  bool check = true;               // false: parse and run without static checking (cel-spec disableCheck)
  bool macros = true;
};

class Program {
 public:
  Program();
  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  static Result<Program> compile(std::string_view text, const Environment& env, const Limits& limits = {});
  const Type& type() const;                 // what it gives, as far as the checker knows
  const std::vector<Input>& inputs() const;
  const std::vector<std::string>& paths() const;  // every path that it reads, sorted: actor.clearance, input.a.b
  const Node& tree() const;

  // slots.size() must be inputs().size(). An error is a Cell of that kind, told by scratch.error().
  Cell run(std::span<const Cell> slots, Scratch& scratch) const;

 private:
  struct Detail;
  std::unique_ptr<Detail> detail_;
};

// Line and column (1-based, in code points) of a byte offset.
Where place(std::string_view text, std::uint32_t offset);

}  // namespace tk::expr
