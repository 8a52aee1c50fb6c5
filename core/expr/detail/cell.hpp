// The inside of a Cell, for this room only. A list or map is either the host's (a Value's) or the room's own: cells in
// an arena. Own containers know how deep they are, so that whatever walks them needs no more stack than that.
#pragma once

#include <cstring>

#include "core/expr/program.hpp"

namespace tk::expr {

enum class Form : std::uint8_t { host, own };

// A map that an expression made: keys and values beside each other, in the order written, and a table of
// places (1 + index; 0 = free) once a search costs more than a look.
struct OwnMap {
  std::uint32_t depth = 1;
  std::uint32_t mask = 0;  // size of the table - 1; 0 = no table
  const Cell* keys = nullptr;
  const Cell* values = nullptr;
  const std::uint32_t* table = nullptr;
};

inline constexpr std::uint32_t kMaxDepth = 200;   // of values that an expression builds
inline constexpr std::uint32_t kHostDepth = 64;   // what a host's list or map is taken for; JSON has no more

// What went wrong, as little as a message needs; it is put into words only when somebody asks.
enum class Wrong : std::uint8_t {
  no_overload,   // a, b: the operands
  missing,       // an input that the host has not got
  undeclared,    // a name, when nothing was checked
  unbound,       // a function, the same
  no_key,        // a: the key
  no_index,      // a: the index
  no_field,      // a: what has no fields
  zero,          // division
  overflow,
  range,         // of a timestamp or duration, or a conversion
  key_kind,      // a: the key
  same_key,      // a: the key
  depth,
  said,          // text
};
struct Fault {
  Wrong wrong = Wrong::said;
  std::uint32_t instruction = 0;
  Cell a, b;
  std::string_view text;
};

struct Raw {
  using Kind = Cell::Kind;
  static Cell make(Kind kind, std::int64_t payload, std::uint32_t size = 0) {
    Cell c;
    c.payload_.integer = payload;
    c.head_ = static_cast<std::uint64_t>(kind) | std::uint64_t{size} << 32;
    return c;
  }
  static Cell at(Kind kind, const void* pointer, std::size_t size, Form form) {
    Cell c;
    c.payload_.pointer = pointer;
    c.head_ = static_cast<std::uint64_t>(kind) | static_cast<std::uint64_t>(form) << 8 | std::uint64_t{size} << 32;
    return c;
  }
  static Cell boolean(bool v) { return make(Kind::boolean, v ? 1 : 0); }
  static Cell integer(std::int64_t v) { return make(Kind::integer, v); }
  static Cell unsigned_integer(std::uint64_t v) { return make(Kind::unsigned_integer, static_cast<std::int64_t>(v)); }
  static Cell real(double v) {
    Cell c = make(Kind::real, 0);
    c.payload_.real = v;
    return c;
  }
  static Cell text(std::string_view v) { return at(Kind::text, v.data(), v.size(), Form::host); }
  static Cell bytes(std::string_view v) { return at(Kind::bytes, v.data(), v.size(), Form::host); }
  static Cell type(std::string_view name) { return at(Kind::type, name.data(), name.size(), Form::host); }
  static Cell timestamp(std::int64_t seconds, std::uint32_t nanos) { return make(Kind::timestamp, seconds, nanos); }
  static Cell duration(std::int64_t ns) { return make(Kind::duration, ns); }
  static Cell fault(const Fault* f) { return at(Kind::error, f, 0, Form::own); }
  static Cell optional(const Cell* value) { return at(Kind::optional, value, value ? 1 : 0, Form::own); }
  // Own lists: the cell before the first one holds the depth.
  static Cell list(const Cell* first, std::size_t n) { return at(Kind::list, first, n, Form::own); }
  static Cell map(const OwnMap* m, std::size_t n) { return at(Kind::map, m, n, Form::own); }

  static bool boolean(const Cell& c) { return c.payload_.integer != 0; }
  static std::int64_t integer(const Cell& c) { return c.payload_.integer; }
  static std::uint64_t unsigned_integer(const Cell& c) { return c.payload_.unsigned_integer; }
  static double real(const Cell& c) { return c.payload_.real; }
  static std::uint32_t size(const Cell& c) { return static_cast<std::uint32_t>(c.head_ >> 32); }
  static std::uint32_t nanos(const Cell& c) { return size(c); }
  static bool own(const Cell& c) { return (c.head_ >> 8 & 0xFF) == static_cast<std::uint64_t>(Form::own); }
  static std::string_view text(const Cell& c) {  // of text, bytes or a type
    return {static_cast<const char*>(c.payload_.pointer), size(c)};
  }
  static const Fault& fault(const Cell& c) { return *static_cast<const Fault*>(c.payload_.pointer); }
  static const Cell* optional(const Cell& c) { return static_cast<const Cell*>(c.payload_.pointer); }
  static const Cell* cells(const Cell& c) { return static_cast<const Cell*>(c.payload_.pointer); }
  static const OwnMap& own_map(const Cell& c) { return *static_cast<const OwnMap*>(c.payload_.pointer); }
  static const Value::List& host_list(const Cell& c) { return *static_cast<const Value::List*>(c.payload_.pointer); }
  static const Value::Map& host_map(const Cell& c) { return *static_cast<const Value::Map*>(c.payload_.pointer); }

  // Of a list.
  static Cell item(const Cell& c, std::size_t i) { return own(c) ? cells(c)[i] : Cell::of(host_list(c)[i]); }
  static std::uint32_t depth(const Cell& c);
  static bool is_number(const Cell& c) {
    auto k = c.kind();
    return k == Kind::integer || k == Kind::unsigned_integer || k == Kind::real;
  }
  // A value of a map, kind missing when there is no such key.
  static Cell find(const Cell& map, const Cell& key);
  static Cell find(const Cell& map, std::string_view key);
};

// Equal numbers of whatever kind, text, bool: what may be a map's key; anything else is false.
bool same_key(const Cell& a, const Cell& b);
std::size_t hash_key(const Cell& key);
// -1, 0, 1; 2 when not ordered (NaN). Both must be numbers.
int compare_numbers(const Cell& a, const Cell& b);
// Where a part begins, npos when nowhere; linear, whatever the part is.
std::size_t find_part(std::string_view text, std::string_view part);
std::string_view kind_name(const Cell& c);  // int, map, google.protobuf.Timestamp: what type() gives

// Writing of times (time.cpp).
std::string written_timestamp(std::int64_t seconds, std::uint32_t nanos);
std::string written_duration(std::int64_t ns);

}  // namespace tk::expr
