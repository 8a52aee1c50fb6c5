#include "core/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tk::text {
namespace {

// Length of the valid UTF-8 sequence at s[at], 0 when it is not one.
std::size_t sequence(std::string_view s, std::size_t at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](std::size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  unsigned char c = byte(at);
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return tail(at + 1) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    if (!tail(at + 1) || !tail(at + 2)) return 0;
    if (c == 0xE0 && byte(at + 1) < 0xA0) return 0;
    if (c == 0xED && byte(at + 1) > 0x9F) return 0;
    return 3;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    if (!tail(at + 1) || !tail(at + 2) || !tail(at + 3)) return 0;
    if (c == 0xF0 && byte(at + 1) < 0x90) return 0;
    if (c == 0xF4 && byte(at + 1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::size_t invalid_utf8(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    // Eight letters of ASCII at a time.
    if (std::uint64_t eight = 0; s.size() - i >= sizeof eight) {
      std::memcpy(&eight, s.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080u) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    auto n = sequence(s, i);
    if (n == 0) return i;
    i += n;
  }
  return std::string_view::npos;
}

std::string to_utf8(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) {
    auto n = sequence(s, i);
    if (n == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out.append(s.substr(i, n));
      i += n;
    }
  }
  return out;
}

std::string printable(std::string_view s) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < s.size();) {
    auto n = sequence(s, i);
    auto c = static_cast<unsigned char>(s[i]);
    bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    // What turns or hides the text beside it would let somebody read another thing than there is.
    auto turns = [&](std::string_view first, std::string_view last) { return s.substr(i, n) >= first && s.substr(i, n) <= last; };
    bool bidi = (n == 3 && (turns("\u200b", "\u200f") || turns("\u2028", "\u202e") || turns("\u2060", "\u206f") ||
                            turns("\ufeff", "\ufeff"))) || (n == 2 && turns("\u061c", "\u061c"));
    if (bidi) {
      for (std::size_t k = 0; k < n; ++k, ++i) {
        out += "\\x";
        out += kDigits[static_cast<unsigned char>(s[i]) >> 4];
        out += kDigits[static_cast<unsigned char>(s[i]) & 15];
      }
      continue;
    }
    bool c1 = n == 2 && c == 0xC2 && static_cast<unsigned char>(s[i + 1]) < 0xA0;
    if (n == 0 || control || c1) {
      out += "\\x";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
      ++i;
    } else {
      out.append(s.substr(i, n));
      i += n;
    }
  }
  return out;
}

std::string masked(std::string text, std::string_view secret) {
  if (secret.empty()) return text;
  for (std::size_t at = 0; (at = text.find(secret, at)) != text.npos; at += 3) text.replace(at, secret.size(), "***");
  return text;
}

std::string shorten(std::string_view s, std::size_t n) {
  if (s.size() <= n) return std::string(s);
  std::size_t cut = n;
  while (cut > 0 && (static_cast<unsigned char>(s[cut]) & 0xC0) == 0x80) --cut;
  return std::string(s.substr(0, cut)) + "…";
}

std::vector<std::string_view> split(std::string_view s, char by) {
  std::vector<std::string_view> out;
  for (std::size_t start = 0;;) {
    auto end = s.find(by, start);
    out.push_back(s.substr(start, end - start));
    if (end == std::string_view::npos) return out;
    start = end + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view by) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += by;
    out += parts[i];
  }
  return out;
}

std::string_view trim(std::string_view s) {
  auto first = s.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 128;  // nobody's slip of the pen is longer: cost is its square
  std::string best;
  if (word.size() > kLongest) return best;
  std::size_t least = 3;
  for (const auto& candidate : candidates) {
    // The distance is at least the difference in length: what can be long is not compared.
    auto a = word.size(), b = candidate.size();
    if ((a > b ? a - b : b - a) >= least) continue;
    auto d = distance(word, candidate);
    if (d < least && d < std::max(word.size(), std::size_t{2})) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

Position position(std::string_view text, std::size_t offset) {
  Position p;
  auto head = text.substr(0, std::min(offset, text.size()));
  p.line += static_cast<int>(std::count(head.begin(), head.end(), '\n'));
  auto line_start = head.rfind('\n');
  p.column = static_cast<int>(head.size() - (line_start == head.npos ? 0 : line_start + 1)) + 1;
  return p;
}

std::string count(std::size_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace tk::text
