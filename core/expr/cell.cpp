#include "core/expr/detail/cell.hpp"

#include <cmath>

namespace tk::expr {

using Kind = Cell::Kind;

Cell Cell::null() { return Raw::make(Kind::null, 0); }
Cell Cell::boolean(bool v) { return Raw::boolean(v); }
Cell Cell::integer(std::int64_t v) { return Raw::integer(v); }
Cell Cell::unsigned_integer(std::uint64_t v) { return Raw::unsigned_integer(v); }
Cell Cell::real(double v) { return Raw::real(v); }
Cell Cell::text(std::string_view v) { return Raw::text(v); }
Cell Cell::duration(Duration v) { return Raw::duration(v.ns); }
Cell Cell::timestamp(Timestamp v) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  auto seconds = v.ns / kSecond, rest = v.ns % kSecond;
  if (rest < 0) rest += kSecond, --seconds;
  return Raw::timestamp(seconds, static_cast<std::uint32_t>(rest));
}

Cell Cell::of(const Value& v) {
  if (const auto* t = v.as_text()) return Raw::text(*t);
  if (const auto* i = v.as_int()) return Raw::integer(*i);
  if (const auto* b = v.as_bool()) return Raw::boolean(*b);
  if (const auto* d = v.as_double()) return Raw::real(*d);
  if (const auto* u = v.as_uint()) return Raw::unsigned_integer(*u);
  if (const auto* m = v.as_map()) return Raw::at(Kind::map, m, m->size(), Form::host);
  if (const auto* l = v.as_list()) return Raw::at(Kind::list, l, l->size(), Form::host);
  if (const auto* x = v.as_bytes()) return Raw::at(Kind::bytes, x->data(), x->size(), Form::host);
  if (const auto* s = v.as_timestamp()) return timestamp(*s);
  if (const auto* n = v.as_duration()) return duration(*n);
  return null();
}

std::string_view Cell::as_text() const { return kind() == Kind::text ? Raw::text(*this) : std::string_view(); }

void Cell::members(const std::function<void(const Cell*, const Cell&)>& each) const {
  if (kind() == Kind::optional && Raw::optional(*this)) each(nullptr, *Raw::optional(*this));
  if (kind() == Kind::list)
    for (std::uint32_t i = 0; i < Raw::size(*this); ++i) each(nullptr, Raw::item(*this, i));
  if (kind() != Kind::map) return;
  if (Raw::own(*this)) {
    const auto& map = Raw::own_map(*this);
    for (std::uint32_t i = 0; i < Raw::size(*this); ++i) each(&map.keys[i], map.values[i]);
    return;
  }
  for (const auto& [key, value] : Raw::host_map(*this)) {
    auto name = Raw::text(key);
    each(&name, of(value));
  }
}

std::string Cell::written() const {
  switch (kind()) {
    case Kind::text:
    case Kind::type: return std::string(Raw::text(*this));
    case Kind::boolean: return Raw::boolean(*this) ? "true" : "false";
    case Kind::integer: return std::to_string(Raw::integer(*this));
    case Kind::unsigned_integer: return std::to_string(Raw::unsigned_integer(*this));
    case Kind::timestamp: return written_timestamp(Raw::integer(*this), Raw::nanos(*this));
    case Kind::duration: return written_duration(Raw::integer(*this));
    default: return {};
  }
}

