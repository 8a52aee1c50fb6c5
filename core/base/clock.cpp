#include "core/base/clock.hpp"

#include <time.h>

#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "core/base/text.hpp"

namespace tk::clock {
namespace {

Source injected = nullptr;

std::int64_t read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

bool digits(std::string_view s, std::size_t at, std::size_t n, int& out) {
  if (at + n > s.size()) return false;
  out = 0;
  for (std::size_t i = at; i < at + n; ++i) {
    if (!std::isdigit(static_cast<unsigned char>(s[i]))) return false;
    out = out * 10 + (s[i] - '0');
  }
  return true;
}

int days_in(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

std::int64_t unit_ns(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "m") return 60'000'000'000;
  if (unit == "h") return 3'600'000'000'000;
  if (unit == "d") return 86'400'000'000'000;
  return 0;
}

}  // namespace

#ifdef TK_FAULTS
namespace {

// TK_CLOCK=+71h59m59s or -40s: so far from the real time; an RFC 3339 time: it is that time and stays so. Test
// builds only; a wrong word ends the program, so that no test passes by the real time.
struct Shifted {
  bool fixed = false;
  std::int64_t ns = 0;
};

Shifted read_shift() {
  const char* text = std::getenv("TK_CLOCK");
  if (!text) return {};
  std::string_view s = text;
  bool offset = s.starts_with('+') || s.starts_with('-');
  auto ns = offset ? parse_duration(s.substr(1)) : parse_rfc3339(s);
  if (!ns) std::abort();
  return {!offset, s.starts_with('-') ? -*ns : *ns};
}

}  // namespace

std::int64_t now_ns() {
  static const Shifted shift = read_shift();
  if (injected) return injected();
  return shift.fixed ? shift.ns : read(CLOCK_REALTIME) + shift.ns;
}
#else
std::int64_t now_ns() { return injected ? injected() : read(CLOCK_REALTIME); }
#endif
std::int64_t monotonic_ns() { return read(CLOCK_MONOTONIC); }
void inject(Source source) { injected = source; }

std::string rfc3339(std::int64_t ns) {
  time_t seconds = static_cast<time_t>(ns / 1'000'000'000);
  auto rest = ns % 1'000'000'000;
  if (rest < 0) {
    rest += 1'000'000'000;
    --seconds;
  }
  tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char out[48];
  std::snprintf(out, sizeof out, "%s.%03dZ", date, static_cast<int>(rest / 1'000'000));
  return out;
}

Result<std::int64_t> parse_rfc3339(std::string_view s) {
  auto bad = [&] {
    return fail(Code::cli_usage, "not an RFC 3339 time: " + text::printable(text::shorten(s, 80)),
                "write it like 2026-11-22T10:00:00Z; the years 1678 to 2261 can be told");
  };
  tm parts{};
  if (!digits(s, 0, 4, parts.tm_year) || !digits(s, 5, 2, parts.tm_mon) ||
      !digits(s, 8, 2, parts.tm_mday) || s[4] != '-' || s[7] != '-')
    return bad();
  // Nanoseconds in 64 bits reach no further.
  if (parts.tm_year < 1678 || parts.tm_year > 2261) return bad();
  if (parts.tm_mon < 1 || parts.tm_mon > 12 || parts.tm_mday < 1 ||
      parts.tm_mday > days_in(parts.tm_year, parts.tm_mon))
    return bad();
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  if (s.size() == 10) return std::int64_t{timegm(&parts)} * 1'000'000'000;
  if (!digits(s, 11, 2, parts.tm_hour) || !digits(s, 14, 2, parts.tm_min) ||
      !digits(s, 17, 2, parts.tm_sec) || s[13] != ':' || s[16] != ':' ||
      (s[10] != 'T' && s[10] != 't' && s[10] != ' '))
    return bad();
  if (parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60) return bad();  // 60: a leap second
  std::size_t at = 19;
  std::int64_t ns = 0;
  if (at < s.size() && s[at] == '.') {
    std::int64_t scale = 100'000'000;
    if (int first = 0; !digits(s, at + 1, 1, first)) return bad();
    for (++at; at < s.size() && std::isdigit(static_cast<unsigned char>(s[at])); ++at) {
      ns += (s[at] - '0') * scale;
      scale /= 10;
    }
  }
  std::int64_t offset = 0;
  auto zone = s.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-')) {
    int hours = 0, minutes = 0;
    if (!digits(zone, 1, 2, hours) || !digits(zone, 4, 2, minutes) || zone[3] != ':' ||
        hours > 23 || minutes > 59)
      return bad();
    offset = (hours * std::int64_t{3600} + minutes * std::int64_t{60}) * (zone[0] == '+' ? 1 : -1);
  } else if (zone != "Z" && zone != "z") {
    return bad();
  }
  return (std::int64_t{timegm(&parts)} - offset) * 1'000'000'000 + ns;
}

Result<std::int64_t> parse_duration(std::string_view s) {
  const auto whole = s;
  auto bad = [&] {
    return fail(Code::cli_usage, "not a duration: " + text::printable(text::shorten(whole, 80)),
                "write it like 120s, 15m, 1h30m or 250ms");
  };
  if (s.empty()) return bad();
  std::int64_t total = 0;
  while (!s.empty()) {
    std::int64_t count = 0;
    if (!std::isdigit(static_cast<unsigned char>(s.front()))) return bad();  // no sign, "-0s" neither
    auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), count);
    if (ec != std::errc{}) return bad();
    s.remove_prefix(static_cast<std::size_t>(end - s.data()));
    std::size_t n = 0;
    while (n < s.size() && std::isalpha(static_cast<unsigned char>(s[n]))) ++n;
    auto unit = unit_ns(s.substr(0, n));
    if (unit == 0 || count > (INT64_MAX - total) / unit) return bad();
    total += count * unit;
    s.remove_prefix(n);
  }
  return total;
}

}  // namespace tk::clock
