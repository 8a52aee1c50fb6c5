#include "core/expr/detail/lexer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/expr/program.hpp"

namespace tk::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <std::size_t N>
bool among(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool is_identifier(std::string_view word) {
  return !word.empty() && is_letter(word.front()) &&
         std::all_of(word.begin(), word.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kWords = {"in", "true", "false", "null"};
  return among(word, kWords);
}

bool is_reserved(std::string_view word) {
  static constexpr std::array<std::string_view, 17> kWords = {
      "as",     "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
      "let",    "loop",  "package", "namespace", "return", "var", "void",     "while"};
  return among(word, kWords);
}

void append_utf8(std::string& out, std::uint32_t c) {
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '/' && at(at_ + 1, '/')) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

std::string_view Lexer::sign() const {
  static constexpr std::array<std::string_view, 6> kLong = {"&&", "||", "==", "!=", "<=", ">="};
  auto rest = text_.substr(at_);
  for (auto s : kLong)
    if (rest.starts_with(s)) return rest.substr(0, 2);
  static constexpr std::string_view kShort = "()[]{}.,:?+-*/%<>!";
  return kShort.find(rest.front()) == kShort.npos ? rest.substr(0, 0) : rest.substr(0, 1);
}

Result<Token> Lexer::next() {
  skip_blanks();
  Token token;
  token.at = static_cast<std::uint32_t>(at_);
  if (at_ == text_.size()) return token;
  char c = text_[at_];
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
    return number(std::move(token));
  if (c == '"' || c == '\'') return quoted_text(std::move(token), false, false);
  if (c == '`') return quoted_name(std::move(token));
  if (is_letter(c)) {
    auto end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
    token.text = text_.substr(at_, end - at_);
    at_ = end;
    bool quote = at(end, '"') || at(end, '\'');
    auto prefix = [&](std::string_view lower) {
      return std::equal(token.text.begin(), token.text.end(), lower.begin(), lower.end(),
                        [](char a, char b) { return (a | 0x20) == b; });
    };
    if (quote && (prefix("r") || prefix("b") || prefix("rb") || prefix("br")))
      return quoted_text(std::move(token), !prefix("b"), !prefix("r"));
    token.kind = Lexeme::identifier;
    return token;
  }
  token.kind = Lexeme::sign;
  token.text = sign();
  if (!token.text.empty()) {
    at_ += token.text.size();
    return token;
  }
  auto odd = text_.substr(at_, 1);
  if (odd == "=" || odd == "&" || odd == "|")
    return fail_at(Code::expr_syntax, place(text_, token.at), "a single " + std::string(odd),
                   "write " + std::string(odd) + std::string(odd));
  return fail_at(Code::expr_syntax, place(text_, token.at), "a character that has no meaning here");
}

Result<Token> Lexer::number(Token token) {
  auto digits = [&](std::size_t i) {
    while (i < text_.size() && is_digit(text_[i])) ++i;
    return i;
  };
  auto bad = [&](const char* what) {
    return fail_at(Code::expr_syntax, place(text_, token.at), what);
  };
  token.kind = Lexeme::literal;
  bool hex = text_[at_] == '0' && (at(at_ + 1, 'x') || at(at_ + 1, 'X'));
  auto begin = hex ? at_ + 2 : at_, end = hex ? begin : digits(begin);
  bool real = false;
  if (hex) {
    while (end < text_.size() && hex_digit(text_[end]) >= 0) ++end;
    if (end == begin) return bad("0x without digits");
  } else {
    if (at(end, '.') && end + 1 < text_.size() && is_digit(text_[end + 1])) {
      real = true;
      end = digits(end + 1);
    }
    if (at(end, 'e') || at(end, 'E')) {
      auto power = end + 1;
      if (at(power, '+') || at(power, '-')) ++power;
      if (digits(power) == power) return bad("an exponent without digits");
      real = true;
      end = digits(power);
    }
  }
  const char *first = text_.data() + begin, *last = text_.data() + end;
  bool is_unsigned = !real && (at(end, 'u') || at(end, 'U'));
  auto after = end + (is_unsigned ? 1 : 0);
  if (after < text_.size() && (is_letter(text_[after]) || is_digit(text_[after])))
    return bad("a letter in a number");
  token.text = text_.substr(at_, after - at_);
  at_ = after;
  if (real) {
    double d = 0;
    auto read = std::from_chars(first, last, d);
    // Out of range is either too small, which is zero, or too big, which is no number.
    if (read.ec != std::errc()) {
      d = std::strtod(std::string(first, last).c_str(), nullptr);
      if (std::isinf(d)) return bad("a number too big for a double");
    }
    token.value = d;
    return token;
  }
  std::uint64_t u = 0;
  if (std::from_chars(first, last, u, hex ? 16 : 10).ec != std::errc())
    return bad("an integer of more than 64 bits");
  // 2^63 stays unsigned here: with a minus before it, it is the smallest int.
  if (is_unsigned) {
    token.value = u;
  } else if (u > 1ull << 63) {
    return bad("an integer of more than 63 bits");
  } else {
    token.value = static_cast<std::int64_t>(u);
  }
  return token;
}

Result<Token> Lexer::quoted_name(Token token) {
  auto end = text_.find('`', at_ + 1);
  auto inside = text_.substr(at_ + 1, end == text_.npos ? end : end - at_ - 1);
  bool fits = std::all_of(inside.begin(), inside.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '/' || c == ' ';
  });
  if (end == text_.npos || inside.empty() || !fits)
    return fail_at(Code::expr_syntax, place(text_, token.at), "a quoted name that is none",
                   "between backquotes stand letters, digits and any of _ . - / and blanks");
  token.kind = Lexeme::quoted;
  token.text = inside;
  at_ = end + 1;
  return token;
}

Result<Token> Lexer::quoted_text(Token token, bool raw, bool bytes) {
  char quote = text_[at_];
  bool triple = at(at_ + 1, quote) && at(at_ + 2, quote);
  at_ += triple ? 3 : 1;
  std::string out;
  for (;;) {
    if (at_ >= text_.size() || (!triple && (text_[at_] == '\n' || text_[at_] == '\r')))
      return fail_at(Code::expr_syntax, place(text_, token.at), "a quote without its end");
    char c = text_[at_];
    if (c == quote && (!triple || (at(at_ + 1, quote) && at(at_ + 2, quote)))) break;
    if (c == '\\' && !raw) {
      TK_CHECK(escape(out, bytes));
      continue;
    }
    ++at_;
    if (triple && c == '\r') {  // a line ends with \n, whatever the editor wrote
      out += '\n';
      if (at(at_, '\n')) ++at_;
      continue;
    }
    out += c;
  }
  at_ += triple ? 3 : 1;
  token.kind = Lexeme::literal;
  token.text = text_.substr(token.at, at_ - token.at);
  if (bytes) token.value = Value::Bytes(out.begin(), out.end());
  else token.value = std::move(out);
  return token;
}

Result<void> Lexer::escape(std::string& out, bool bytes) {
  auto begin = at_;
  auto bad = [&](const char* what) {
    return fail_at(Code::expr_syntax, place(text_, static_cast<std::uint32_t>(begin)), what);
  };
  ++at_;
  char c = at_ < text_.size() ? text_[at_] : '\0';
  static constexpr std::string_view kNames = "abfnrtv\\?\"'`", kMeant = "\a\b\f\n\r\t\v\\?\"'`";
  if (auto i = kNames.find(c); i != kNames.npos) {
    out += kMeant[i];
    ++at_;
    return {};
  }
  std::uint32_t code = 0;
  auto read = [&](int n, int base) {
    for (; n > 0; --n, ++at_) {
      int digit = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
      if (digit < 0 || digit >= base) return false;
      code = code * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    }
    return true;
  };
  bool byte = true;
  if (c >= '0' && c <= '3') {
    if (!read(3, 8)) return bad("an octal escape has three digits: \\012");
  } else if (c == 'x' || c == 'X') {
    ++at_;
    if (!read(2, 16)) return bad("\\x has two hexadecimal digits");
  } else if (c == 'u' || c == 'U') {
    ++at_;
    byte = false;
    if (!read(c == 'u' ? 4 : 8, 16)) return bad("\\u has four hexadecimal digits, \\U has eight");
  } else {
    return bad("an escape that is none");
  }
  if (bytes && !byte) return bad("bytes have no \\u: write the bytes with \\x");
  if (bytes) {
    out += static_cast<char>(code);
    return {};
  }
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
    return bad("an escape that is no Unicode character");
  append_utf8(out, code);
  return {};
}

}  // namespace tk::expr