Value Cell::value() const {
  switch (kind()) {
    case Kind::boolean: return Raw::boolean(*this);
    case Kind::integer: return Raw::integer(*this);
    case Kind::unsigned_integer: return Raw::unsigned_integer(*this);
    case Kind::real: return Raw::real(*this);
    case Kind::text:
    case Kind::type: return Raw::text(*this);
    case Kind::duration: return Duration{Raw::integer(*this)};
    case Kind::bytes: {
      auto bytes = Raw::text(*this);
      return Value::Bytes(bytes.begin(), bytes.end());
    }
    case Kind::timestamp: {
      std::int64_t ns = 0;
      bool fits = !__builtin_mul_overflow(Raw::integer(*this), 1'000'000'000, &ns) &&
                  !__builtin_add_overflow(ns, Raw::nanos(*this), &ns);
      return fits ? Value(Timestamp{ns}) : Value(written());
    }
    case Kind::list: {
      if (!Raw::own(*this)) return Raw::host_list(*this);
      Value::List out;
      out.reserve(Raw::size(*this));
      for (std::uint32_t i = 0; i < Raw::size(*this); ++i) out.push_back(Raw::cells(*this)[i].value());
      return out;
    }
    case Kind::map: {
      if (!Raw::own(*this)) return Raw::host_map(*this);
      Value::Map out;
      const auto& map = Raw::own_map(*this);
      for (std::uint32_t i = 0; i < Raw::size(*this); ++i) out.emplace(map.keys[i].written(), map.values[i].value());
      return out;
    }
    case Kind::optional: return Raw::optional(*this) ? Raw::optional(*this)->value() : Value();
    case Kind::missing:
    case Kind::null:
    case Kind::error: return {};
  }
  return {};
}

std::uint32_t Raw::depth(const Cell& c) {
  switch (c.kind()) {
    case Kind::list: return own(c) ? static_cast<std::uint32_t>(integer(cells(c)[-1])) : kHostDepth;
    case Kind::map: return own(c) ? own_map(c).depth : kHostDepth;
    case Kind::optional: return optional(c) ? depth(*optional(c)) + 1 : 1;
    default: return 0;
  }
}

namespace {

int order(auto a, auto b) { return a < b ? -1 : b < a ? 1 : 0; }

// As cel-go has it and the suite wants it: beyond 2^53 an integer counts as the double next to it.
template <class Integer>
int compare(Integer a, double b) {
  if (std::isnan(b)) return 2;
  return order(static_cast<double>(a), b);
}

// Whether the double is this very integer; keys of maps are told apart exactly.
bool is_exactly(double d, const Cell& integer) {
  if (integer.kind() == Kind::integer)
    return d >= -0x1p63 && d < 0x1p63 && static_cast<std::int64_t>(d) == Raw::integer(integer) && d == std::floor(d);
  return d >= 0 && d < 0x1p64 && static_cast<std::uint64_t>(d) == Raw::unsigned_integer(integer) && d == std::floor(d);
}

int flipped(int order) { return order == 2 ? 2 : -order; }

}  // namespace

int compare_numbers(const Cell& a, const Cell& b) {
  if (a.kind() == b.kind()) {
    if (a.kind() == Kind::integer) return order(Raw::integer(a), Raw::integer(b));
    if (a.kind() == Kind::unsigned_integer) return order(Raw::unsigned_integer(a), Raw::unsigned_integer(b));
    double x = Raw::real(a), y = Raw::real(b);
    return std::isnan(x) || std::isnan(y) ? 2 : order(x, y);
  }
  if (b.kind() == Kind::integer || (b.kind() == Kind::unsigned_integer && a.kind() == Kind::real))
    return flipped(compare_numbers(b, a));
  if (b.kind() == Kind::real)
    return a.kind() == Kind::integer ? compare(Raw::integer(a), Raw::real(b))
                                     : compare(Raw::unsigned_integer(a), Raw::real(b));
  if (Raw::integer(a) < 0) return -1;
  return order(Raw::unsigned_integer(a), Raw::unsigned_integer(b));
}

bool same_key(const Cell& a, const Cell& b) {
  if (a.kind() == Kind::text && b.kind() == Kind::text) return Raw::text(a) == Raw::text(b);
  if (Raw::is_number(a) && Raw::is_number(b)) {
    if (a.kind() == b.kind() || (a.kind() != Kind::real && b.kind() != Kind::real)) return compare_numbers(a, b) == 0;
    return a.kind() == Kind::real ? is_exactly(Raw::real(a), b) : is_exactly(Raw::real(b), a);
  }
  if (a.kind() != b.kind()) return false;
  return a.kind() == Kind::boolean && Raw::boolean(a) == Raw::boolean(b);
}

std::size_t hash_key(const Cell& key) {
  std::uint64_t h = 0;
  switch (key.kind()) {
    case Kind::text: return std::hash<std::string_view>()(Raw::text(key));
    case Kind::boolean: h = Raw::boolean(key) ? 1 : 2; break;
    case Kind::real: {
      double d = Raw::real(key);
      // Equal numbers hash alike: a whole double as the integer that it is.
      if (d >= -0x1p63 && d < 0x1p63) h = static_cast<std::uint64_t>(static_cast<std::int64_t>(d));
      else if (d >= 0 && d < 0x1p64) h = static_cast<std::uint64_t>(d);
      break;
    }
    default: h = Raw::unsigned_integer(key);
  }
  h ^= h >> 31;
  h *= 0x9E3779B97F4A7C15ull;
  return h ^ h >> 29;
}

Cell Raw::find(const Cell& map, std::string_view key) {
  if (!own(map)) {
    const auto& host = host_map(map);
    auto it = host.find(key);
    return it == host.end() ? Cell() : Cell::of(it->second);
  }
  return find(map, text(key));
}

Cell Raw::find(const Cell& map, const Cell& key) {
  if (!own(map)) return key.kind() == Kind::text ? find(map, text(key)) : Cell();
  const auto& m = own_map(map);
  if (m.mask == 0) {
    for (std::uint32_t i = 0; i < size(map); ++i)
      if (same_key(m.keys[i], key)) return m.values[i];
    return {};
  }
  for (auto i = hash_key(key) & m.mask; m.table[i] != 0; i = (i + 1) & m.mask)
    if (same_key(m.keys[m.table[i] - 1], key)) return m.values[m.table[i] - 1];
  return {};
}

std::string_view kind_name(const Cell& c) {
  switch (c.kind()) {
    case Kind::null: return "null_type";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::unsigned_integer: return "uint";
    case Kind::real: return "double";
    case Kind::text: return "string";
    case Kind::bytes: return "bytes";
    case Kind::list: return "list";
    case Kind::map: return "map";
    case Kind::timestamp: return "google.protobuf.Timestamp";
    case Kind::duration: return "google.protobuf.Duration";
    case Kind::type: return "type";
    case Kind::optional: return "optional_type";
    case Kind::missing: return "missing";
    case Kind::error: return "error";
  }
  return {};
}

}  // namespace tk::expr
