#include "source_tokens.hpp"

#include "string_holes.hpp"
#include "token_pairs.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool digit(char c) {
    return c >= '0' && c <= '9';
}
bool blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

constexpr u32 kRegexBytes = 512;

constexpr std::string_view kSymbols[] = {
    "===", "!==", "...", "<=>", "?\?=", "||=", "&&=", "**=", "<<<", "<<=", "?->", "+=", "-=",
    "*=",  "/=",  ".=",  "%=",  "|=",   "&=",  "==",  "!=",  "<=",  ">=",  "=>",  "->", "::",
    "?.",  "?\?", "||",  "&&",  "<<",   ">>",  "++",  "--",  "**",  ":=",  ";;",
};

class Reader {
public:
    Reader(Language language, std::string_view text, u32 begin, u32 end)
        : language_(language), text_(text), end_(end), at_(begin), line_(begin) {
        out_.language = language;
        out_.text = text;
        // A fragment of PHP without an opening tag is code.
        html_ =
            language == Language::php && begin == 0 && text.find("<?") != std::string_view::npos;
    }

    TokenStream read() {
        while (at_ < end_) step();
        finish_heredocs();
        add(TokenKind::line_end, end_, end_);
        return std::move(out_);
    }

private:
    bool python() const { return language_ == Language::python; }
    bool js() const { return language_ == Language::javascript; }
    bool php() const { return language_ == Language::php; }
    bool c() const { return language_ == Language::c; }
    bool shell() const { return language_ == Language::shell; }

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

