// The extensions `strings` and `encoders`. Positions count characters (code points), not bytes.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/expr/detail/lexer.hpp"
#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr::native {
namespace {

using Kind = Cell::Kind;

bool texts(const Cell* a, std::uint32_t n) {
  if (n == 2) return a[0].kind() == Kind::text && a[1].kind() == Kind::text;
  return std::all_of(a, a + n, [](const Cell& c) { return c.kind() == Kind::text; });
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t characters(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return !continues(c); }));
}

// The byte at which character n begins; the end for the one past the last; npos beyond.
std::size_t offset(std::string_view s, std::int64_t n) {
  if (n < 0) return s.npos;
  for (std::size_t i = 0; i < s.size(); ++i)
    if (!continues(s[i]) && n-- == 0) return i;
  return n == 0 ? s.size() : s.npos;
}

Cell outside(Machine& m, const Cell& index) { return m.fault(Wrong::no_index, index); }

std::uint32_t decode(std::string_view s, std::size_t& at) {
  auto c = static_cast<unsigned char>(s[at++]);
  if (c < 0x80) return c;
  std::uint32_t out = c < 0xE0 ? c & 0x1F : c < 0xF0 ? c & 0x0F : c & 0x07;
  while (at < s.size() && continues(s[at])) out = out << 6 | (static_cast<unsigned char>(s[at++]) & 0x3F);
  return out;
}

// Unicode's White_Space.
bool is_blank(std::uint32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

Cell ascii_case(Machine& m, const Cell& a, char first, char last) {
  if (a.kind() != Kind::text) return m.no_overload(a);
  std::string out(Raw::text(a));
  for (char& c : out)
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  return m.text(out);
}

}  // namespace

Cell char_at(Machine& m, const Cell* a, std::uint32_t) {
  if (a[0].kind() != Kind::text || a[1].kind() != Kind::integer) return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]);
  if (!m.pay_bytes(text.size())) return Cell::null();
  auto at = offset(text, Raw::integer(a[1]));
  if (at == text.npos) return outside(m, a[1]);
  auto end = at;
  if (at < text.size()) decode(text, end);
  return Raw::text(text.substr(at, end - at));
}

Cell index_of(Machine& m, const Cell* a, std::uint32_t n) {
  if (!texts(a, 2) || (n == 3 && a[2].kind() != Kind::integer)) return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]), part = Raw::text(a[1]);
  if (!m.pay_bytes(text.size() + part.size())) return Cell::null();
  std::size_t from = 0;
  if (n == 3) {
    from = offset(text, Raw::integer(a[2]));
    if (from == text.npos) return outside(m, a[2]);
  }
  auto at = find_part(text.substr(from), part);
  return Raw::integer(at == text.npos ? -1 : static_cast<std::int64_t>(characters(text.substr(0, from + at))));
}

Cell last_index_of(Machine& m, const Cell* a, std::uint32_t n) {
  if (!texts(a, 2) || (n == 3 && a[2].kind() != Kind::integer)) return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]), part = Raw::text(a[1]);
  // From the back there is no linear search: each place may be compared to its end.
  if (!m.pay(text.size() / 16 * (part.size() / 16 + 1) + 1)) return Cell::null();
  auto from = text.npos;
  if (n == 3) {
    from = offset(text, Raw::integer(a[2]));
    if (from == text.npos) return outside(m, a[2]);
  }
  auto at = text.rfind(part, from);
  return Raw::integer(at == text.npos ? -1 : static_cast<std::int64_t>(characters(text.substr(0, at))));
}

Cell lower_ascii(Machine& m, const Cell* a, std::uint32_t) { return ascii_case(m, *a, 'A', 'Z'); }
Cell upper_ascii(Machine& m, const Cell* a, std::uint32_t) { return ascii_case(m, *a, 'a', 'z'); }

Cell replace(Machine& m, const Cell* a, std::uint32_t n) {
  if (!texts(a, 3) || (n == 4 && a[3].kind() != Kind::integer)) return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]), from = Raw::text(a[1]), to = Raw::text(a[2]);
  auto left = n == 4 ? Raw::integer(a[3]) : -1;
  if (!m.pay_bytes(text.size() + from.size())) return Cell::null();
  std::string out;
  std::size_t at = 0;
  while (left != 0 && at <= text.size()) {
    auto found = find_part(text.substr(at), from);
    if (found == text.npos) break;
    found += at;
    // Nothing stands before each character and at the end.
    auto next = found;
    if (from.empty() && at < text.size()) decode(text, next);
    if (!m.pay_bytes(to.size() + found - at)) return Cell::null();
    out += text.substr(at, found - at);
    out += to;
    out += text.substr(found, next - found);
    bool ended = from.empty() && at == text.size();
    at = from.empty() ? next : found + from.size();
    if (left > 0) --left;
    if (ended) break;
  }
  out += text.substr(std::min(at, text.size()));
  return m.text(out);
}

