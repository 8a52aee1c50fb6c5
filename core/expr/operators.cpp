// Arithmetic, comparison, equality, membership and indexing: each exactly as langdef.md has it, overflow included.
#include <string.h>

#include <cmath>
#include <limits>

#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/moment.hpp"

namespace tk::expr {

using Kind = Cell::Kind;

namespace {
bool is(const Cell& a, const Cell& b, Kind kind) { return a.kind() == kind && b.kind() == kind; }
bool is(const Cell& a, Kind first, const Cell& b, Kind second) { return a.kind() == first && b.kind() == second; }
}  // namespace

Cell Machine::add(const Cell& a, const Cell& b) {
  if (is(a, b, Kind::integer)) {
    std::int64_t sum = 0;
    bool over = __builtin_add_overflow(Raw::integer(a), Raw::integer(b), &sum);
    return over ? fault(Wrong::overflow) : Raw::integer(sum);
  }
  if (is(a, b, Kind::real)) return Raw::real(Raw::real(a) + Raw::real(b));
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (is(a, b, Kind::unsigned_integer)) {
    std::uint64_t sum = 0;
    bool over = __builtin_add_overflow(Raw::unsigned_integer(a), Raw::unsigned_integer(b), &sum);
    return over ? fault(Wrong::overflow) : Raw::unsigned_integer(sum);
  }
  if (is(a, b, Kind::text) || is(a, b, Kind::bytes)) return joined(a, b);
  if (is(a, b, Kind::list)) {
    auto n = Raw::size(a), m = Raw::size(b);
    if (n == 0) return b;
    if (m == 0) return a;
    if (!pay(std::uint64_t{n} + m)) return fault(Wrong::said);
    auto& items = scratch_.items;
    auto from = items.size();
    for (std::uint32_t i = 0; i < n; ++i) items.push_back(Raw::item(a, i));
    for (std::uint32_t i = 0; i < m; ++i) items.push_back(Raw::item(b, i));
    auto out = list(std::span<const Cell>(items.data() + from, items.size() - from));
    items.resize(from);
    return out;
  }
  auto made = is(a, b, Kind::duration)                            ? later(a, Raw::integer(b), false)
              : is(a, Kind::timestamp, b, Kind::duration)         ? later(a, Raw::integer(b), false)
              : is(a, Kind::duration, b, Kind::timestamp)         ? later(b, Raw::integer(a), false)
                                                                  : no_overload(a, b);
  return made.kind() == Kind::missing ? fault(Wrong::range, a) : made;
}

Cell Machine::subtract(const Cell& a, const Cell& b) {
  if (is(a, b, Kind::integer)) {
    std::int64_t out = 0;
    bool over = __builtin_sub_overflow(Raw::integer(a), Raw::integer(b), &out);
    return over ? fault(Wrong::overflow) : Raw::integer(out);
  }
  if (is(a, b, Kind::real)) return Raw::real(Raw::real(a) - Raw::real(b));
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (is(a, b, Kind::unsigned_integer)) {
    bool over = Raw::unsigned_integer(a) < Raw::unsigned_integer(b);
    return over ? fault(Wrong::overflow) : Raw::unsigned_integer(Raw::unsigned_integer(a) - Raw::unsigned_integer(b));
  }
  auto made = is(a, b, Kind::duration) || is(a, Kind::timestamp, b, Kind::duration) ? later(a, Raw::integer(b), true)
              : is(a, b, Kind::timestamp)                                           ? between(a, b)
                                                                                    : no_overload(a, b);
  return made.kind() == Kind::missing ? fault(Wrong::range, a) : made;
}

Cell Machine::multiply(const Cell& a, const Cell& b) {
  if (is(a, b, Kind::integer)) {
    std::int64_t out = 0;
    bool over = __builtin_mul_overflow(Raw::integer(a), Raw::integer(b), &out);
    return over ? fault(Wrong::overflow) : Raw::integer(out);
  }
  if (is(a, b, Kind::real)) return Raw::real(Raw::real(a) * Raw::real(b));
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (is(a, b, Kind::unsigned_integer)) {
    std::uint64_t out = 0;
    bool over = __builtin_mul_overflow(Raw::unsigned_integer(a), Raw::unsigned_integer(b), &out);
    return over ? fault(Wrong::overflow) : Raw::unsigned_integer(out);
  }
  return no_overload(a, b);
}

Cell Machine::divide(const Cell& a, const Cell& b, bool modulo) {
  if (is(a, b, Kind::integer)) {
    auto x = Raw::integer(a), y = Raw::integer(b);
    if (y == 0) return fault(Wrong::zero);
    if (y == -1 && x == std::numeric_limits<std::int64_t>::min()) return fault(Wrong::overflow);
    return Raw::integer(modulo ? x % y : x / y);
  }
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (is(a, b, Kind::unsigned_integer)) {
    auto x = Raw::unsigned_integer(a), y = Raw::unsigned_integer(b);
    if (y == 0) return fault(Wrong::zero);
    return Raw::unsigned_integer(modulo ? x % y : x / y);
  }
  if (is(a, b, Kind::real) && !modulo) return Raw::real(Raw::real(a) / Raw::real(b));
  return no_overload(a, b);
}

Cell Machine::negate(const Cell& a) {
  if (a.kind() == Kind::integer) {
    bool over = Raw::integer(a) == std::numeric_limits<std::int64_t>::min();
    return over ? fault(Wrong::overflow) : Raw::integer(-Raw::integer(a));
  }
  if (a.kind() == Kind::real) return Raw::real(-Raw::real(a));
  return a.is_error() ? a : no_overload(a);
}

Cell Machine::compare(const Cell& a, const Cell& b, Op op) {
  int order = 0;
  if (Raw::is_number(a) && Raw::is_number(b)) {
    order = compare_numbers(a, b);
    if (order == 2) return Raw::boolean(false);
  } else if (is(a, b, Kind::text) || is(a, b, Kind::bytes)) {
    order = Raw::text(a).compare(Raw::text(b));  // by bytes, which in UTF-8 is by code point
  } else if (is(a, b, Kind::boolean)) {
    order = int{Raw::boolean(a)} - int{Raw::boolean(b)};
  } else if (is(a, b, Kind::timestamp) || is(a, b, Kind::duration)) {
    auto x = Raw::integer(a), y = Raw::integer(b);
    order = x < y ? -1 : x > y ? 1 : Raw::nanos(a) < Raw::nanos(b) ? -1 : Raw::nanos(a) > Raw::nanos(b) ? 1 : 0;
  } else {
    return a.is_error() ? a : b.is_error() ? b : no_overload(a, b);
  }
  switch (op) {
    case Op::less: return Raw::boolean(order < 0);
    case Op::less_equal: return Raw::boolean(order <= 0);
    case Op::greater: return Raw::boolean(order > 0);
    default: return Raw::boolean(order >= 0);
  }
}

// Values of different kinds are not equal; numbers are equal when their values are. Neither is an error.
bool Machine::equal(const Cell& a, const Cell& b) {
  if (Raw::is_number(a) && Raw::is_number(b)) return compare_numbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::null: return true;
    case Kind::boolean: return Raw::boolean(a) == Raw::boolean(b);
    case Kind::text:
    case Kind::bytes:
    case Kind::type: return Raw::text(a) == Raw::text(b);
    case Kind::timestamp: return Raw::integer(a) == Raw::integer(b) && Raw::nanos(a) == Raw::nanos(b);
    case Kind::duration: return Raw::integer(a) == Raw::integer(b);
    case Kind::optional: {
      const auto *x = Raw::optional(a), *y = Raw::optional(b);
      return x && y ? pay(1) && equal(*x, *y) : x == y;
    }
    case Kind::list: {
      auto n = Raw::size(a);
      if (n != Raw::size(b)) return false;
      for (std::uint32_t i = 0; i < n; ++i)
        if (!pay(1) || !equal(Raw::item(a, i), Raw::item(b, i))) return false;
      return true;
    }
    case Kind::map: {
      if (Raw::size(a) != Raw::size(b)) return false;
      bool same = true;
      a.members([&](const Cell* key, const Cell& value) {
        if (!same) return;
        auto other = Raw::find(b, *key);
        same = pay(1) && other.kind() != Kind::missing && equal(value, other);
      });
      return same;
    }
    default: return false;
  }
}

