#include "string_holes.hpp"

#include <string>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9') ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool name_start(char c) {
    return name_byte(c) && !(c >= '0' && c <= '9');
}

char partner(char open) {
    return open == '(' ? ')' : open == '[' ? ']' : '}';
}

u32 name_end(std::string_view text, u32 at, u32 end) {
    while (at < end && name_byte(text[at])) ++at;
    return at;
}

// "$user", "$row[name]", "$user->name".
Hole php_simple(std::string_view text, u32 at, u32 end) {
    Hole hole{at, name_end(text, at + 1, end), at, 0, false};
    if (hole.end < end && text[hole.end] == '[') {
        const auto close = text.substr(hole.end, 80).find(']');
        if (close != std::string_view::npos && hole.end + close < end) {
            hole.end += static_cast<u32>(close) + 1;
        }
    } else if (hole.end + 2 < end && text.compare(hole.end, 2, "->") == 0 &&
               name_start(text[hole.end + 2])) {
        hole.end = name_end(text, hole.end + 2, end);
    }
    hole.expr_end = hole.end;
    return hole;
}

Hole braced(Language language, std::string_view text, u32 at, u32 lead, u32 end, bool one_line) {
    const u32 stop = closing(language, text, at + lead, end, '}', one_line);
    return {at, stop < end && text[stop] == '}' ? stop + 1 : stop, at + lead, stop, false};
}

// Cuts "!r" and ":>10d" off a Python replacement field.
void cut_python_format(std::string_view text, Hole& hole) {
    int depth = 0;
    char quote = '\0';
    for (u32 i = hole.expr_begin; i < hole.expr_end; ++i) {
        const char c = text[i];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
            continue;
        }
        if (c == '"' || c == '\'')
            quote = c;
        else if (c == '(' || c == '[' || c == '{')
            ++depth;
        else if (c == ')' || c == ']' || c == '}')
            --depth;
        const bool conversion = c == '!' && i + 1 < hole.expr_end && text[i + 1] != '=';
        if (depth != 0 || (c != ':' && !conversion)) continue;
        const char last = text[hole.expr_end - 1];
        hole.numeric = c == ':' && i + 1 < hole.expr_end &&
                       std::string_view("dfegxXobEGn%").find(last) != std::string_view::npos;
        hole.expr_end = i;
        return;
    }
}

Hole shell_hole(std::string_view text, u32 at, u32 end) {
    const char next = at + 1 < end ? text[at + 1] : '\0';
    if (text[at] == '`') {
        const auto close = text.substr(at + 1, end - at - 1).find('`');
        const u32 stop = close == std::string_view::npos ? end : at + 1 + static_cast<u32>(close);
        return {at, stop < end ? stop + 1 : stop, at + 1, stop, false};
    }
    if (next == '(') {
        const bool arithmetic = at + 2 < end && text[at + 2] == '(';
        const u32 stop = closing(Language::shell, text, at + 2, end, ')', false);
        return {at, stop < end ? stop + 1 : stop, at + 2, stop, arithmetic};
    }
    if (next == '{') return braced(Language::shell, text, at, 2, end, false);
    if (name_start(next)) {
        const u32 stop = name_end(text, at + 1, end);
        return {at, stop, at + 1, stop, false};
    }
    const bool special = (next >= '0' && next <= '9') || next == '@' || next == '*';
    const bool number = next == '#' || next == '?' || next == '$' || next == '!';
    if (special || number) return {at, at + 2, at + 1, at + 2, number};
    return {at, at, at, at, false};
}

}  // namespace

u32 closing(Language language, std::string_view text, u32 at, u32 end, char closer, bool one_line) {
    // Each entry is a bracket's closer or an open quote.
    std::string open(1, closer);
    const bool shell = language == Language::shell;
    const bool js = language == Language::javascript;
    for (; at < end; ++at) {
        const char c = text[at];
        const char top = open.back();
        const bool quoted = top == '"' || top == '\'' || top == '`';
        if (c == '\n') {
            if (one_line) return at;
            if (quoted && !shell && top != '`') open.pop_back();
            continue;
        }
        if (c == '\\' && !(shell && top == '\'')) {
            ++at;
            continue;
        }
        if (quoted) {
            if (c == top) open.pop_back();
            const char next = at + 1 < end ? text[at + 1] : '\0';
            const bool template_hole = js && top == '`' && c == '$' && next == '{';
            const bool shell_hole = shell && top == '"' && c == '$' && (next == '(' || next == '{');
            if (template_hole || shell_hole) {
                open.push_back(partner(next));
                ++at;
            }
        } else if (c == '"' || (c == '`' && (js || shell)) ||
                   (c == '\'' && !(shell && top == '}'))) {
            open.push_back(c);
        } else if (c == '(' || c == '[' || c == '{') {
            // In shell only what is counted by its own closer nests.
            if (!shell || c != '[') open.push_back(partner(c));
        } else if (c == top) {
            open.pop_back();
        }
        if (open.empty()) return at;
    }
    return end;
}

Hole hole_at(Language language, std::string_view text, u32 at, u32 end, bool one_line) {
    const char c = text[at];
    const char next = at + 1 < end ? text[at + 1] : '\0';
    const Hole none{at, at, at, at, false};
    switch (language) {
        case Language::python: {
            if (c != '{' || next == '{') return none;
            Hole hole = braced(language, text, at, 1, end, one_line);
            cut_python_format(text, hole);
            return hole;
        }
        case Language::javascript:
            return c == '$' && next == '{' ? braced(language, text, at, 2, end, false) : none;
        case Language::php:
            if (c == '{' && next == '$') return braced(language, text, at, 1, end, false);
            if (c == '$' && next == '{') return braced(language, text, at, 2, end, false);
            return c == '$' && name_start(next) ? php_simple(text, at, end) : none;
        case Language::shell:
            return c == '$' || c == '`' ? shell_hole(text, at, end) : none;
        case Language::c:
        case Language::unknown:
            break;
    }
    return none;
}

}  // namespace tk::review
