// Where expressions and operands end, and the plain text of a string.

#include "sql_shape.hpp"
#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

u32 skip_prefixes(const TokenStream& part, u32 i) {
    for (int n = 0; n < 6; ++n) {
        const std::string_view s = part.str(i);
        const bool sign = part.kind(i) == TokenKind::symbol &&
                          one_of(s, {"-", "+", "!", "~", "&", "*", "@", "...", "**", "++", "--"});
        const bool word = part.is_word(i) && one_of(s, {"await", "new", "not", "yield", "typeof",
                                                        "clone", "void", "delete"});
        const bool cast = s == "(" && part.is_word(i + 1) && part.is(i + 2, ")") &&
                          (part.language == Language::php || part.language == Language::c) &&
                          (part.is_word(i + 3) || part.is_string(i + 3) || part.is(i + 3, "("));
        if (cast)
            i += 3;
        else if (sign || word)
            ++i;
        else
            break;
    }
    return i;
}

// "static_cast<int>(x)": behind the '>', or where it began.
u32 skip_template(const TokenStream& part, u32 i) {
    for (u32 n = 1; n < 8; ++n) {
        if (part.is(i + n, ">")) return part.is(i + n + 1, "(") ? i + n + 1 : i;
        if (!part.is_word(i + n) && part.kind(i + n) != TokenKind::number &&
            !part.is(i + n, "::") && !part.is(i + n, "*") && !part.is(i + n, ",")) {
            break;
        }
    }
    return i;
}

}  // namespace

u32 expression_end(const TokenStream& part, u32 first, u32 most) {
    u32 i = first;
    while (i < part.size() && i - first < most) {
        const Token& token = part.tokens[i];
        if (token.kind == TokenKind::line_end) break;
        const char c = part.text[token.begin];
        const bool single = token.kind == TokenKind::symbol && token.end - token.begin == 1;
        if (single && (c == ',' || c == ';' || c == ')' || c == ']' || c == '}')) break;
        i = token.match != kNone && token.match > i ? token.match + 1 : i + 1;
    }
    return i;
}

u32 operand_end(const TokenStream& part, u32 first) {
    const bool php = part.language == Language::php;
    u32 i = skip_prefixes(part, first);
    if (part.kind(i) == TokenKind::line_end) return first;
    if (part.kind(i) == TokenKind::symbol) {
        const u32 match = part.tokens[i].match;
        if (match == kNone || match < i) return first;
        i = match + 1;
    } else {
        ++i;
    }
    while (i < part.size()) {
        const std::string_view s = part.str(i);
        if (part.is_string(i)) {
            const Token& token = part.tokens[i];
            if (token.mark != '`' || token.spaced) break;
            ++i;
            continue;
        }
        if (part.kind(i) != TokenKind::symbol) break;
        const u32 match = part.tokens[i].match;
        const bool member = (s == "." && !php) || s == "->" || s == "::" || s == "?." || s == "?->";
        if (member && (part.is_word(i + 1) || s == "?."))
            i += part.is_word(i + 1) ? 2 : 1;
        else if ((s == "(" || s == "[") && match != kNone && match > i)
            i = match + 1;
        else if (s == "!" && (part.is(i + 1, ".") || part.is(i + 1, ")")))
            ++i;
        else if (s == "++" || s == "--")
            ++i;
        else if (s == "<" && part.language == Language::c && skip_template(part, i) != i)
            i = skip_template(part, i);
        else
            break;
    }
    return i;
}

std::string plain_text(const TokenStream& part, u32 i, std::size_t most) {
    const Token& token = part.tokens[i];
    std::string out;
    u32 hole = token.first_hole;
    const u32 last_hole = hole + token.holes;
    for (u32 at = token.body_begin; at < token.body_end && out.size() < most;) {
        if (hole < last_hole && at >= part.holes[hole].begin) {
            out += kValueMark;
            at = std::max(at + 1, part.holes[hole].end);
            ++hole;
            continue;
        }
        const char c = part.text[at];
        if (c == '\\' && at + 1 < token.body_end) {
            const char next = part.text[at + 1];
            out += next == 'n' || next == 't' || next == 'r' || next == '\n' ? ' ' : next;
            at += 2;
            continue;
        }
        out += c;
        ++at;
    }
    return out;
}

}  // namespace tk::review
