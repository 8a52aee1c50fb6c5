#include "source_tokens.hpp"

#include "token_pairs.hpp"
#include "token_reader.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

constexpr u32 kRegexBytes = 512;

constexpr std::string_view kSymbols[] = {
    "===", "!==", "...", "<=>", "?\?=", "||=", "&&=", "**=", "<<<", "<<=", "?->", "+=", "-=",
    "*=",  "/=",  ".=",  "%=",  "|=",   "&=",  "==",  "!=",  "<=",  ">=",  "=>",  "->", "::",
    "?.",  "?\?", "||",  "&&",  "<<",   ">>",  "++",  "--",  "**",  ":=",  ";;",
};

}  // namespace

TokenReader::TokenReader(Language language, std::string_view text, u32 begin, u32 end)
    : language_(language), text_(text), end_(end), at_(begin), line_(begin) {
    out_.language = language;
    out_.text = text;
    // A fragment of PHP without an opening tag is code.
    html_ = language == Language::php && begin == 0 && text.find("<?") != std::string_view::npos;
}

TokenStream TokenReader::read() {
    while (at_ < end_) step();
    finish_heredocs();
    add(TokenKind::line_end, end_, end_);
    return std::move(out_);
}

void TokenReader::step() {
    if (html_) return skip_html();
    const char ch = peek();
    if (ch == '\n') return new_line();
    if (blank(ch)) {
        spaced_ = true;
        ++at_;
        return;
    }
    if (ch == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n'))) {
        at_ += peek(1) == '\n' ? 2 : 3;
        spaced_ = true;
        return;
    }
    if (comment() || string() || (shell() && shell_expansion())) return;
    if (digit(ch) && !shell()) return number();
    if (word_byte(ch)) return word();
    symbol();
}

void TokenReader::skip_html() {
    const auto open = text_.substr(at_, end_ - at_).find("<?");
    if (open == std::string_view::npos) {
        at_ = end_;
        return;
    }
    at_ += static_cast<u32>(open) + 2;
    if (sees("php"))
        at_ += 3;
    else if (sees("="))
        at_ += 1;
    html_ = false;
    spaced_ = true;
}

void TokenReader::new_line() {
    if (shell()) finish_heredocs();
    if (peek() != '\n') return;  // behind the end of a heredoc, or of the text
    const bool kept = !c() || directive_;
    if (kept && !php()) add(TokenKind::line_end, at_, at_ + 1);
    ++at_;
    directive_ = false;
    spaced_ = true;
    line_ = at_;
}

bool TokenReader::comment() {
    const char ch = peek();
    if (ch == '#' &&
        (python() || (php() && peek(1) != '[') || (shell() && (spaced_ || at_ == 0)))) {
        at_ = line_stop();
        return true;
    }
    if (php() && sees("?>")) {
        add(TokenKind::symbol, at_, at_ + 1);
        at_ += 2;
        html_ = true;
        return true;
    }
    if (ch != '/' || python() || shell()) return false;
    if (peek(1) == '/') {
        const u32 stop = line_stop();
        const auto tag = text_.substr(at_, stop - at_).find("?>");
        at_ = php() && tag != std::string_view::npos ? at_ + static_cast<u32>(tag) : stop;
        return true;
    }
    if (peek(1) == '*') {
        const auto stop = text_.substr(at_ + 2, end_ - at_ - 2).find("*/");
        at_ = stop == std::string_view::npos ? end_ : at_ + static_cast<u32>(stop) + 4;
        spaced_ = true;
        return true;
    }
    return js() && regex();
}

// A '/' begins a regular expression where an operand is expected.
bool TokenReader::regex() {
    if (!out_.tokens.empty()) {
        const Token& last = out_.tokens.back();
        const std::string_view before = text_.substr(last.begin, last.end - last.begin);
        if (last.kind == TokenKind::number || last.kind == TokenKind::string) return false;
        if (before == ")" || before == "]" || before == "}") return false;
        if (last.kind == TokenKind::word && before != "return" && before != "typeof" &&
            before != "case" && before != "in" && before != "of") {
            return false;
        }
    }
    bool listed = false;
    for (u32 i = 1; i < std::min(end_ - at_, kRegexBytes); ++i) {
        const char ch = peek(i);
        if (ch == '\n') return false;
        if (ch == '\\')
            ++i;
        else if (ch == '[')
            listed = true;
        else if (ch == ']')
            listed = false;
        else if (ch == '/' && !listed) {
            add(TokenKind::number, at_, at_ + i + 1);
            at_ += i + 1;
            return true;
        }
    }
    return false;
}

void TokenReader::number() {
    const u32 begin = at_;
    while (at_ < end_) {
        const char ch = peek();
        const bool point = ch == '.' && digit(peek(1));
        const bool separator = c() && ch == '\'' && word_byte(peek(1));
        if (!word_byte(ch) && !point && !separator) break;
        ++at_;
    }
    add(TokenKind::number, begin, at_);
}

void TokenReader::word() {
    const u32 begin = at_;
    while (at_ < end_ && word_byte(peek())) ++at_;
    add(TokenKind::word, begin, at_);
}

void TokenReader::symbol() {
    if (c() && peek() == '#') directive_ = true;
    for (const auto known : kSymbols) {
        if (!sees(known)) continue;
        if (shell() && known == ".=") continue;
        add(TokenKind::symbol, at_, at_ + static_cast<u32>(known.size()));
        at_ += static_cast<u32>(known.size());
        return;
    }
    add(TokenKind::symbol, at_, at_ + 1);
    ++at_;
}

TokenStream read_tokens(Language language, std::string_view text, u32 begin, u32 end) {
    TokenStream stream = TokenReader(language, text, begin, end).read();
    settle_tokens(stream);
    return stream;
}

}  // namespace tk::review
