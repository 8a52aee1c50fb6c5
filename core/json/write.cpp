#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/json/json.hpp"

namespace tk::json {
namespace {

enum class Style { canonical, compact, pretty };

void quote_into(std::string& out, std::string_view s) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (char c : s) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kDigits[(c >> 4) & 15];
          out += kDigits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// ECMAScript's Number::toString (RFC 8785 section 3.2.2.3) from the shortest round-trip digits. Out
// of the canonical form a double stays one when it is read back: 1.0 and 1e+18, not 1 and 10…0.
void number_into(std::string& out, double v, Style style) {
  bool keep_kind = style != Style::canonical;
  if (!std::isfinite(v)) {
    out += "null";
    return;
  }
  if (v == 0) {
    out += keep_kind ? (std::signbit(v) ? "-0.0" : "0.0") : "0";
    return;
  }
  std::array<char, 40> buffer{};
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(v),
                           std::chars_format::scientific).ptr;
  std::string_view s(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  auto e = s.find('e');
  int exponent = 0;
  auto number = s.substr(e + 1);
  if (number.starts_with('+')) number.remove_prefix(1);
  std::from_chars(number.data(), number.data() + number.size(), exponent);
  std::string digits;
  for (char c : s.substr(0, e))
    if (c != '.') digits += c;
  if (v < 0) out += '-';
  int n = exponent + 1, k = static_cast<int>(digits.size());
  if (keep_kind && k <= n && n <= 16) {
    out += digits + std::string(static_cast<std::size_t>(n - k), '0') + ".0";
  } else if (!keep_kind && k <= n && n <= 21) {
    out += digits + std::string(static_cast<std::size_t>(n - k), '0');
  } else if (0 < n && n < k) {
    out += digits.substr(0, static_cast<std::size_t>(n)) + '.' + digits.substr(static_cast<std::size_t>(n));
  } else if (-6 < n && n <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-n), '0') + digits;
  } else {
    out += digits.substr(0, 1);
    if (k > 1) out += '.' + digits.substr(1);
    out += n > 0 ? "e+" : "e-";
    out += std::to_string(std::abs(n - 1));
  }
}

void integer_into(std::string& out, bool negative, std::uint64_t size, Style style) {
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  bool as_text = style == Style::canonical && size > kExact;
  if (as_text) out += '"';
  if (negative) out += '-';
  out += std::to_string(size);
  if (as_text) out += '"';
}

// Byte order differs from UTF-16 order only between U+E000..U+FFFF and the planes above.
bool utf16_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  if (i == a.size() || i == b.size()) return a.size() < b.size();
  auto x = static_cast<unsigned char>(a[i]), y = static_cast<unsigned char>(b[i]);
  bool x_high = x >= 0xF0, y_high = y >= 0xF0;
  if (x_high != y_high && (x >= 0xEE || y >= 0xEE)) return x_high ? y >= 0xEE : !(x >= 0xEE);
  return x < y;
}

void newline(std::string& out, Style style, int depth) {
  if (style == Style::pretty) out += '\n' + std::string(static_cast<std::size_t>(depth) * 2, ' ');
}

void write(std::string& out, const Value& v, Style style, int depth);

void list_into(std::string& out, const Value::List& list, Style style, int depth) {
  out += '[';
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += ',';
    first = false;
    newline(out, style, depth + 1);
    write(out, item, style, depth + 1);
  }
  if (!list.empty()) newline(out, style, depth);
  out += ']';
}

void map_into(std::string& out, const Value::Map& map, Style style, int depth) {
  std::vector<const Value::Map::value_type*> members;
  bool sorted = true;
  for (const auto& member : map) {
    if (!members.empty() && !utf16_less(members.back()->first, member.first)) sorted = false;
    members.push_back(&member);
  }
  if (!sorted)
    std::sort(members.begin(), members.end(),
              [](auto* a, auto* b) { return utf16_less(a->first, b->first); });
  out += '{';
  bool first = true;
  for (const auto* member : members) {
    if (!first) out += ',';
    first = false;
    newline(out, style, depth + 1);
    quote_into(out, member->first);
    out += style == Style::pretty ? ": " : ":";
    write(out, member->second, style, depth + 1);
  }
  if (!map.empty()) newline(out, style, depth);
  out += '}';
}

void write(std::string& out, const Value& v, Style style, int depth) {
  if (v.is_null()) out += "null";
  else if (const auto* b = v.as_bool()) out += *b ? "true" : "false";
  else if (const auto* i = v.as_int())
    integer_into(out, *i < 0, *i < 0 ? 0 - static_cast<std::uint64_t>(*i) : static_cast<std::uint64_t>(*i), style);
  else if (const auto* u = v.as_uint()) integer_into(out, false, *u, style);
  else if (const auto* d = v.as_double()) number_into(out, *d, style);
  else if (const auto* t = v.as_text()) quote_into(out, *t);
  else if (const auto* bytes = v.as_bytes()) quote_into(out, "hex:" + ids::hex(*bytes));
  else if (const auto* list = v.as_list()) list_into(out, *list, style, depth);
  else if (const auto* map = v.as_map()) map_into(out, *map, style, depth);
  else if (const auto* time = v.as_timestamp()) quote_into(out, clock::rfc3339(time->ns));
  else if (const auto* span = v.as_duration()) quote_into(out, std::to_string(span->ns) + "ns");
}

std::string written(const Value& value, Style style) {
  std::string out;
  write(out, value, style, 0);
  return out;
}

}  // namespace

std::string canonical(const Value& value) { return written(value, Style::canonical); }
std::string compact(const Value& value) { return written(value, Style::compact); }
std::string pretty(const Value& value) { return written(value, Style::pretty); }

std::string quote(std::string_view text) {
  std::string out;
  quote_into(out, text);
  return out;
}

}  // namespace tk::json