Cell split(Machine& m, const Cell* a, std::uint32_t n) {
  if (!texts(a, 2) || (n == 3 && a[2].kind() != Kind::integer)) return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]), by = Raw::text(a[1]);
  auto most = n == 3 ? Raw::integer(a[2]) : -1;
  if (!m.pay_bytes(text.size() + by.size())) return Cell::null();
  std::vector<Cell> parts;
  while (most != 0) {
    if (!m.pay(1)) return Cell::null();
    auto at = find_part(text, by);
    if (by.empty()) {
      at = 0;
      if (!text.empty()) decode(text, at);
      if (at == text.size()) at = text.npos;
    }
    if (static_cast<std::int64_t>(parts.size()) + 1 == most || at == text.npos) {
      if (!by.empty() || !text.empty()) parts.push_back(Raw::text(text));
      break;
    }
    parts.push_back(Raw::text(text.substr(0, at)));
    text.remove_prefix(at + by.size());
  }
  return m.list(parts);
}

Cell join(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() != Kind::list || (n == 2 && a[1].kind() != Kind::text)) return m.no_overload(a[0], n == 2 ? a[1] : Cell());
  std::string out;
  for (std::uint32_t i = 0; i < Raw::size(a[0]); ++i) {
    auto item = Raw::item(a[0], i);
    if (item.kind() != Kind::text) return m.no_overload(a[0], item);
    if (!m.pay_bytes(Raw::size(item) + (n == 2 ? Raw::size(a[1]) : 0))) return Cell::null();
    if (i > 0 && n == 2) out += Raw::text(a[1]);
    out += Raw::text(item);
  }
  return m.text(out);
}

Cell substring(Machine& m, const Cell* a, std::uint32_t n) {
  if (a[0].kind() != Kind::text || a[1].kind() != Kind::integer || (n == 3 && a[2].kind() != Kind::integer))
    return m.no_overload(a[0], a[1]);
  auto text = Raw::text(a[0]);
  if (!m.pay_bytes(text.size())) return Cell::null();
  auto from = offset(text, Raw::integer(a[1]));
  if (from == text.npos) return outside(m, a[1]);
  auto to = n == 3 ? offset(text, Raw::integer(a[2])) : text.size();
  if (to == text.npos || to < from) return outside(m, a[2]);
  return Raw::text(text.substr(from, to - from));
}

Cell trim(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto text = Raw::text(*a);
  if (!m.pay_bytes(text.size())) return Cell::null();
  while (!text.empty()) {
    std::size_t next = 0;
    if (!is_blank(decode(text, next))) break;
    text.remove_prefix(next);
  }
  while (!text.empty()) {
    auto at = text.size() - 1;
    while (at > 0 && continues(text[at])) --at;
    auto next = at;
    if (!is_blank(decode(text, next))) break;
    text = text.substr(0, at);
  }
  return Raw::text(text);
}

Cell reverse(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto text = Raw::text(*a);
  if (!m.pay_bytes(text.size())) return Cell::null();
  std::string out;
  out.reserve(text.size());
  for (auto end = text.size(); end > 0;) {
    auto at = end - 1;
    while (at > 0 && continues(text[at])) --at;
    out += text.substr(at, end - at);
    end = at;
  }
  return m.text(out);
}

Cell quote(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::text) return m.no_overload(*a);
  if (!m.pay_bytes(Raw::size(*a))) return Cell::null();
  static constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"", kNames = "abfnrtv\\\"";
  std::string out = "\"";
  for (char c : text::to_utf8(Raw::text(*a))) {
    if (auto i = kPlain.find(c); i != kPlain.npos) {
      out += '\\';
      out += kNames[i];
    } else {
      out += c;
    }
  }
  return m.text(out + '"');
}

static constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Cell base64_encode(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::bytes) return m.no_overload(*a);
  auto bytes = Raw::text(*a);
  if (!m.pay_bytes(bytes.size())) return Cell::null();
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = i; j < i + 3; ++j) three = three << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? kBase64[three >> (18 - 6 * j) & 63] : '=';
  }
  return m.text(out);
}

// With or without its padding; anything else that is not Base64 is an error.
Cell base64_decode(Machine& m, const Cell* a, std::uint32_t) {
  if (a->kind() != Kind::text) return m.no_overload(*a);
  auto text = Raw::text(*a);
  if (!m.pay_bytes(text.size())) return Cell::null();
  auto padded = text.size();
  while (!text.empty() && text.back() == '=' && padded - text.size() < 2) text.remove_suffix(1);
  bool fits = text.size() % 4 != 1 && (text.size() == padded || padded % 4 == 0);
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : text) {
    auto digit = kBase64.find(c);
    fits = fits && digit != kBase64.npos;
    bits = bits << 6 | static_cast<std::uint32_t>(digit & 63);
    if ((held += 6) >= 8) out += static_cast<char>(bits >> (held -= 8));
  }
  return fits ? m.bytes(out) : m.said("a text that is not Base64");
}

}  // namespace tk::expr::native