    void step() {
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

    void skip_html() {
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

    void new_line() {
        if (shell()) finish_heredocs();
        if (peek() != '\n') return;  // behind the end of a heredoc, or of the text
        const bool kept = !c() || directive_;
        if (kept && !php()) add(TokenKind::line_end, at_, at_ + 1);
        ++at_;
        directive_ = false;
        spaced_ = true;
        line_ = at_;
    }

    bool comment() {
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
    bool regex() {
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

    bool string() {
        const char ch = peek();
        if (shell()) return shell_string();
        if (php() && sees("<<<")) return php_heredoc();
        if (ch == '"' || ch == '\'' || (ch == '`' && js())) {
            const bool holes = (js() && ch == '`') || (php() && ch == '"');
            quoted(at_, holes, false, php() || ch == '`');
            return true;
        }
        return (python() || c()) && prefixed_string();
    }

    bool prefixed_string() {
        u32 n = 0;
        bool formatted = false;
        bool raw = false;
        while (n < 3 && std::string_view("rRbBuUfFtTL8").find(peek(n)) != std::string_view::npos &&
               peek(n) != '\0') {
            formatted = formatted || peek(n) == 'f' || peek(n) == 'F';
            raw = raw || peek(n) == 'r' || peek(n) == 'R';
            ++n;
        }
        if (n == 0 || (peek(n) != '"' && peek(n) != '\'')) return false;
        const u32 begin = at_;
        at_ += n;
        if (c() && raw) return raw_string(begin);
        quoted(begin, python() && formatted, python() && raw, false);
        return true;
    }

    bool raw_string(u32 begin) {
        const auto open = text_.substr(at_, std::min<u32>(end_ - at_, 20)).find('(');
        if (open == std::string_view::npos) {
            quoted(begin, false, false, false);
            return true;
        }
        const std::string close = ")" + std::string(text_.substr(at_ + 1, open - 1)) + "\"";
        const u32 body = at_ + static_cast<u32>(open) + 1;
        const auto stop = text_.substr(body, end_ - body).find(close);
        const bool closed = stop != std::string_view::npos;
        const u32 body_end = closed ? body + static_cast<u32>(stop) : end_;
        at_ = closed ? body_end + static_cast<u32>(close.size()) : end_;
        string_token(begin, at_, body, body_end, '"', 0);
        return true;
    }

    Token& string_token(u32 begin, u32 end, u32 body, u32 body_end, char mark, u32 holes) {
        Token& token = add(TokenKind::string, begin, end);
        token.body_begin = body;
        token.body_end = body_end;
        token.mark = mark;
        token.holes = holes;
        token.first_hole = static_cast<u32>(out_.holes.size()) - holes;
        return token;
    }

    // at_ stands on the opening quote; the token begins at `begin`, before a prefix.
    void quoted(u32 begin, bool holes, bool raw, bool many_lines) {
        const char mark = peek();
        const bool triple = python() && peek(1) == mark && peek(2) == mark;
        at_ += triple ? 3 : 1;
        const u32 body = at_;
        u32 found = 0;
        u32 body_end = end_;
        while (at_ < end_) {
            const char ch = peek();
            if (ch == '\n' && !triple && !many_lines) {
                body_end = at_;
                break;
            }
            if (ch == '\\' && (!raw || peek(1) == mark)) {
                at_ = std::min(end_, at_ + 2);
                continue;
            }
            if (ch == mark && (!triple || (peek(1) == mark && peek(2) == mark))) {
                body_end = at_;
                at_ += triple ? 3 : 1;
                break;
            }
            if (python() && holes && ch == '{' && peek(1) == '{') {
                at_ += 2;
                continue;
            }
            if (!holes || !take_hole(!triple && !many_lines, found)) ++at_;
        }
        string_token(begin, at_, body, std::min(body_end, end_), mark, found);
    }

    bool take_hole(bool one_line, u32& found) {
        const Hole hole = hole_at(language_, text_, at_, end_, one_line);
        if (hole.end == at_) return false;
        out_.holes.push_back(hole);
        at_ = hole.end;
        ++found;
        return true;
    }

    bool shell_string() {
        const char ch = peek();
        if (ch == '\'' || (ch == '$' && peek(1) == '\'')) {
            const bool ansi = ch == '$';
            const u32 begin = at_;
            at_ += ansi ? 2 : 1;
            const u32 body = at_;
            while (at_ < end_ && peek() != '\'') at_ += ansi && peek() == '\\' ? 2 : 1;
            at_ = std::min(at_, end_);
            const u32 body_end = at_;
            if (at_ < end_) ++at_;
            string_token(begin, at_, body, body_end, '\'', 0);
            return true;
        }
        if (ch == '"') {
            quoted(at_, true, false, true);
            return true;
        }
        if (!sees("<<") || sees("<<<") || sees("<<=")) return false;
        u32 n = sees("<<-") ? 3 : 2;
        while (peek(n) == ' ') ++n;
        const char mark = peek(n);
        const bool literal = mark == '\'' || mark == '"' || mark == '\\';
        if (literal) ++n;
        const u32 name = at_ + n;
        u32 stop = name;
        while (stop < end_ && (word_byte(text_[stop]))) ++stop;
        if (stop == name || digit(text_[name])) return false;
        heredocs_.push_back({text_.substr(name, stop - name), !literal});
        at_ = literal && stop < end_ && mark != '\\' ? stop + 1 : stop;
        spaced_ = true;
        return true;
    }

    // $name, ${name}, `command`; $(...) is left to the brackets.
    bool shell_expansion() {
        const char ch = peek();
        if (ch == '$' && peek(1) == '(' && peek(2) != '(') {
            ++at_;
            return true;
        }
        if (ch != '$' && ch != '`') return false;
        const u32 begin = at_;
        u32 found = 0;
        if (!take_hole(false, found)) return false;
        string_token(begin, at_, begin, at_, '$', found);
        return true;
    }

    struct Heredoc {
        std::string_view name;
        bool holes;
    };

    // The bodies stand on the lines after the statement, and belong to it.
    void finish_heredocs() {
        for (const Heredoc& doc : heredocs_) {
            if (at_ >= end_) break;
            heredoc_body(doc.name, doc.holes, at_ + 1);
        }
        heredocs_.clear();
    }

    // Ends on the line end after the closing name.
    void heredoc_body(std::string_view name, bool holes, u32 body) {
        const u32 begin = at_;
        at_ = std::min(body, end_);
        const u32 first = at_;
        u32 body_end = end_;
        u32 found = 0;
        bool fresh = true;
        while (at_ < end_) {
            if (fresh && closes_heredoc(name)) {
                body_end = at_;
                at_ = closed_;
                break;
            }
            fresh = peek() == '\n';
            if (peek() == '\\') {
                at_ = std::min(end_, at_ + 2);
                continue;
            }
            if (!holes || !take_hole(false, found)) ++at_;
        }
        string_token(begin, at_, first, std::min(body_end, at_), holes ? '"' : '\'', found)
            .heredoc = true;
    }

    bool closes_heredoc(std::string_view name) {
        u32 i = at_;
        while (i < end_ && (text_[i] == ' ' || text_[i] == '\t')) ++i;
        if (text_.substr(i, end_ - i).substr(0, name.size()) != name) return false;
        i += static_cast<u32>(name.size());
        if (i < end_ && word_byte(text_[i]) && !(shell() && text_[i] == ')')) return false;
        closed_ = i;
        return true;
    }

    bool php_heredoc() {
        u32 n = 3;
        while (peek(n) == ' ') ++n;
        const char mark = peek(n);
        if (mark == '\'' || mark == '"') ++n;
        const u32 name = at_ + n;
        u32 stop = name;
        while (stop < end_ && word_byte(text_[stop])) ++stop;
        if (stop == name) return false;
        const u32 line = line_stop();
        const std::string_view label = text_.substr(name, stop - name);
        heredoc_body(label, mark != '\'', line + 1);
        return true;
    }

    void number() {
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

    void word() {
        const u32 begin = at_;
        while (at_ < end_ && word_byte(peek())) ++at_;
        add(TokenKind::word, begin, at_);
    }

    void symbol() {
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

}  // namespace

TokenStream read_tokens(Language language, std::string_view text, u32 begin, u32 end) {
    TokenStream stream = Reader(language, text, begin, end).read();
    settle_tokens(stream);
    return stream;
}

}  // namespace tk::review
