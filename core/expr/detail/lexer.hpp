// Words of an expression, one at a time (langdef.md, Syntax). Literals arrive decoded: escapes read, numbers
// converted. The text must be UTF-8 already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::expr {

enum class Lexeme : std::uint8_t {
  end,
  identifier,  // a keyword too: the parser knows where which is allowed
  quoted,      // `a-b`, a field's name that is no identifier
  literal,     // number, text or bytes
  sign,        // operators and brackets; the text says which
};

struct Token {
  Lexeme kind = Lexeme::end;
  std::string_view text;  // as written; of a quoted name without its backquotes
  Value value;            // of a literal
  std::uint32_t at = 0;
  bool is(std::string_view sign) const { return kind == Lexeme::sign && text == sign; }
  bool is_number() const { return kind == Lexeme::literal && !value.as_text() && !value.as_bytes(); }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Result<Token> next();
  std::string_view text() const { return text_; }

 private:
  void skip_blanks();
  std::string_view sign() const;
  Result<Token> number(Token token);
  Result<Token> quoted_name(Token token);
  // A text or bytes literal whose prefix (r, b, both, either case) was read.
  Result<Token> quoted_text(Token token, bool raw, bool bytes);
  Result<void> escape(std::string& out, bool bytes);
  bool at(std::size_t i, char c) const { return i < text_.size() && text_[i] == c; }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_identifier(std::string_view word);
bool is_reserved(std::string_view word);  // may not be a variable; may be a field
bool is_keyword(std::string_view word);   // in, true, false, null: may be neither
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace tk::expr
