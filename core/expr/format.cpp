// "…".format([…]): %s %d %f %e %x %X %o %b %%, with a precision before f and e.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/text.hpp"
#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr::native {

std::string written_double(double d);

namespace {

using Kind = Cell::Kind;

struct Formatter {
  Machine& m;
  std::string out;

  bool put(std::string_view s) {
    out += s;
    return m.pay_bytes(s.size());
  }

  // %s: any value, lists and maps too; a map's entries in the order of their written keys.
  bool text(const Cell& c) {
    switch (c.kind()) {
      case Kind::null: return put("null");
      case Kind::real: return put(written_double(Raw::real(c)));
      case Kind::bytes: return put(text::to_utf8(Raw::text(c)));
      case Kind::list:
        if (!put("[")) return false;
        for (std::uint32_t i = 0; i < Raw::size(c); ++i)
          if ((i > 0 && !put(", ")) || !text(Raw::item(c, i))) return false;
        return put("]");
      case Kind::map: return map(c);
      case Kind::optional:
      case Kind::error:
      case Kind::missing: return false;
      default: return put(c.written());
    }
  }

  bool map(const Cell& c) {
    std::vector<std::pair<std::string, Cell>> entries;
    c.members([&](const Cell* key, const Cell& value) { entries.emplace_back(key->written(), value); });
    std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    bool ok = put("{");
    for (std::size_t i = 0; i < entries.size(); ++i)
      ok = ok && (i == 0 || put(", ")) && put(entries[i].first) && put(": ") && text(entries[i].second);
    return ok && put("}");
  }

  bool number(const Cell& c, char form, int precision) {
    double d = 0;
    if (c.kind() == Kind::real) d = Raw::real(c);
    else if (c.kind() == Kind::integer) d = static_cast<double>(Raw::integer(c));
    else if (c.kind() == Kind::unsigned_integer) d = static_cast<double>(Raw::unsigned_integer(c));
    else return false;
    if (!std::isfinite(d)) return put(written_double(d));
    char digits[1200];
    auto how = form == 'f' ? std::chars_format::fixed : std::chars_format::scientific;
    auto* end = std::to_chars(digits, digits + sizeof digits, d, how, precision).ptr;
    return put({digits, static_cast<std::size_t>(end - digits)});
  }

  bool whole(const Cell& c, int base, bool upper) {
    char digits[70];
    char* end = digits;
    if (c.kind() == Kind::integer) end = std::to_chars(digits, digits + sizeof digits, Raw::integer(c), base).ptr;
    else if (c.kind() == Kind::unsigned_integer)
      end = std::to_chars(digits, digits + sizeof digits, Raw::unsigned_integer(c), base).ptr;
    else return false;
    std::string s(digits, end);
    if (upper) std::transform(s.begin(), s.end(), s.begin(), [](char x) { return x >= 'a' && x <= 'z' ? static_cast<char>(x - 32) : x; });
    return put(s);
  }

  bool hex(const Cell& c, bool upper) {
    if (c.kind() != Kind::text && c.kind() != Kind::bytes) return whole(c, 16, upper);
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string s;
    for (char x : Raw::text(c)) {
      s += digits[static_cast<unsigned char>(x) >> 4];
      s += digits[static_cast<unsigned char>(x) & 15];
    }
    return put(s);
  }

  bool clause(char form, int precision, const Cell& c) {
    switch (form) {
      case 's': return text(c);
      case 'd': return c.kind() == Kind::real ? put(written_double(Raw::real(c))) : whole(c, 10, false);
      case 'f':
      case 'e': return number(c, form, precision);
      case 'x':
      case 'X': return hex(c, form == 'X');
      case 'o': return whole(c, 8, false);
      case 'b': return c.kind() == Kind::boolean ? put(Raw::boolean(c) ? "1" : "0") : whole(c, 2, false);
      default: return false;
    }
  }
};

}  // namespace

Cell format(Machine& m, const Cell* a, std::uint32_t) {
  if (a[0].kind() != Kind::text || a[1].kind() != Kind::list) return m.no_overload(a[0], a[1]);
  Formatter f{m, {}};
  auto pattern = Raw::text(a[0]);
  if (!m.pay_bytes(pattern.size())) return Cell::null();
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      f.out += pattern[i];
      continue;
    }
    int precision = 6;
    if (++i < pattern.size() && pattern[i] == '.') {
      precision = 0;
      for (++i; i < pattern.size() && pattern[i] >= '0' && pattern[i] <= '9'; ++i)
        precision = std::min(precision * 10 + (pattern[i] - '0'), 10'000);
    }
    char form = i < pattern.size() ? pattern[i] : '\0';
    if (form == '%') {
      f.out += '%';
      continue;
    }
    if (std::string_view("sdfexXob").find(form) == std::string_view::npos || form == '\0')
      return m.said("a % with no s, d, f, e, x, X, o, b or % behind it");
    if (precision > 300) return m.said("a precision of more than 300 digits");
    if (next >= Raw::size(a[1])) return m.said("more clauses than values in the list");
    auto value = Raw::item(a[1], next++);
    if (!f.clause(form, precision, value))
      return m.said(std::string("%") + form + " does not write " + std::string(kind_name(value)));
  }
  return m.text(f.out);
}

}  // namespace tk::expr::native
