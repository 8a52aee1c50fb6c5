// Time comes from here and can be injected, so that a test runs 72 hours in a millisecond and
// replays to the byte. All times are nanoseconds since 1970 UTC; monotonic ones have no epoch.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.hpp"

namespace tk::clock {

using Source = std::int64_t (*)();

std::int64_t now_ns();
std::int64_t monotonic_ns();
// Replaces now_ns() for this process; null puts the real clock back. Tests only.
void inject(Source source);

std::string rfc3339(std::int64_t ns);                    // 2026-11-22T10:00:00.123Z
Result<std::int64_t> parse_rfc3339(std::string_view s);  // Z or an offset
Result<std::int64_t> parse_duration(std::string_view s); // "120s", "15m", "1h30m", "250ms"

}  // namespace tk::clock
