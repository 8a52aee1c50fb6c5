// The extension `math`.
#include <cmath>

#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr::native {
namespace {

using Kind = Cell::Kind;

// The first of the greatest, or of the least, among numbers of any kind.
Cell extreme(Machine& m, const Cell* a, std::uint32_t n, int wanted) {
  bool list = n == 1 && a->kind() == Kind::list;
  auto count = list ? Raw::size(*a) : n;
  if (count == 0) return m.said("nothing to choose from: an empty list");
  if (!m.pay(count)) return Cell::null();
  Cell best;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto next = list ? Raw::item(*a, i) : a[i];
    if (!Raw::is_number(next)) return m.no_overload(next);
    if (i == 0 || compare_numbers(next, best) == wanted) best = next;
  }
  return best;
}

template <class F>
Cell on_real(Machine& m, const Cell& a, F f) {
  return a.kind() == Kind::real ? f(Raw::real(a)) : m.no_overload(a);
}

template <class F>
Cell on_bits(Machine& m, const Cell& a, const Cell& b, F f) {
  if (a.kind() != b.kind() || (a.kind() != Kind::integer && a.kind() != Kind::unsigned_integer)) return m.no_overload(a, b);
  return Raw::make(a.kind(), static_cast<std::int64_t>(f(Raw::unsigned_integer(a), Raw::unsigned_integer(b))));
}

Cell shift(Machine& m, const Cell* a, bool left) {
  bool whole = a[0].kind() == Kind::integer || a[0].kind() == Kind::unsigned_integer;
  if (!whole || a[1].kind() != Kind::integer) return m.no_overload(a[0], a[1]);
  auto by = Raw::integer(a[1]);
  if (by < 0) return m.said("a shift by a negative number");
  auto bits = Raw::unsigned_integer(a[0]);
  bits = by >= 64 ? 0 : left ? bits << by : bits >> by;
  return Raw::make(a[0].kind(), static_cast<std::int64_t>(bits));
}

}  // namespace

Cell greatest(Machine& m, const Cell* a, std::uint32_t n) { return extreme(m, a, n, 1); }
Cell least(Machine& m, const Cell* a, std::uint32_t n) { return extreme(m, a, n, -1); }

Cell ceil(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::real(std::ceil(d)); });
}
Cell floor(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::real(std::floor(d)); });
}
Cell round(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::real(std::round(d)); });
}
Cell trunc(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::real(std::trunc(d)); });
}
Cell is_nan(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::boolean(std::isnan(d)); });
}
Cell is_inf(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::boolean(std::isinf(d)); });
}
Cell is_finite(Machine& m, const Cell* a, std::uint32_t) {
  return on_real(m, *a, [](double d) { return Raw::boolean(std::isfinite(d)); });
}

Cell sqrt(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::integer) return Raw::real(std::sqrt(static_cast<double>(Raw::integer(*a))));
  if (a->kind() == Kind::unsigned_integer) return Raw::real(std::sqrt(static_cast<double>(Raw::unsigned_integer(*a))));
  return on_real(m, *a, [](double d) { return Raw::real(std::sqrt(d)); });
}

Cell abs(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::unsigned_integer) return *a;
  if (a->kind() == Kind::integer) return Raw::integer(*a) < 0 ? m.negate(*a) : *a;
  return on_real(m, *a, [](double d) { return Raw::real(std::fabs(d)); });
}

Cell sign(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() == Kind::unsigned_integer) return Raw::unsigned_integer(Raw::unsigned_integer(*a) > 0 ? 1 : 0);
  if (a->kind() == Kind::integer) return Raw::integer((Raw::integer(*a) > 0 ? 1 : 0) - (Raw::integer(*a) < 0 ? 1 : 0));
  return on_real(m, *a, [](double d) { return Raw::real(std::isnan(d) ? d : d > 0 ? 1 : d < 0 ? -1 : 0); });
}

Cell bit_and(Machine& m, const Cell* a, std::uint32_t) {
  return on_bits(m, a[0], a[1], [](std::uint64_t x, std::uint64_t y) { return x & y; });
}
Cell bit_or(Machine& m, const Cell* a, std::uint32_t) {
  return on_bits(m, a[0], a[1], [](std::uint64_t x, std::uint64_t y) { return x | y; });
}
Cell bit_xor(Machine& m, const Cell* a, std::uint32_t) {
  return on_bits(m, a[0], a[1], [](std::uint64_t x, std::uint64_t y) { return x ^ y; });
}
Cell bit_not(Machine& m, const Cell* a, std::uint32_t) {
  return on_bits(m, *a, *a, [](std::uint64_t x, std::uint64_t) { return ~x; });
}
Cell shift_left(Machine& m, const Cell* a, std::uint32_t) { return shift(m, a, true); }
Cell shift_right(Machine& m, const Cell* a, std::uint32_t) { return shift(m, a, false); }

}  // namespace tk::expr::native
