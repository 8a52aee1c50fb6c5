#include <limits>

#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/moment.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr {
namespace {

using Kind = Cell::Kind;

constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86400;
constexpr std::int64_t kFirst = -62135596800, kLast = 253402300799;  // 0001-01-01, 9999-12-31T23:59:59

// So many digits at the front, taken off; -1 when they are not there.
int digits(std::string_view& s, std::size_t n) {
  if (s.size() < n) return -1;
  int out = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (s[i] < '0' || s[i] > '9') return -1;
    out = out * 10 + (s[i] - '0');
  }
  s.remove_prefix(n);
  return out;
}

bool take(std::string_view& s, char c) {
  if (s.empty() || s.front() != c) return false;
  s.remove_prefix(1);
  return true;
}

// Up to nine digits behind a point, as nanoseconds.
bool fraction(std::string_view& s, std::int64_t& ns) {
  std::int64_t unit = kSecond / 10;
  std::size_t n = 0;
  for (; n < s.size() && s[n] >= '0' && s[n] <= '9'; ++n, unit /= 10) ns += (s[n] - '0') * unit;
  s.remove_prefix(n);
  return n > 0 && n <= 9;
}

// The unit in front of the next number, taken off: in nanoseconds, 0 when it is none.
std::uint64_t unit(std::string_view& s) {
  auto end = std::min(s.find_first_of(".0123456789"), s.size());
  auto word = s.substr(0, end);
  s.remove_prefix(end);
  if (word == "h") return 3600 * kSecond;
  if (word == "m") return 60 * kSecond;
  if (word == "s") return kSecond;
  if (word == "ms") return 1'000'000;
  if (word == "us" || word == "µs" || word == "μs") return 1000;
  return word == "ns" ? 1 : 0;
}

void append_number(std::string& out, std::int64_t n, std::size_t width) {
  auto text = std::to_string(n);
  out.append(width > text.size() ? width - text.size() : 0, '0');
  out += text;
}

void append_fraction(std::string& out, std::int64_t ns) {
  if (ns == 0) return;
  std::string text;
  append_number(text, ns, 9);
  while (text.back() == '0') text.pop_back();
  out += '.' + text;
}

}  // namespace

bool in_range(std::int64_t seconds) { return seconds >= kFirst && seconds <= kLast; }

// The proleptic Gregorian calendar in eras of 400 years, each beginning with March of its first year.
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  auto era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  auto of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Civil civil(std::int64_t seconds) {
  auto days = seconds / kDay, rest = seconds % kDay;
  if (rest < 0) rest += kDay, --days;
  auto shifted = days + 719468;
  auto era = (shifted >= 0 ? shifted : shifted - 146096) / 146097, of_era = shifted - era * 146097;
  auto year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  auto of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  auto shifted_month = (5 * of_year + 2) / 153;
  Civil out{};
  out.day = static_cast<int>(of_year - (153 * shifted_month + 2) / 5 + 1);
  out.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  out.year = year_of_era + era * 400 + (out.month <= 2 ? 1 : 0);
  out.hour = static_cast<int>(rest / 3600);
  out.minute = static_cast<int>(rest / 60 % 60);
  out.second = static_cast<int>(rest % 60);
  out.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  out.yearday = static_cast<int>(days - days_from_civil(out.year, 1, 1));
  return out;
}

Cell later(const Cell& a, std::int64_t ns, bool minus) {
  if (a.kind() == Kind::duration) {
    std::int64_t out = 0;
    bool over = minus ? __builtin_sub_overflow(Raw::integer(a), ns, &out) : __builtin_add_overflow(Raw::integer(a), ns, &out);
    return over ? Cell() : Raw::duration(out);
  }
  auto seconds = Raw::integer(a) + (minus ? -(ns / kSecond) : ns / kSecond);
  auto nanos = std::int64_t{Raw::nanos(a)} + (minus ? -(ns % kSecond) : ns % kSecond);
  if (nanos < 0) nanos += kSecond, --seconds;
  if (nanos >= kSecond) nanos -= kSecond, ++seconds;
  return in_range(seconds) ? Raw::timestamp(seconds, static_cast<std::uint32_t>(nanos)) : Cell();
}

Cell between(const Cell& a, const Cell& b) {
  std::int64_t out = 0;
  bool over = __builtin_mul_overflow(Raw::integer(a) - Raw::integer(b), kSecond, &out) ||
              __builtin_add_overflow(out, std::int64_t{Raw::nanos(a)} - std::int64_t{Raw::nanos(b)}, &out);
  return over ? Cell() : Raw::duration(out);
}

std::optional<std::int32_t> fixed_offset(std::string_view s) {
  bool minus = take(s, '-');
  if (!minus) take(s, '+');
  int hours = s.size() > 1 && s[1] == ':' ? digits(s, 1) : digits(s, 2);
  bool colon = take(s, ':');
  int minutes = digits(s, 2);
  if (hours < 0 || hours > 23 || !colon || minutes < 0 || minutes > 59 || !s.empty()) return {};
  auto seconds = hours * 3600 + minutes * 60;
  return minus ? -seconds : seconds;
}

