// Where expressions and operands end, the plain text of a string, and what a pattern lets through.

#include "secret_values.hpp"
#include "sql_shape.hpp"
#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr std::size_t kSqlBytes = 300;

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
        else if (s == "++" || s == "--" ||
                 (s == "!" && (part.is(i + 1, ".") || part.is(i + 1, ")"))))
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

namespace {

bool harmless(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.:,@+=").find(c) != std::string_view::npos;
}

// Behind the ']' of a class that names only harmless bytes, or 0.
std::size_t class_end(std::string_view pattern, std::size_t at) {
    for (; at < pattern.size(); ++at) {
        if (pattern[at] == ']') return at + 1;
        if (pattern.compare(at, 2, "[:") == 0) {  // [:digit:]
            const auto close = pattern.find(":]", at);
            if (close == std::string_view::npos) return 0;
            const std::string_view name = pattern.substr(at + 2, close - at - 2);
            if (!one_of(name, {"digit", "alnum", "alpha", "lower", "upper", "xdigit"})) return 0;
            at = close + 1;
            continue;
        }
        if (pattern[at] == '\\') {
            ++at;
            if (at >= pattern.size() || std::string_view("dw.-_:").find(pattern[at]) ==
                                            std::string_view::npos) {
                return 0;
            }
        } else if (!harmless(pattern[at])) {
            return 0;
        }
    }
    return 0;
}

// The pattern without "/.../flags"; nothing when its flags let it match within lines.
std::string_view undelimited(std::string_view pattern) {
    if (pattern.size() < 3 || std::string_view("/#~").find(pattern[0]) == std::string_view::npos) {
        return pattern;
    }
    const auto close = pattern.rfind(pattern[0]);
    if (close == 0) return pattern;
    const bool lines = pattern.substr(close).find('m') != std::string_view::npos;
    return lines ? std::string_view{} : pattern.substr(1, close - 1);
}

}  // namespace

bool is_strict_pattern(std::string_view pattern, bool whole) {
    pattern = undelimited(pattern.substr(0, 300));
    const auto cut = [&](std::string_view anchor, bool front) {
        const bool has = front ? pattern.starts_with(anchor) : pattern.ends_with(anchor);
        if (has && front) pattern.remove_prefix(anchor.size());
        if (has && !front) pattern.remove_suffix(anchor.size());
        return has;
    };
    const bool opened = cut("^", true) || cut("\\A", true);
    const bool closed = cut("$", false) || cut("\\z", false) || cut("\\Z", false);
    if (!whole && !(opened && closed)) return false;
    bool any = false;
    int depth = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        if (c == '[') {
            const std::size_t end = class_end(pattern, at + 1);
            if (end == 0) return false;
            at = end - 1;
        } else if (c == '\\') {
            if (std::string_view("dw.-_").find(pattern.substr(at + 1, 1)) == std::string_view::npos)
                return false;
            ++at;
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
        } else if (c == '.' || (c == '|' && depth == 0 && !whole) ||
                   (!harmless(c) && std::string_view("?*{}| ").find(c) == std::string_view::npos)) {
            return false;  // "^a|b$" is anchored at one end each
        }
        any = true;
    }
    return any;
}

bool is_strict_complement(std::string_view pattern) {
    pattern = undelimited(pattern.substr(0, 100));
    while (pattern.ends_with("+") || pattern.ends_with("*")) pattern.remove_suffix(1);
    if (one_of(pattern, {"\\D", "\\W"})) return true;
    return pattern.starts_with("[^") && class_end(pattern, 2) == pattern.size();
}

// The beginning of the SQL text that an expression makes, with marks for its values.
std::string ValueFlow::sql_text(const TokenStream& part, u32 first, u32 last) const {
    for (u32 i = first; i < std::min(last, first + 8); ++i) {
        if (!part.is_string(i)) {
            const std::string_view s = part.str(i);
            const bool wrapper = part.is_word(i) || s == "(" || s == "::" || s == "." || s == "[";
            if (!wrapper) break;
            continue;
        }
        if (part.tokens[i].mark == '$') break;
        std::string text = plain_text(part, i, kSqlBytes);
        if (may_begin_sql(text)) return text;
        const bool valued = i + 1 < last && trust(part, i + 1, last) > Trust::guarded;
        if (continues_sql(valued ? text + kValueMark : text)) return text;
        break;
    }
    return {};
}

NameKind name_kind(std::string_view value) {
    value = value.substr(0, 200);
    bool property = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '(') return i > 0 && value.back() == ')' ? NameKind::call : NameKind::other;
        if (c == '[') return property ? NameKind::property : NameKind::variable;
        const bool joint = c == '.' || c == '>' || c == ':';
        const bool sign = c == '-' || c == '$' || c == '{' || c == '}' || c == '?' || c == '@';
        property = property || (joint && i > 0);
        if (!is_word_byte(c) && !joint && !sign) return NameKind::other;
    }
    return property ? NameKind::property : NameKind::variable;
}

bool speaks_of_names(std::string_view value) {
    value = value.substr(0, std::min<std::size_t>(value.find('('), 200));
    const auto joint = value.find_last_of(".>:");
    const std::string last = lower_ascii(joint == value.npos ? value : value.substr(joint + 1));
    for (const auto part : {"table", "prefix", "primary", "column", "field", "tbl", "pk"}) {
        if (last.find(part) != std::string::npos) return true;
    }
    return last.ends_with("key") || last.ends_with("order") || last.ends_with("orderby");
}

}  // namespace tk::review
