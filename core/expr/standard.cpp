// Conversions, size, type, optionals.
#include <charconv>
#include <cmath>

#include "core/base/text.hpp"
#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/moment.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr::native {
namespace {

using Kind = Cell::Kind;

template <class T>
bool read_number(std::string_view text, T& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end && !text.empty();
}

constexpr double kTwo63 = 9223372036854775808.0, kTwo64 = 18446744073709551616.0;

}  // namespace

std::string written_double(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d > 0 ? "Infinity" : "-Infinity";
  char out[40];
  return {out, std::to_chars(out, out + sizeof out, d).ptr};
}

Cell size(Machine& m, const Cell* a, std::uint32_t) {
  switch (a->kind()) {
    case Kind::bytes:
    case Kind::list:
    case Kind::map: return Raw::integer(Raw::size(*a));
    case Kind::text: {
      if (!m.pay_bytes(Raw::size(*a))) return Cell::null();
      std::int64_t n = 0;
      for (char c : Raw::text(*a)) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      return Raw::integer(n);
    }
    default: return m.no_overload(*a);
  }
}

Cell type_of(Machine&, const Cell* a, std::uint32_t) { return Raw::type(kind_name(*a)); }
Cell same(Machine&, const Cell* a, std::uint32_t) { return *a; }

Cell to_bool(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::boolean) return *a;
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto text = Raw::text(*a);
  for (auto yes : {"1", "t", "true", "TRUE", "True", "T"})
    if (text == yes) return Raw::boolean(true);
  for (auto no : {"0", "f", "false", "FALSE", "False", "F"})
    if (text == no) return Raw::boolean(false);
  return m.said("a text that is neither true nor false");
}

Cell to_int(Machine& m, const Cell* a, std::uint32_t) {
  switch (a->kind()) {
    case Kind::integer: return *a;
    case Kind::unsigned_integer: return Raw::integer(*a) < 0 ? m.fault(Wrong::range) : Raw::integer(Raw::integer(*a));
    case Kind::real: {
      double d = Raw::real(*a);
      return d > -kTwo63 && d < kTwo63 ? Raw::integer(static_cast<std::int64_t>(d)) : m.fault(Wrong::range);
    }
    case Kind::text: {
      std::int64_t i = 0;
      return read_number(Raw::text(*a), i) ? Raw::integer(i) : m.said("a text that is no int");
    }
    case Kind::timestamp: return Raw::integer(Raw::integer(*a));
    case Kind::duration: return Raw::integer(Raw::integer(*a) / 1'000'000'000);
    default: return m.no_overload(*a);
  }
}

Cell to_uint(Machine& m, const Cell* a, std::uint32_t) {
  switch (a->kind()) {
    case Kind::unsigned_integer: return *a;
    case Kind::integer:
      return Raw::integer(*a) < 0 ? m.fault(Wrong::range) : Raw::unsigned_integer(Raw::unsigned_integer(*a));
    case Kind::real: {
      double d = Raw::real(*a);
      return d > -1.0 && d < kTwo64 ? Raw::unsigned_integer(static_cast<std::uint64_t>(d)) : m.fault(Wrong::range);
    }
    case Kind::text: {
      std::uint64_t u = 0;
      return read_number(Raw::text(*a), u) ? Raw::unsigned_integer(u) : m.said("a text that is no uint");
    }
    default: return m.no_overload(*a);
  }
}

Cell to_double(Machine& m, const Cell* a, std::uint32_t) {
  switch (a->kind()) {
    case Kind::real: return *a;
    case Kind::integer: return Raw::real(static_cast<double>(Raw::integer(*a)));
    case Kind::unsigned_integer: return Raw::real(static_cast<double>(Raw::unsigned_integer(*a)));
    case Kind::text: {
      double d = 0;
      return read_number(Raw::text(*a), d) ? Raw::real(d) : m.said("a text that is no double");
    }
    default: return m.no_overload(*a);
  }
}

Cell to_string(Machine& m, const Cell* a, std::uint32_t) {
  switch (a->kind()) {
    case Kind::text: return *a;
    case Kind::boolean:
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::timestamp:
    case Kind::duration:
    case Kind::type: return m.text(a->written());
    case Kind::real: return m.text(written_double(Raw::real(*a)));
    case Kind::bytes: {
      auto bytes = Raw::text(*a);
      if (!m.pay_bytes(bytes.size())) return Cell::null();
      return text::invalid_utf8(bytes) == bytes.npos ? Raw::text(bytes) : m.said("bytes that are not UTF-8");
    }
    default: return m.no_overload(*a);
  }
}

Cell to_bytes(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::bytes) return *a;
  return a->kind() == Kind::text ? Raw::bytes(Raw::text(*a)) : m.no_overload(*a);
}

