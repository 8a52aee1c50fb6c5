#include "core/expr/detail/zone.hpp"

#include <algorithm>

#include "core/expr/detail/moment.hpp"

namespace tk::expr {
namespace {

constexpr std::int64_t kDay = 86400;

std::uint64_t big_endian(std::string_view bytes, std::size_t at, int n) {
  std::uint64_t out = 0;
  for (int i = 0; i < n; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return out;
}

struct Header {
  std::size_t isut, isstd, leaps, changes, kinds, letters;
  std::size_t body(std::size_t width) const {
    return changes * width + changes + kinds * 6 + letters + leaps * (width + 4) + isstd + isut;
  }
};

constexpr std::size_t kHeader = 44;

bool read_header(std::string_view bytes, std::size_t at, Header& out) {
  if (bytes.size() < at + kHeader || bytes.substr(at, 4) != "TZif") return false;
  auto count = [&](std::size_t i) { return static_cast<std::size_t>(big_endian(bytes, at + 20 + 4 * i, 4)); };
  out = {count(0), count(1), count(2), count(3), count(4), count(5)};
  constexpr std::size_t kMost = 100'000;
  return std::max({out.isut, out.isstd, out.leaps, out.changes, out.letters}) < kMost && out.kinds > 0 &&
         out.kinds < 256;
}

// Words of a POSIX TZ string.
struct Words {
  std::string_view rest;
  bool ok = true;
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  int number() {
    int n = 0, digits = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9' && digits < 4; ++digits) {
      n = n * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    ok &= digits > 0;
    return n;
  }
  void name() {
    if (take('<')) {
      auto end = rest.find('>');
      ok &= end != rest.npos;
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
      return;
    }
    auto begin = rest.size();
    while (!rest.empty() && ((rest.front() | 0x20) >= 'a' && (rest.front() | 0x20) <= 'z')) rest.remove_prefix(1);
    ok &= begin - rest.size() >= 3;
  }
  std::int32_t time() {
    int sign = take('-') ? -1 : 1;
    if (sign == 1) take('+');
    std::int32_t out = number() * 3600;
    if (take(':')) out += number() * 60;
    if (take(':')) out += number();
    return sign * out;
  }
};

}  // namespace

std::int64_t Zone::Change::at(std::int64_t year) const {
  auto first = days_from_civil(year, 1, 1);
  bool leap = days_from_civil(year + 1, 1, 1) - first == 366;
  if (form == 'D') return (first + day) * kDay + time;
  if (form == 'J') return (first + day - (leap && day >= 60 ? 0 : 1)) * kDay + time;
  auto month_begin = days_from_civil(year, month, 1);
  auto weekday = ((month_begin + 4) % 7 + 7) % 7;
  auto date = month_begin + (day - weekday + 7) % 7 + (week - 1) * 7;
  auto next_month = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
  while (date >= next_month) date -= 7;
  return date * kDay + time;
}

std::int32_t Zone::Rule::offset(std::int64_t seconds) const {
  if (!daylight) return standard;
  auto year = civil(seconds + standard).year;
  auto from = begin.at(year) - standard, to = end.at(year) - summer;
  bool inside = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to;
  return inside ? summer : standard;
}

bool Zone::read_rule(std::string_view text) {
  Words words{text};
  words.name();
  rule_.standard = -words.time();
  rule_.present = words.ok;
  if (!words.ok || words.rest.empty()) return words.ok;
  words.name();
  rule_.summer = rule_.standard + 3600;
  if (!words.rest.empty() && words.rest.front() != ',') rule_.summer = -words.time();
  for (auto* change : {&rule_.begin, &rule_.end}) {
    words.ok &= words.take(',');
    if (words.take('M')) {
      change->form = 'M';
      change->month = words.number();
      words.ok &= words.take('.');
      change->week = words.number();
      words.ok &= words.take('.');
      change->day = words.number();
      words.ok &= change->month >= 1 && change->month <= 12 && change->week >= 1 && change->week <= 5 && change->day <= 6;
    } else {
      change->form = words.take('J') ? 'J' : 'D';
      change->day = words.number();
    }
    if (words.take('/')) change->time = words.time();
  }
  rule_.daylight = words.ok && words.rest.empty();
  return rule_.daylight;
}

std::unique_ptr<Zone> Zone::read(std::string_view bytes) {
  Header header{};
  if (!read_header(bytes, 0, header)) return nullptr;
  std::size_t at = 0, width = 4;
  if (bytes[4] >= '2') {  // the same again with 64-bit times stands behind the first
    at = kHeader + header.body(4);
    width = 8;
    if (!read_header(bytes, at, header)) return nullptr;
  }
  at += kHeader;
  if (bytes.size() < at + header.body(width)) return nullptr;
  auto out = std::make_unique<Zone>();
  auto kinds = at + header.changes * width, offsets = kinds + header.changes;
  auto offset_of = [&](std::size_t kind) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(big_endian(bytes, offsets + 6 * kind, 4)));
  };
  for (std::size_t i = 0; i < header.changes; ++i) {
    auto time = big_endian(bytes, at + i * width, static_cast<int>(width));
    auto kind = static_cast<unsigned char>(bytes[kinds + i]);
    if (kind >= header.kinds) return nullptr;
    out->changes_.push_back(width == 8 ? static_cast<std::int64_t>(time)
                                       : static_cast<std::int32_t>(static_cast<std::uint32_t>(time)));
    out->offsets_.push_back(offset_of(kind));
  }
  if (!std::is_sorted(out->changes_.begin(), out->changes_.end())) return nullptr;
  out->first_ = offset_of(0);
  if (width == 8) {
    auto footer = bytes.substr(at + header.body(width));
    if (footer.size() > 2 && footer.front() == '\n') out->read_rule(footer.substr(1, footer.find('\n', 1) - 1));
  }
  return out;
}

std::int32_t Zone::offset(std::int64_t seconds) const {
  auto later = std::upper_bound(changes_.begin(), changes_.end(), seconds);
  if (later == changes_.end() && rule_.present) return rule_.offset(seconds);
  if (later == changes_.begin()) return first_;
  return offsets_[static_cast<std::size_t>(later - changes_.begin()) - 1];
}

}  // namespace tk::expr
