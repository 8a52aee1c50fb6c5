// Points and spans of time: their arithmetic within CEL's bounds (the years 1 to 9999; ±2^63 nanoseconds), and
// their text. Kind missing stands for what is out of range.
#pragma once

#include <optional>

#include "core/expr/detail/cell.hpp"

namespace tk::expr {

Cell later(const Cell& moment_or_span, std::int64_t ns, bool minus);
Cell between(const Cell& a, const Cell& b);  // a - b, of timestamps

Cell read_timestamp(std::string_view text);   // RFC 3339
Cell read_duration(std::string_view text);    // 1h30m, 1.5s, -2ms
bool in_range(std::int64_t seconds);

struct Civil {
  std::int64_t year;
  int month, day, hour, minute, second, weekday, yearday;  // month 1-12, day 1-31, weekday 0 = Sunday
};
Civil civil(std::int64_t seconds);
std::int64_t days_from_civil(std::int64_t year, int month, int day);

// "+05:30", "-8:00", "02:00": seconds; nothing when it is no fixed offset.
std::optional<std::int32_t> fixed_offset(std::string_view text);

}  // namespace tk::expr
