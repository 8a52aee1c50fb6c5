// ValueFlow, where it finds the functions of a file: every token gets the scope it stands in.

#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_control(std::string_view word) {
    return one_of(word, {"if", "for", "while", "switch", "catch", "foreach", "elseif", "with",
                         "return", "elif", "until", "do", "else"});
}

}  // namespace

// The name a function is called by: "name(", "const name = (", "name = function (".
std::string_view ValueFlow::function_name(const TokenStream& part, u32 paren) const {
    u32 i = paren;
    while (i > 0 && one_of(part.str(i - 1), {"function", "async", "fn"})) --i;
    if (i > 1 && part.is(i - 1, "=") && part.is_word(i - 2)) return part.str(i - 2);
    return i == paren && i > 0 && part.is_word(i - 1) ? part.str(i - 1) : std::string_view{};
}

// The '{' of the function whose parameters stand in these parentheses.
u32 ValueFlow::body_of(const TokenStream& part, u32 paren) const {
    const u32 close = part.tokens[paren].match;
    if (close == kNone || close < paren) return kNone;
    if (paren > 0 && part.is_word(paren - 1) && is_control(part.str(paren - 1))) return kNone;
    for (u32 i = close + 1, n = 0; i < part.size() && n < 12; ++n) {
        const std::string_view s = part.str(i);
        if (s == "{" && part.kind(i) == TokenKind::symbol) {
            return part.tokens[i].match == kNone ? kNone : i;
        }
        if (part.kind(i) == TokenKind::line_end && language_ != Language::shell) return kNone;
        if (s == "(" || s == "[") {
            if (part.tokens[i].match == kNone) return kNone;
            i = part.tokens[i].match + 1;
            continue;
        }
        const bool passing =
            part.is_word(i) || part.kind(i) == TokenKind::line_end ||
            one_of(s, {":", "->", "<", ">", "|", "&", "*", "=>", "::", ".", "?", ">>", "&&"}) ||
            (s == "," && language_ == Language::c);
        if (!passing) return kNone;
        ++i;
    }
    return kNone;
}

void ValueFlow::mark_scopes(TokenStream& part) {
    struct Open {
        u32 end, scope;
    };
    std::vector<Open> open;
    for (u32 i = 0; i < part.size(); ++i) {
        while (!open.empty() && i > open.back().end) open.pop_back();
        const u32 around = open.empty() ? 0 : open.back().scope;
        part.tokens[i].scope = around;
        u32 body = kNone;
        if (part.is(i, "(")) body = body_of(part, i);
        const bool shell_function = language_ == Language::shell && part.is(i, "{") && i >= 2 &&
                                    part.str(i - 2) == "function";
        if (shell_function && part.tokens[i].match != kNone) body = i;
        if (body == kNone) continue;
        const u32 scope = static_cast<u32>(parents_.size());
        parents_.push_back(around);
        functions_.push_back(shell_function ? part.str(i - 1) : function_name(part, i));
        part.tokens[i].scope = scope;
        open.push_back({part.tokens[body].match, scope});
    }
}

void ValueFlow::mark_python_scopes(TokenStream& part) {
    struct Open {
        u32 indent, scope;
    };
    std::vector<Open> open;
    for (u32 i = 0; i < part.size(); ++i) {
        Token& token = part.tokens[i];
        const bool fresh = i == 0 || part.kind(i - 1) == TokenKind::line_end;
        if (fresh && token.kind != TokenKind::line_end) {
            while (!open.empty() && token.indent <= open.back().indent) open.pop_back();
        }
        token.scope = open.empty() ? 0 : open.back().scope;
        if (token.kind != TokenKind::word || part.str(i) != "def") continue;
        const bool async = i > 0 && part.str(i - 1) == "async";
        const u32 indent = async ? part.tokens[i - 1].indent : token.indent;
        const u32 scope = static_cast<u32>(parents_.size());
        parents_.push_back(token.scope);
        functions_.push_back(part.is_word(i + 1) ? part.str(i + 1) : std::string_view{});
        token.scope = scope;
        open.push_back({indent, scope});
    }
}

}  // namespace tk::review
