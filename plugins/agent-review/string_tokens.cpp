// TokenReader, the half that reads strings, heredocs and the shell's expansions.

#include "string_holes.hpp"
#include "token_reader.hpp"

#include <algorithm>
#include <string>

namespace tk::review {

using u32 = std::uint32_t;

bool TokenReader::string() {
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

bool TokenReader::prefixed_string() {
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

bool TokenReader::raw_string(u32 begin) {
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

Token& TokenReader::string_token(u32 begin, u32 end, u32 body, u32 body_end, char mark, u32 holes) {
    Token& token = add(TokenKind::string, begin, end);
    token.body_begin = body;
    token.body_end = body_end;
    token.mark = mark;
    token.holes = holes;
    token.first_hole = static_cast<u32>(out_.holes.size()) - holes;
    return token;
}

// at_ stands on the opening quote; the token begins at `begin`, before a prefix.
void TokenReader::quoted(u32 begin, bool holes, bool raw, bool many_lines) {
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

bool TokenReader::take_hole(bool one_line, u32& found) {
    const Hole hole = hole_at(language_, text_, at_, end_, one_line);
    if (hole.end == at_) return false;
    out_.holes.push_back(hole);
    at_ = hole.end;
    ++found;
    return true;
}

bool TokenReader::shell_string() {
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
bool TokenReader::shell_expansion() {
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

// The bodies stand on the lines after the statement, and belong to it.
void TokenReader::finish_heredocs() {
    for (const Heredoc& doc : heredocs_) {
        if (at_ >= end_) break;
        heredoc_body(doc.name, doc.holes, at_ + 1);
    }
    heredocs_.clear();
}

// Ends on the line end after the closing name.
void TokenReader::heredoc_body(std::string_view name, bool holes, u32 body) {
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

bool TokenReader::closes_heredoc(std::string_view name) {
    u32 i = at_;
    while (i < end_ && (text_[i] == ' ' || text_[i] == '\t')) ++i;
    if (text_.substr(i, end_ - i).substr(0, name.size()) != name) return false;
    i += static_cast<u32>(name.size());
    if (i < end_ && word_byte(text_[i]) && !(shell() && text_[i] == ')')) return false;
    closed_ = i;
    return true;
}

bool TokenReader::php_heredoc() {
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

}  // namespace tk::review
