// How a source text is read, token by token: one pass, one state. What begins a string, a heredoc or an
// expansion is told in string_tokens.cpp, everything else in source_tokens.cpp.

#pragma once

#include "source_tokens.hpp"

#include <string_view>
#include <vector>

namespace tk::review {

class TokenReader {
public:
    TokenReader(Language language, std::string_view text, std::uint32_t begin, std::uint32_t end);

    TokenStream read();

private:
    using u32 = std::uint32_t;
    struct Heredoc {
        std::string_view name;
        bool holes;
    };

    bool python() const { return language_ == Language::python; }
    bool js() const { return language_ == Language::javascript; }
    bool php() const { return language_ == Language::php; }
    bool c() const { return language_ == Language::c; }
    bool shell() const { return language_ == Language::shell; }

    static bool digit(char ch) { return ch >= '0' && ch <= '9'; }
    char peek(u32 ahead = 0) const { return ahead < end_ - at_ ? text_[at_ + ahead] : '\0'; }
    bool sees(std::string_view what) const {
        return what.size() <= end_ - at_ && text_.compare(at_, what.size(), what) == 0;
    }
    bool word_byte(char ch) const {
        const bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' ||
                           digit(ch) || (static_cast<unsigned char>(ch) & 0x80U) != 0;
        if (plain) return true;
        if (ch == '$') return js() || php();
        return shell() && (ch == '-' || ch == '.' || ch == '/' || ch == ':' || ch == '@' ||
                           ch == '%' || ch == ',');
    }

    Token& add(TokenKind kind, u32 begin, u32 end) {
        Token token;
        token.kind = kind;
        token.begin = begin;
        token.end = end;
        token.spaced = spaced_;
        token.indent = begin - line_;
        spaced_ = false;
        out_.tokens.push_back(token);
        return out_.tokens.back();
    }

    u32 line_stop() const {
        const auto stop = text_.substr(at_, end_ - at_).find('\n');
        return stop == std::string_view::npos ? end_ : at_ + static_cast<u32>(stop);
    }

    void step();
    void skip_html();
    void new_line();
    bool comment();
    bool regex();
    void number();
    void word();
    void symbol();

    // What stands between quotes, with its interpolations.
    bool string();
    bool prefixed_string();
    bool raw_string(u32 begin);
    Token& string_token(u32 begin, u32 end, u32 body, u32 body_end, char mark, u32 holes);
    void quoted(u32 begin, bool holes, bool raw, bool many_lines);
    bool take_hole(bool one_line, u32& found);
    bool shell_string();
    bool shell_expansion();
    void finish_heredocs();
    void heredoc_body(std::string_view name, bool holes, u32 body);
    bool closes_heredoc(std::string_view name);
    bool php_heredoc();

    Language language_;
    std::string_view text_;
    u32 end_;
    u32 at_;
    u32 line_;
    u32 closed_ = 0;
    bool html_ = false;
    bool spaced_ = true;
    bool directive_ = false;
    std::vector<Heredoc> heredocs_;
    TokenStream out_;
};

}  // namespace tk::review