Cell read_timestamp(std::string_view s) {
  int year = digits(s, 4);
  bool ok = year >= 0 && take(s, '-');
  int month = ok ? digits(s, 2) : -1;
  ok = month >= 1 && month <= 12 && take(s, '-');
  int day = ok ? digits(s, 2) : -1;
  ok = day >= 1 && day <= 31 && (take(s, 'T') || take(s, 't'));
  int hour = ok ? digits(s, 2) : -1;
  ok = hour >= 0 && hour <= 23 && take(s, ':');
  int minute = ok ? digits(s, 2) : -1;
  ok = minute >= 0 && minute <= 59 && take(s, ':');
  int second = ok ? digits(s, 2) : -1;
  if (second < 0 || second > 59) return {};
  std::int64_t ns = 0;
  if (take(s, '.') && !fraction(s, ns)) return {};
  std::int32_t offset = 0;
  if (!take(s, 'Z') && !take(s, 'z')) {
    if (s.size() != 6 || (s[0] != '+' && s[0] != '-')) return {};
    auto fixed = fixed_offset(s);
    if (!fixed) return {};
    offset = *fixed;
    s = {};
  }
  auto days = days_from_civil(year, month, day);
  if (!s.empty() || civil(days * kDay).day != day) return {};  // 30 February
  auto seconds = days * kDay + hour * 3600 + minute * 60 + second - offset;
  return in_range(seconds) ? Raw::timestamp(seconds, static_cast<std::uint32_t>(ns)) : Cell();
}

Cell read_duration(std::string_view s) {
  bool minus = take(s, '-');
  if (!minus) take(s, '+');
  if (s == "0") return Raw::duration(0);
  if (s.empty()) return {};
  std::uint64_t total = 0;
  while (!s.empty()) {
    std::uint64_t whole = 0, part = 0, scale = 1;
    bool any = false, over = false;
    for (; !s.empty() && s.front() >= '0' && s.front() <= '9'; s.remove_prefix(1), any = true)
      over |= __builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, s.front() - '0', &whole);
    if (take(s, '.'))
      for (; !s.empty() && s.front() >= '0' && s.front() <= '9'; s.remove_prefix(1), any = true)
        if (scale < 1'000'000'000'000'000) part = part * 10 + static_cast<std::uint64_t>(s.front() - '0'), scale *= 10;
    auto each = unit(s);
    if (!any || each == 0) return {};
    auto below = static_cast<double>(part) * (static_cast<double>(each) / static_cast<double>(scale));
    over |= __builtin_mul_overflow(whole, each, &whole) || __builtin_add_overflow(total, whole, &total) ||
            __builtin_add_overflow(total, static_cast<std::uint64_t>(below), &total);
    if (over) return {};
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (total > kMost + (minus ? 1 : 0)) return {};
  return Raw::duration(static_cast<std::int64_t>(minus ? 0 - total : total));
}

std::string written_timestamp(std::int64_t seconds, std::uint32_t nanos) {
  auto c = civil(seconds);
  std::string out;
  append_number(out, c.year, 4);
  for (auto [mark, n] : {std::pair{'-', c.month}, {'-', c.day}, {'T', c.hour}, {':', c.minute}, {':', c.second}}) {
    out += mark;
    append_number(out, n, 2);
  }
  append_fraction(out, nanos);
  return out + 'Z';
}

// Seconds with a fraction, as protobuf's JSON has them: CEL's string(duration) is the same.
std::string written_duration(std::int64_t ns) {
  std::string out = ns < 0 ? "-" : "";
  auto size = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  out += std::to_string(size / kSecond);
  append_fraction(out, static_cast<std::int64_t>(size % kSecond));
  return out + 's';
}

namespace {

// The parts of a moment in a zone: UTC when none is given.
template <class Part>
Cell part_of(Machine& m, const Cell* a, std::uint32_t n, Part part) {
  if (a[0].kind() != Kind::timestamp || (n == 2 && a[1].kind() != Kind::text) || n > 2)
    return m.no_overload(a[0], n > 1 ? a[1] : Cell());
  std::int32_t offset = 0;
  if (n == 2) {
    auto name = Raw::text(a[1]);
    if (auto fixed = fixed_offset(name)) {
      offset = *fixed;
    } else if (name != "UTC" && !name.empty()) {
      const auto* zone = m.zone(name);
      if (!zone) return m.said("no time zone " + std::string(name.substr(0, 40)) + " here; an offset such as +01:00 always works");
      offset = zone->offset(Raw::integer(a[0]));
    }
  }
  return Raw::integer(part(civil(Raw::integer(a[0]) + offset)));
}

}  // namespace

namespace native {

Cell full_year(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.year; });
}
Cell month(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.month - 1; });
}
Cell day_of_month(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.day - 1; });
}
Cell date(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.day; });
}
Cell day_of_week(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.weekday; });
}
Cell day_of_year(Machine& m, const Cell* a, std::uint32_t n) {
  return part_of(m, a, n, [](const Civil& c) { return c.yearday; });
}
// Of a duration: the whole of it in hours, minutes, seconds; but getMilliseconds its part below a second.
Cell hours(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() == Kind::duration && n == 1) return Raw::integer(Raw::integer(a[0]) / (3600 * kSecond));
  return part_of(m, a, n, [](const Civil& c) { return c.hour; });
}
Cell minutes(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() == Kind::duration && n == 1) return Raw::integer(Raw::integer(a[0]) / (60 * kSecond));
  return part_of(m, a, n, [](const Civil& c) { return c.minute; });
}
Cell seconds(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() == Kind::duration && n == 1) return Raw::integer(Raw::integer(a[0]) / kSecond);
  return part_of(m, a, n, [](const Civil& c) { return c.second; });
}
Cell milliseconds(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() == Kind::duration && n == 1) return Raw::integer(Raw::integer(a[0]) % kSecond / 1'000'000);
  auto whole = part_of(m, a, n, [](const Civil&) { return 0; });
  return whole.is_error() ? whole : Raw::integer(Raw::nanos(a[0]) / 1'000'000);
}

}  // namespace native
}  // namespace tk::expr
