// CEL, checked and compiled: `Environment` says which names and functions there are, `Program::compile`
// checks an expression against it and makes bytecode, `Program::run` evaluates with values bound by slot.
// Source: cel-spec doc/langdef.md and its extensions (optionals, math, strings, encoders, bindings, two-variable
// macros); no protobuf messages. Pure: no I/O, no clock; a program may be run by many threads at once, each
// with a Scratch of its own. No allocation on scalar paths once a Scratch is warm.
#pragma once

#include <cstdint>
#include <functional>
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
    type, optional, error,
    parameter,  // T of a declared function
    abstract,   // a type that is only a name to CEL: tuple(int, T)
  };
  Kind kind = Kind::dyn;
  std::vector<Type> of;  // of a list, optional or type: one; of a map: key and value; empty = dyn
  std::string name = {};  // of a parameter or an abstract type
  bool operator==(const Type&) const = default;
};
std::string to_string(const Type& type);  // as cel-spec writes it: list(int), map(string, dyn)
Result<Type> parse_type(std::string_view text);  // the same words; one capital letter is a parameter

class Environment {
 public:
  // A variable, one input slot; dotted names (a.b.c) are resolved as langdef.md says.
  Environment& variable(std::string name, Type type = {});
  // A variable whose first-level fields are input slots each (`actor.clearance`), so that the host looks up only
  // what an expression reads. A field that is not named is an error at compile (with the nearest) unless `open`.
  Environment& record(std::string name, std::vector<std::pair<std::string, Type>> fields, bool open = false);
  // A function whose calls are inputs too: its arguments must be literals (or constant duration("…") and
  // timestamp("…")), each distinct call is one slot, and the host gives its value. Law's count(…), label(…).
  // Said again with other parameters it can be called that way too; the result stays one type.
  Environment& input_function(std::string name, std::vector<Type> parameters, Type result);
  Environment& container(std::string name);  // namespace in which names are looked up
  // A function that is known to the checker only; calling it is an error of the run. As signatures are written
  // here: "fn(string, int) string", "string.fn(T) list(T)"; more of one name are overloads.
  Result<void> function(std::string_view signature);
  // Every name that is not declared becomes a variable of type dyn: to see what an expression reads.
  Environment& any_variable();
  // Where named time zones come from: the bytes of a TZif file (RFC 8536) for a name such as Europe/Berlin, empty
  // when there is none. Reading it is I/O, so it is the host's; without it only UTC and fixed offsets are known.
  // Called by whatever thread compiles or runs; a Scratch asks once for each name.
  using Zones = std::string (*)(std::string_view name);
  Environment& zones(Zones source);

 private:
  friend class Program;
  friend class Names;
  friend class Checker;
  friend class Emitter;
  struct Detail;
  Detail& own();
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
  Cell(const Cell&) = default;
  // In the two pieces in which it was written (see head_); by itself the compiler takes one of 16 bytes.
  Cell& operator=(const Cell& other) {
    payload_.unsigned_integer = other.payload_.unsigned_integer;
    head_ = other.head_;
    return *this;
  }
  static Cell null();
  static Cell boolean(bool v);
  static Cell integer(std::int64_t v);
  static Cell unsigned_integer(std::uint64_t v);
  static Cell real(double v);
  static Cell text(std::string_view v);   // not owned
  static Cell timestamp(Timestamp v);
  static Cell duration(Duration v);
  static Cell of(const Value& v);         // not owned; a null value is CEL's null

  Kind kind() const { return static_cast<Kind>(head_ & 0xFF); }
  bool is_true() const { return kind() == Kind::boolean && payload_.integer != 0; }
  bool is_error() const { return kind() == Kind::error; }
  std::string_view as_text() const;       // empty when this is no text
  // A copy that owns. What a Value has no kind for: a type is its name, an optional its value or null, a map's
  // keys are text, and a timestamp outside of the years 1678 to 2262 is its RFC 3339 text.
  Value value() const;
  // A list's or map's members, in order, for who needs the kinds of map keys; of an optional: 0 or 1 values.
  // `each` gets null as key in a list or optional. Members are valid as long as this is.
  void members(const std::function<void(const Cell* key, const Cell& value)>& each) const;
  std::string written() const;            // of a type its name, of a timestamp or duration its text in CEL

 private:
  friend struct Raw;  // core/expr's own hands: detail/cell.hpp
  union Payload {
    std::int64_t integer;  // of a boolean 0 or 1
    std::uint64_t unsigned_integer;
    double real;
    const void* pointer;
  } payload_{.integer = 0};
  // Kind, form (whose pointer it is) and, in the upper half, the size of text, bytes, list and map or the nanoseconds
  // of a timestamp. One word, so that a cell is written and read in the same two pieces: the processor hands
  // what was just written straight to who reads it.
  std::uint64_t head_ = 0;
};

// What an evaluation needs beside the program: stack, arena, the error. Reused; one per thread. A Cell that a run
// gave is valid until the next run with the same Scratch.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) noexcept;
  const Error& error() const;  // of the last run that gave Kind::error; Where is a place in the expression

 private:
  friend class Machine;
  friend class Emitter;
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
  // Every path that it reads, sorted: actor.clearance, input.a.b. Calls of input functions are in inputs() only.
  const std::vector<std::string>& paths() const;
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
