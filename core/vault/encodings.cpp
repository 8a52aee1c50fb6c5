#include "core/vault/encodings.hpp"

#include <cctype>
#include <cstdint>
#include <functional>
#include <set>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"

namespace tk::vault {
namespace {

using Byte = unsigned char;

std::string each(std::string_view text, const std::function<std::string(Byte)>& form) {
  std::string out;
  for (char c : text) out += form(static_cast<Byte>(c));
  return out;
}

std::string digits(unsigned value, unsigned base, std::size_t width) {
  std::string out;
  for (; value > 0 || out.empty(); value /= base) out.insert(out.begin(), "0123456789abcdef"[value % base]);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

std::string hex(Byte c) {
  return digits(c, 16, 2);
}

bool is_plain(Byte c) {
  return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
}

std::string percent(std::string_view text, bool all) {
  return each(text, [&](Byte c) { return !all && is_plain(c) ? std::string(1, static_cast<char>(c)) : "%" + hex(c); });
}

// Only what must be escaped, by a table of letters behind a backslash.
std::string backslashed(std::string_view text, std::string_view special, std::string_view letters, const std::function<std::string(Byte)>& other) {
  return each(text, [&](Byte c) {
    if (auto at = special.find(static_cast<char>(c)); at != special.npos) return std::string("\\") + letters[at];
    return c < 32 || c == 127 ? other(c) : std::string(1, static_cast<char>(c));
  });
}

std::string entities(std::string_view text, const std::string& quote) {
  return each(text, [&](Byte c) -> std::string {
    switch (c) {
      case '&': return "&amp;";
      case '<': return "&lt;";
      case '>': return "&gt;";
      case '"': return "&quot;";
      case '\'': return quote;
      default: return std::string(1, static_cast<char>(c));
    }
  });
}

// What does not depend on the bytes around it, where `before` bytes of a group of `group` stand before it.
std::string aligned(std::string_view bytes, std::size_t before, std::size_t group, unsigned bits, const std::function<std::string(std::string_view)>& encode) {
  auto padded = std::string(before, '\0') + std::string(bytes) + std::string(group, '\0');
  auto encoded = encode(padded);
  auto begin = (before * 8 + bits - 1) / bits, end = (before + bytes.size()) * 8 / bits;
  return encoded.substr(begin, end > begin ? end - begin : 0);
}

std::string base32(std::string_view bytes) {
  std::string out;
  unsigned held = 0, bits = 0;
  for (char c : bytes) {
    held = (held << 8 | static_cast<Byte>(c)) & 0xffff;
    for (bits += 8; bits >= 5; bits -= 5) out += "abcdefghijklmnopqrstuvwxyz234567"[held >> (bits - 5) & 31];
  }
  if (bits > 0) out += "abcdefghijklmnopqrstuvwxyz234567"[held << (5 - bits) & 31];
  return out;
}

// The code points of UTF-8; nothing where it is not.
std::vector<std::uint32_t> points_of(std::string_view text) {
  std::vector<std::uint32_t> out;
  if (text::invalid_utf8(text) != text.npos) return out;
  for (std::size_t i = 0; i < text.size();) {
    auto lead = static_cast<Byte>(text[i]);
    unsigned length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (unsigned k = 1; k < length; ++k) point = point << 6 | (static_cast<Byte>(text[i + k]) & 0x3f);
    i += length;
    out.push_back(point);
  }
  return out;
}

std::vector<std::uint32_t> utf16_of(const std::vector<std::uint32_t>& points) {
  std::vector<std::uint32_t> out;
  for (auto p : points) {
    if (p >= 0x10000) out.push_back(0xd800 + ((p - 0x10000) >> 10));
    out.push_back(p < 0x10000 ? p : 0xdc00 + ((p - 0x10000) & 0x3ff));
  }
  return out;
}

std::string bytes_of(const std::vector<std::uint32_t>& units, bool big) {
  std::string out;
  for (auto u : units) {
    char high = static_cast<char>(u >> 8), low = static_cast<char>(u & 255);
    out += big ? high : low;
    out += big ? low : high;
  }
  return out;
}

// Code points or units, those of ASCII as `plain` has them.
std::string spelled(const std::vector<std::uint32_t>& all, const std::function<std::string(std::string_view)>& plain,
                    const std::function<std::string(std::uint32_t)>& other) {
  std::string out;
  for (auto u : all) out += u < 128 && plain ? plain(std::string(1, static_cast<char>(u))) : other(u);
  return out;
}

std::string rot13(std::string_view text) {
  return each(text, [](Byte c) {
    auto base = std::islower(c) ? 'a' : std::isupper(c) ? 'A' : 0;
    return std::string(1, base ? static_cast<char>((c - base + 13) % 26 + base) : static_cast<char>(c));
  });
}

void add_base64(std::set<std::string>& out, std::string_view bytes) {
  for (std::size_t before = 0; before < 3; ++before) {
    out.insert(aligned(bytes, before, 3, 6, base64::encode));
    out.insert(aligned(bytes, before, 3, 6, base64::encode_url));
  }
}

void add(std::set<std::string>& out, std::string_view secret) {
  out.emplace(secret);
  out.emplace(secret.rbegin(), secret.rend());
  out.insert(rot13(secret));
  auto all_hex = each(secret, hex);
  out.insert(all_hex);
  out.insert(each(secret, [](Byte c) { return "\\x" + hex(c); }));
  out.insert(each(secret, [](Byte c) { return "0x" + hex(c) + ","; }).substr(0, secret.size() * 5 - 1));
  out.insert(each(secret, [](Byte c) { return hex(c) + ":"; }).substr(0, secret.size() * 3 - 1));
  out.insert(each(secret, [](Byte c) { return "\\" + digits(c, 8, 3); }));
  out.insert(each(secret, [](Byte c) { return std::to_string(c) + ","; }));
  for (bool all : {false, true}) {
    auto once = percent(secret, all);
    out.insert(once);
    out.insert(percent(once, false));
    auto form = once;
    for (std::size_t at; (at = form.find("%20")) != form.npos;) form.replace(at, 3, "+");
    out.insert(form);
    out.insert(each(secret, [&](Byte c) {  // quoted-printable
      bool as_it_is = !all && (c == '\t' || (c >= 32 && c <= 126)) && c != '=';
      return as_it_is ? std::string(1, static_cast<char>(c)) : "=" + hex(c);
    }));
  }
  auto u00 = [](Byte c) { return "\\u00" + hex(c); };
  out.insert(each(secret, u00));
  out.insert(backslashed(secret, "\"\\\b\f\n\r\t", "\"\\bfnrt", u00));
  out.insert(backslashed(secret, "\"\\/\b\f\n\r\t", "\"\\/bfnrt", u00));
  auto octal = [](Byte c) { return "\\" + digits(c, 8, 3); };
  auto x = [](Byte c) { return "\\x" + hex(c); };
  out.insert(backslashed(secret, "\"\\\a\b\f\n\r\t\v", "\"\\abfnrtv", octal));
  out.insert(backslashed(secret, "'\\\a\b\f\n\r\t\v", "'\\abfnrtv", x));
  out.insert(backslashed(secret, "\\\n\r\t", "\\nrt", x));
  out.insert(entities(secret, "&#39;"));
  out.insert(entities(secret, "&apos;"));
  out.insert(entities(secret, "&#x27;"));
  out.insert(entities(secret, "'"));
  // Of XML, in an attribute: with the other quote around, and with what is no blank there.
  auto attribute = [&](bool blanks) {
    out.insert(each(secret, [&](Byte c) -> std::string {
      if (c == '&' || c == '<' || c == '>') return entities(std::string_view(reinterpret_cast<const char*>(&c), 1), "");
      return blanks && (c == '\n' || c == '\r' || c == '\t') ? "&#" + std::to_string(c) + ";" : std::string(1, static_cast<char>(c));
    }));
  };
  attribute(false), attribute(true);
  out.insert(each(secret, [](Byte c) { return "&#" + std::to_string(c) + ";"; }));
  out.insert(each(secret, [](Byte c) { return "&#x" + hex(c) + ";"; }));
  out.insert(each(secret, [](Byte c) { return c == '\'' ? std::string("'\\''") : std::string(1, static_cast<char>(c)); }));
  out.insert(each(secret, [](Byte c) { return c == '\'' ? std::string("'\"'\"'") : std::string(1, static_cast<char>(c)); }));
  // Of a shell: in double quotes, and with none.
  auto quoted = [&](const std::function<bool(Byte)>& special) {
    out.insert(each(secret, [&](Byte c) { return (special(c) ? std::string("\\") : std::string()) + static_cast<char>(c); }));
  };
  quoted([](Byte c) { return std::string_view("\"\\$`").find(static_cast<char>(c)) != std::string_view::npos; });
  quoted([](Byte c) { return c < 128 && !std::isalnum(c) && std::string_view("@%+=:,./-_").find(static_cast<char>(c)) == std::string_view::npos; });
  add_base64(out, secret);
  add_base64(out, base64::encode(secret));
  add_base64(out, all_hex);
  for (std::size_t before = 0; before < 5; ++before) out.insert(aligned(secret, before, 5, 5, base32));
  auto points = points_of(secret);
  auto units = utf16_of(points);
  auto escaped = [](std::uint32_t u) { return "\\u" + digits(u, 16, 4); };
  auto json = [&](std::string_view c) { return backslashed(c, "\"\\\b\f\n\r\t", "\"\\bfnrt", u00); };
  out.insert(spelled(units, json, escaped));
  out.insert(spelled(units, nullptr, escaped));
  out.insert(spelled(points, nullptr, [](std::uint32_t p) { return "&#" + std::to_string(p) + ";"; }));
  out.insert(spelled(points, nullptr, [](std::uint32_t p) { return "&#x" + digits(p, 16, 1) + ";"; }));
  auto html = [](std::string_view c) { return entities(c, "&#39;"); };
  out.insert(spelled(points, html, [](std::uint32_t p) { return "&#" + std::to_string(p) + ";"; }));
  // As Python writes texts of ASCII alone.
  auto python = [&](std::string_view c) { return backslashed(c, "\\\n\r\t", "\\nrt", x); };
  auto quoting = [&](std::string_view c) { return backslashed(c, "'\\\n\r\t", "'\\nrt", x); };
  auto long_escape = [](std::uint32_t p) {
    return p < 256 ? "\\x" + digits(p, 16, 2) : p < 0x10000 ? "\\u" + digits(p, 16, 4) : "\\U" + digits(p, 16, 8);
  };
  out.insert(spelled(points, python, long_escape));
  out.insert(spelled(points, quoting, long_escape));
  for (bool big : {false, true}) {
    auto wide = bytes_of(units, big);
    out.insert(wide);
    add_base64(out, wide);
  }
}

}  // namespace

std::vector<std::string> forms_of(std::string_view secret) {
  constexpr std::size_t kOfLines = 16u << 10;
  std::set<std::string> out;
  if (secret.empty()) return {};
  add(out, secret);
  for (auto line : text::split(secret, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() >= secret.size() || line.empty()) continue;
    if (secret.size() <= kOfLines) add(out, line);  // of a long text a line as it is, else there would be more forms than memory
    else out.emplace(line);
  }
  out.erase("");
  return {out.begin(), out.end()};
}

}  // namespace tk::vault