Cell Machine::in(const Cell& a, const Cell& b) {
  if (a.is_error()) return a;
  if (b.kind() == Kind::map) return Raw::boolean(Raw::find(b, a).kind() != Kind::missing);
  if (b.kind() != Kind::list) return b.is_error() ? b : no_overload(a, b);
  auto n = Raw::size(b);
  if (!pay(n / 4)) return fault(Wrong::said);
  if (a.kind() == Kind::text && !Raw::own(b)) {
    auto text = Raw::text(a);
    for (const auto& item : Raw::host_list(b))
      if (const auto* t = item.as_text(); t && *t == text) return Raw::boolean(true);
    return Raw::boolean(false);
  }
  for (std::uint32_t i = 0; i < n; ++i)
    if (equal(a, Raw::item(b, i))) return Raw::boolean(true);
  return Raw::boolean(false);
}

namespace {

// In a short text the preparations of memmem take longer than the search; two bytes tell nearly every place apart.
std::size_t find_short(std::string_view text, std::string_view part) {
  if (part.size() < 2) return text.find(part);
  for (std::size_t at = 0; at + part.size() <= text.size(); ++at) {
    const auto* first = memchr(text.data() + at, part[0], text.size() - part.size() + 1 - at);
    if (!first) break;
    at = static_cast<std::size_t>(static_cast<const char*>(first) - text.data());
    if (text[at + 1] == part[1] && memcmp(text.data() + at + 2, part.data() + 2, part.size() - 2) == 0) return at;
  }
  return text.npos;
}

}  // namespace

