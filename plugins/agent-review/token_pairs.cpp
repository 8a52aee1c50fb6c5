#include "token_pairs.hpp"

namespace tk::review {
namespace {

using u32 = std::uint32_t;

bool binary_operator(std::string_view s) {
    return s == "+" || s == "." || s == "?." || s == "?" || s == ":" || s == "," || s == "=" ||
           s == "+=" || s == "&&" || s == "||" || s == "??" || s == "=>" || s == "==" ||
           s == "===" || s == "%" || s == "*";
}

// A line end that does not end a statement says nothing.
bool idle_line_end(const TokenStream& in, u32 i, char around) {
    if (in.language == Language::python) return around != '\0';
    if (in.language != Language::javascript) return false;
    if (around == '(' || around == '[') return true;
    const bool after =
        i > 0 && in.kind(i - 1) == TokenKind::symbol && binary_operator(in.str(i - 1));
    u32 next = i + 1;
    while (next < in.size() && in.kind(next) == TokenKind::line_end && next - i < 4) ++next;
    const bool before = in.kind(next) == TokenKind::symbol && binary_operator(in.str(next));
    return after || before;
}

}  // namespace

void settle_tokens(TokenStream& stream) {
    std::vector<Token> kept;
    kept.reserve(stream.tokens.size());
    std::vector<u32> open;
    for (u32 i = 0; i < stream.size(); ++i) {
        Token token = stream.tokens[i];
        const char around = open.empty() ? '\0' : stream.text[kept[open.back()].begin];
        if (token.kind == TokenKind::line_end && i + 1 < stream.size() &&
            idle_line_end(stream, i, around)) {
            continue;
        }
        const u32 index = static_cast<u32>(kept.size());
        token.opener = open.empty() ? kNone : open.back();
        if (token.kind == TokenKind::symbol && token.end - token.begin == 1) {
            const char ch = stream.text[token.begin];
            if (ch == '(' || ch == '[' || ch == '{') {
                open.push_back(index);
            } else if ((ch == ')' && around == '(') || (ch == ']' && around == '[') ||
                       (ch == '}' && around == '{')) {
                token.match = open.back();
                kept[open.back()].match = index;
                token.opener = kept[open.back()].opener;
                open.pop_back();
            }
        }
        kept.push_back(token);
    }
    stream.tokens = std::move(kept);
}

}  // namespace tk::review
