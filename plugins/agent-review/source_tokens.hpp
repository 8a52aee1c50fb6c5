// A source text as tokens: words, numbers, strings with their interpolations, symbols, and the
// line ends that end a statement. Comments, regular expressions and PHP's inline HTML are left out.
//
// Contract: positions are byte offsets into the whole text, also when only a part is read. Any
// bytes are accepted; an unterminated string ends with its line, or with the text when its kind
// may span lines. Linear time, no recursion.

#pragma once

#include "scan.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tk::review {

constexpr std::uint32_t kNone = 0xFFFFFFFFU;

enum class TokenKind : std::uint8_t { word, number, string, symbol, line_end };

// An interpolation inside a string.
struct Hole {
    std::uint32_t begin = 0, end = 0;            // with its delimiters
    std::uint32_t expr_begin = 0, expr_end = 0;  // the expression alone
    bool numeric = false;                        // a format such as {x:d}
};

struct Token {
    TokenKind kind = TokenKind::symbol;
    bool spaced = false;  // blanks or a line end stand before it
    bool heredoc = false;
    char mark = '\0';  // a string's quote
    std::uint32_t begin = 0, end = 0;
    std::uint32_t body_begin = 0, body_end = 0;  // a string without its quotes
    std::uint32_t first_hole = 0, holes = 0;
    std::uint32_t match = kNone;   // a bracket's partner
    std::uint32_t opener = kNone;  // the innermost bracket around the token
    std::uint32_t scope = 0;       // the function it stands in
    std::uint32_t indent = 0;      // distance from the beginning of its line
};

struct TokenStream {
    Language language = Language::unknown;
    std::string_view text;
    std::vector<Token> tokens;
    std::vector<Hole> holes;

    std::uint32_t size() const { return static_cast<std::uint32_t>(tokens.size()); }
    std::string_view str(std::uint32_t i) const {
        if (i >= tokens.size()) return {};
        return text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
    }
    TokenKind kind(std::uint32_t i) const {
        return i < tokens.size() ? tokens[i].kind : TokenKind::line_end;
    }
    bool is_word(std::uint32_t i) const { return kind(i) == TokenKind::word; }
    bool is_string(std::uint32_t i) const { return kind(i) == TokenKind::string; }
    bool is(std::uint32_t i, std::string_view symbol) const {
        return kind(i) == TokenKind::symbol && str(i) == symbol;
    }
};

TokenStream read_tokens(Language language, std::string_view text, std::uint32_t begin,
                        std::uint32_t end);

}  // namespace tk::review