Cell to_timestamp(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::timestamp) return *a;
  if (a->kind() == Kind::integer)
    return in_range(Raw::integer(*a)) ? Raw::timestamp(Raw::integer(*a), 0) : m.fault(Wrong::range);
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto out = read_timestamp(Raw::text(*a));
  return out.kind() != Kind::missing ? out : m.said("no timestamp of the years 1 to 9999: write it like 2026-11-22T10:00:00Z");
}

Cell to_duration(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::duration) return *a;
  std::int64_t ns = 0;
  if (a->kind() == Kind::integer)
    return __builtin_mul_overflow(Raw::integer(*a), 1'000'000'000, &ns) ? m.fault(Wrong::range) : Raw::duration(ns);
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto out = read_duration(Raw::text(*a));
  return out.kind() != Kind::missing ? out : m.said("no duration: write it like 1h30m, 1.5s or 250ms");
}

Cell matches(Machine& m, const Cell* a, std::uint32_t n) {
  if (n != 2 || a[0].kind() != Kind::text || a[1].kind() != Kind::text) return m.no_overload(a[0], a[1]);
  return m.matches(Raw::text(a[0]), Raw::text(a[1]));
}

Cell optional_of(Machine& m, const Cell* a, std::uint32_t) { return m.optional(*a); }
Cell optional_none(Machine& m, const Cell*, std::uint32_t) { return m.none(); }

Cell optional_of_non_zero(Machine& m, const Cell* a, std::uint32_t) {
  bool zero = false;
  switch (a->kind()) {
    case Kind::null: zero = true; break;
    case Kind::boolean: zero = !Raw::boolean(*a); break;
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::duration: zero = Raw::integer(*a) == 0; break;
    case Kind::real: zero = Raw::real(*a) == 0; break;
    case Kind::text:
    case Kind::bytes:
    case Kind::list:
    case Kind::map: zero = Raw::size(*a) == 0; break;
    case Kind::timestamp: zero = Raw::integer(*a) == 0 && Raw::nanos(*a) == 0; break;
    case Kind::optional: zero = !Raw::optional(*a); break;
    default: break;
  }
  return zero ? m.none() : m.optional(*a);
}

Cell has_value(Machine& m, const Cell* a, std::uint32_t) {
  return a->kind() == Kind::optional ? Raw::boolean(Raw::optional(*a) != nullptr) : m.no_overload(*a);
}

Cell value(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::optional) return m.no_overload(*a);
  return Raw::optional(*a) ? *Raw::optional(*a) : m.said("the value of an empty optional");
}

Cell or_else(Machine& m, const Cell* a, std::uint32_t) {
  if (a[0].kind() != Kind::optional || a[1].kind() != Kind::optional) return m.no_overload(a[0], a[1]);
  return Raw::optional(a[0]) ? a[0] : a[1];
}

Cell or_value(Machine& m, const Cell* a, std::uint32_t) {
  if (a[0].kind() != Kind::optional) return m.no_overload(a[0], a[1]);
  return Raw::optional(a[0]) ? *Raw::optional(a[0]) : a[1];
}

}  // namespace tk::expr::native
