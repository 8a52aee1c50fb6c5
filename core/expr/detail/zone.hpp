// A named time zone from the bytes of its TZif file (RFC 8536): how far a moment's local time is from UTC.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tk::expr {

class Zone {
 public:
  static std::unique_ptr<Zone> read(std::string_view bytes);  // null when they are no TZif file
  std::int32_t offset(std::int64_t seconds) const;            // east of UTC, in seconds

 private:
  // The rule behind the last change that the file lists, as in POSIX's TZ: EST5EDT,M3.2.0,M11.1.0.
  struct Change {
    char form = 0;  // 'M' month.week.day, 'J' day without 29 February, 'D' day of the year from 0
    int month = 0, week = 0, day = 0;
    std::int32_t time = 7200;
    std::int64_t at(std::int64_t year) const;  // local seconds since 1970
  };
  struct Rule {
    bool present = false, daylight = false;
    std::int32_t standard = 0, summer = 0;
    Change begin, end;
    std::int32_t offset(std::int64_t seconds) const;
  };
  bool read_rule(std::string_view text);

  std::vector<std::int64_t> changes_;
  std::vector<std::int32_t> offsets_;  // from the change of the same number on
  std::int32_t first_ = 0;             // before the first change
  Rule rule_;
};

}  // namespace tk::expr