// glibc's memmem is linear, whatever the part is.
std::size_t find_part(std::string_view text, std::string_view part) {
  constexpr std::size_t kShort = 128;
  if (text.size() <= kShort) return find_short(text, part);
  const void* at = memmem(text.data(), text.size(), part.data(), part.size());
  return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : text.npos;
}

Cell Machine::on_texts(Op op, const Cell& a, const Cell& b) {
  if (a.kind() != Kind::text || b.kind() != Kind::text) return a.is_error() ? a : b.is_error() ? b : no_overload(a, b);
  auto text = Raw::text(a), part = Raw::text(b);
  if (op == Op::starts_with) return Raw::boolean(text.starts_with(part));
  if (op == Op::ends_with) return Raw::boolean(text.ends_with(part));
  if (!pay_bytes(text.size() + part.size())) return fault(Wrong::said);
  return Raw::boolean(find_part(text, part) != text.npos);
}

// An index of a list may be any number that is whole: 1, 1u, 1.0.
Cell Machine::index(const Cell& target, const Cell& key, bool optional_wanted) {
  const Cell* from = &target;
  if (target.is_error()) return target;
  if (key.is_error()) return key;
  if (target.kind() == Kind::optional) {
    from = Raw::optional(target);
    if (!from) return target;
    optional_wanted = true;
  }
  Cell found;
  if (from->kind() == Kind::map) {
    found = Raw::find(*from, key);
    if (found.kind() == Kind::missing && !optional_wanted) return fault(Wrong::no_key, key);
  } else if (from->kind() == Kind::list && Raw::is_number(key)) {
    auto size = Raw::integer(Raw::size(*from));
    bool whole = key.kind() != Kind::real || Raw::real(key) == std::floor(Raw::real(key));
    if (!whole) return fault(Wrong::no_index, key);
    bool inside = compare_numbers(key, Raw::integer(0)) >= 0 && compare_numbers(key, size) == -1;
    if (inside) {
      auto i = key.kind() == Kind::real ? static_cast<std::uint64_t>(Raw::real(key)) : Raw::unsigned_integer(key);
      found = Raw::item(*from, i);
    } else if (!optional_wanted) {
      return fault(Wrong::no_index, key);
    }
  } else {
    return no_overload(*from, key);
  }
  if (!optional_wanted) return found;
  return found.kind() == Kind::missing ? none() : optional(found);
}

}  // namespace tk::expr
