// ValueFlow, the half that judges an expression.

#include "sql_shape.hpp"
#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr u32 kTokens = 256;
constexpr int kDepth = 24;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

u32 step(const TokenStream& part, u32 i) {
    const u32 match = part.tokens[i].match;
    return match != kNone && match > i ? match + 1 : i + 1;
}

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

// The first token outside of brackets that passes the test, or `last`.
template <typename Test>
u32 find_top(const TokenStream& part, u32 first, u32 last, Test test) {
    for (u32 i = first; i < last; i = step(part, i)) {
        if (part.kind(i) != TokenKind::string && part.kind(i) != TokenKind::line_end && test(i)) {
            return i;
        }
    }
    return last;
}

// ":id$i", `$${n}`: each value stands in the name of a bind parameter, and nothing is quoted.
bool names_parameters(const TokenStream& part, const Token& token) {
    const auto body = part.text.substr(token.body_begin, token.body_end - token.body_begin);
    if (token.holes > 32 || body.size() > 200) return false;
    u32 at = token.body_begin;
    for (u32 n = 0; n < token.holes; ++n) {
        const Hole& hole = part.holes[token.first_hole + n];
        u32 sign = hole.begin;
        while (sign > at && is_name_byte(part.text[sign - 1])) --sign;
        if (sign <= at || std::string_view(":$@").find(part.text[sign - 1]) ==
                              std::string_view::npos) {
            return false;
        }
        const char before = sign - 1 > token.body_begin ? part.text[sign - 2] : ' ';
        if (std::string_view(" (,=\\").find(before) == std::string_view::npos) return false;
        const auto literal = part.text.substr(at, sign - at);
        if (literal.find_first_of("'\"`") != std::string_view::npos) return false;
        at = hole.end;
    }
    return part.text.substr(at, token.body_end - at).find_first_of("'\"`") ==
           std::string_view::npos;
}

bool comparison(const TokenStream& part, u32 i) {
    const std::string_view s = part.str(i);
    if (one_of(s, {"==", "!=", "===", "!==", "<=", ">=", "instanceof"})) return true;
    if (part.language == Language::python && one_of(s, {"in", "is"})) return true;
    if (part.language == Language::javascript && s == "in") return true;
    return (s == "<" || s == ">") && part.tokens[i].spaced && part.language != Language::c;
}

}  // namespace

u32 find_text(const TokenStream& part, u32 first, u32 last,
              std::initializer_list<std::string_view> list) {
    return find_top(part, first, last, [&](u32 i) { return one_of(part.str(i), list); });
}

Trust ValueFlow::trust(const TokenStream& part, u32 first, u32 last, int depth) const {
    last = std::min(last, part.size());
    while (first < last && part.kind(first) == TokenKind::line_end) ++first;
    while (last > first && part.kind(last - 1) == TokenKind::line_end) --last;
    if (first >= last) return Trust::constant;
    if (last - first > kTokens || depth > kDepth || last - first > budget_) return Trust::unknown;
    budget_ -= last - first;
    if (language_ == Language::shell) return trust_of_shell(part, first, last, depth);
    while (last - first > 2 && part.is(first, "(") && part.tokens[first].match == last - 1) {
        ++first;
        --last;
    }
    if (const auto choice = trust_of_choice(part, first, last, depth)) return *choice;
    if (const auto sum = trust_of_sum(part, first, last, depth)) return *sum;
    return trust_of_operand(part, first, last, depth + 1);
}

std::optional<Trust> ValueFlow::trust_of_choice(const TokenStream& part, u32 first, u32 last,
                                                int depth) const {
    const int deeper = depth + 1;
    const auto top = [&](std::initializer_list<std::string_view> list) {
        return find_text(part, first, last, list);
    };
    if (part.str(first) == "lambda" || part.str(first) == "function") {
        return trust_of_function(part, first, last, deeper);
    }
    if (top({","}) < last) return trust_of_elements(part, first, last, deeper);
    if (const u32 arrow = top({"=>"}); arrow < last) {
        return trust_of_function(part, arrow + 1, last, deeper);
    }
    if (language_ == Language::python) {
        if (const u32 loop = top({"for"}); loop < last) {
            // [x for x in values if ...]
            const bool same = loop == first + 1 && part.str(loop + 1) == part.str(first) &&
                              part.str(loop + 2) == "in";
            if (!same) return trust(part, first, loop, deeper);
            return trust(part, loop + 3, find_text(part, loop + 3, last, {"if", "for"}), deeper);
        }
        const u32 when = top({"if"});
        if (when < last) {
            const u32 other = find_text(part, when, last, {"else"});
            const Trust right =
                other < last ? trust(part, other + 1, last, deeper) : Trust::constant;
            return std::max(trust(part, first, when, deeper), right);
        }
    } else if (const u32 ask = top({"?"}); ask < last && ask > first) {
        const u32 colon = find_text(part, ask + 1, last, {":"});
        const Trust yes = colon == ask + 1 ? trust(part, first, ask, deeper)
                                           : trust(part, ask + 1, colon, deeper);
        return std::max(yes, colon < last ? trust(part, colon + 1, last, deeper) : Trust::constant);
    }
    if (const u32 other = top({"or", "||", "?\?"}); other < last && other > first) {
        return std::max(trust(part, first, other, deeper), trust(part, other + 1, last, deeper));
    }
    if (const u32 both = top({"and", "&&"}); both < last && both > first) {
        return trust(part, both + 1, last, deeper);
    }
    if (find_top(part, first, last, [&](u32 i) { return comparison(part, i); }) < last) {
        return Trust::guarded;
    }
    if (language_ == Language::javascript) {
        if (const u32 as = top({"as"}); as < last && as > first)
            return trust(part, first, as, deeper);
    }
    return std::nullopt;
}

// Concatenations, and arithmetic, whose result is a number.
std::optional<Trust> ValueFlow::trust_of_sum(const TokenStream& part, u32 first, u32 last,
                                             int depth) const {
    const int deeper = depth + 1;
    const bool c = language_ == Language::c;
    const auto joins = [&](u32 i) {
        const std::string_view s = part.str(i);
        return language_ == Language::php ? s == "." : s == "+" || (c && s == "<<");
    };
    u32 sum = find_top(part, first + 1, last, joins);
    if (sum < last) {
        Trust worst = trust(part, first, sum, deeper);
        while (sum < last) {
            const u32 next = find_top(part, std::min(sum + 2, last), last, joins);
            worst = std::max(worst, trust(part, sum + 1, next, deeper));
            sum = next;
        }
        return worst;
    }
    const u32 arithmetic = find_top(part, first + 1, last, [&](u32 i) {
        const std::string_view s = part.str(i);
        return s == "-" || s == "/" || (!c && (s == "*" || s == "**" || s == "|" || s == "^")) ||
               (language_ == Language::php && s == "+") || (s == "%" && !part.is_string(i - 1));
    });
    if (arithmetic < last) {
        const bool repeated = part.str(arithmetic) == "*" && language_ == Language::python &&
                              (part.is_string(first) || part.is(first, "["));
        return repeated ? trust(part, first, arithmetic, deeper) : Trust::guarded;
    }
    const u32 format = find_text(part, first, last, {"%"});
    if (format < last && format > first) {
        return std::max(trust(part, first, format, deeper), trust(part, format + 1, last, deeper));
    }
    return std::nullopt;
}

Trust ValueFlow::trust_of_function(const TokenStream& part, u32 first, u32 last, int depth) const {
    if (part.str(first) == "lambda") {
        const u32 colon = find_text(part, first, last, {":"});
        return colon < last ? trust(part, colon + 1, last, depth + 1) : Trust::unknown;
    }
    const bool block = part.is(first, "{") || part.str(first) == "function";
    if (!block) return trust(part, first, last, depth + 1);
    for (u32 i = first; i < last; ++i) {
        if (part.is_word(i) && part.str(i) == "return") {
            return trust(part, i + 1, expression_end(part, i + 1, kTokens), depth + 1);
        }
    }
    return part.is(first, "{") ? trust_of_elements(part, first + 1, last - 1, depth)
                               : Trust::unknown;
}

// A list, a call's arguments, or the values of a mapping.
Trust ValueFlow::trust_of_elements(const TokenStream& part, u32 first, u32 last, int depth) const {
    if (depth > kDepth || (last > first && last - first > kTokens)) return Trust::unknown;
    Trust worst = Trust::constant;
    while (first < last) {
        const u32 comma = find_text(part, first, last, {","});
        u32 begin = first;
        const u32 colon = find_text(part, first, comma, {":", "?", "lambda", "=>"});
        if (colon < comma && (part.is(colon, ":") || part.is(colon, "=>"))) begin = colon + 1;
        const bool named = language_ == Language::python && part.is(begin + 1, "=");
        worst = std::max(worst, trust(part, named ? begin + 2 : begin, comma, depth + 1));
        first = comma + 1;
    }
    return worst;
}

Trust ValueFlow::trust_of_string(const TokenStream& part, u32 i, int depth) const {
    const Token& token = part.tokens[i];
    Trust worst = Trust::constant;
    if (token.holes != 0 && language_ != Language::shell && names_parameters(part, token)) {
        return Trust::guarded;
    }
    for (u32 n = 0; n < std::min<u32>(token.holes, 32); ++n) {
        worst = std::max(
            worst, trust_of_hole(part, part.holes[token.first_hole + n], token.scope, depth + 1));
    }
    return worst;
}

Trust ValueFlow::trust_of_hole(const TokenStream& part, const Hole& hole, u32 scope,
                               int depth) const {
    if (hole.numeric || hole.expr_begin >= hole.expr_end) return Trust::guarded;
    if (language_ == Language::shell) {
        return trust_of_shell_hole(part.text.substr(hole.begin, hole.end - hole.begin), scope);
    }
    if (depth > kDepth || hole.expr_end - hole.expr_begin > 2000) return Trust::unknown;
    u32 begin = hole.expr_begin;
    // "${name}" in PHP names the variable without its sign.
    const bool bare = language_ == Language::php && part.text[begin] != '$';
    if (bare && begin > 1)
        return trust_of_path(part.text.substr(begin, hole.expr_end - begin), {}, {}, scope);
    TokenStream inner = read_tokens(language_, part.text, begin, hole.expr_end);
    for (Token& token : inner.tokens) token.scope = scope;
    return trust(inner, 0, inner.size(), depth + 1);
}

Trust ValueFlow::trust_of_operand(const TokenStream& part, u32 first, u32 last, int depth) const {
    u32 i = first;
    for (int n = 0; n < 6 && i < last; ++n) {
        const std::string_view s = part.str(i);
        const bool typed = is_number_type(part.str(i + 1)) || part.str(i + 1) == "integer";
        const bool cast = s == "(" && part.is_word(i + 1) && part.is(i + 2, ")") && i + 3 < last &&
                          (typed || !part.is(i + 3, "(")) && !part.is(i + 3, ".");
        if (cast && typed) return Trust::guarded;
        if (one_of(s, {"!", "~", "not", "-"})) return Trust::guarded;
        if (s == "+" && language_ == Language::javascript) return Trust::guarded;
        if (cast)
            i += 3;
        else if (one_of(s, {"await", "new", "yield", "*", "...", "&", "@", "**", "+"}))
            ++i;
        else
            break;
    }
    if (i >= last) return Trust::constant;
    Trust result = Trust::unknown;
    u32 next = i + 1;
    if (part.is_string(i)) {
        result = trust_of_string(part, i, depth);
        while (next < last && part.is_string(next)) {
            result = std::max(result, trust_of_string(part, next++, depth));
        }
    } else if (part.kind(i) == TokenKind::number) {
        result = Trust::constant;
    } else if (part.kind(i) == TokenKind::symbol) {
        const u32 match = part.tokens[i].match;
        if (match == kNone || match < i) return Trust::unknown;
        const bool group = part.is(i, "(");
        result = group ? trust(part, i + 1, match, depth + 1)
                       : trust_of_elements(part, i + 1, match, depth + 1);
        if (!group && part.language == Language::python &&
            find_text(part, i + 1, match, {"for"}) < match) {
            result = trust(part, i + 1, match, depth + 1);
        }
        next = match + 1;
    } else {
        if (i + 2 < last && part.str(i) == "static_cast" && is_number_type(part.str(i + 2))) {
            return Trust::guarded;
        }
        result = trust_of_name(part, i, last, next, depth);
    }
    while (next < last) {
        const u32 match = part.tokens[next].match;
        const bool member = part.is_word(next + 1) && next + 1 < last &&
                            one_of(part.str(next), {".", "->", "::", "?.", "?->"});
        if (member && part.is(next + 2, "(") && part.tokens[next + 2].match != kNone) {
            result = trust_of_call(part, i, next + 1, result, depth);
            next = part.tokens[next + 2].match + 1;
        } else if (member) {
            if (one_of(part.str(next + 1), {"length", "size", "rowcount"})) result = Trust::guarded;
            next += 2;
        } else if (match != kNone && match > next) {
            if (part.is(next, "(")) result = std::max(result, Trust::unknown);
            next = match + 1;
        } else {
            ++next;
        }
    }
    return result;
}

// A dotted name; `next` becomes the index behind it, and behind a call of it.
Trust ValueFlow::trust_of_name(const TokenStream& part, u32 first, u32 last, u32& next,
                               int depth) const {
    u32 end = first;  // the last word of the path
    u32 before = first;
    while (end + 2 < last && part.is_word(end + 2) &&
           (one_of(part.str(end + 1), {"->", "::", "?.", "?->"}) ||
            (part.is(end + 1, ".") && language_ != Language::php))) {
        before = end;
        end += 2;
    }
    const auto path = [&](u32 until) {
        return part.text.substr(part.tokens[first].begin,
                                part.tokens[until].end - part.tokens[first].begin);
    };
    const u32 scope = part.tokens[first].scope;
    const bool call =
        end + 1 < last && part.is(end + 1, "(") && part.tokens[end + 1].match != kNone;
    if (!call) {
        next = end + 1;
        return trust_of_path(path(end), part.str(first), part.str(end), scope);
    }
    Trust receiver = Trust::constant;
    if (end != first)
        receiver = trust_of_path(path(before), part.str(first), part.str(before), scope);
    next = part.tokens[end + 1].match + 1;
    return trust_of_call(part, first, end, receiver, depth);
}

Trust ValueFlow::trust_of_path(std::string_view path, std::string_view head, std::string_view last,
                               u32 scope) const {
    if (is_request_source(language_, path)) return Trust::request;
    if (one_of(last, {"length", "size", "rowcount"}) && path != last) return Trust::guarded;
    if (const Binding* whole = look_up(path, scope)) {
        if (whole->numeric || !whole->sql.empty()) return Trust::guarded;
        return whole->trust;
    }
    const bool own = one_of(head, {"self", "this", "cls", "$this", "static", "parent"});
    if (own) {
        if (const Binding* field = look_up(last, 0)) return field->trust;
        if (const Binding* field = look_up("$" + std::string(last), 0)) return field->trust;
    }
    if (head == "$wpdb" || path.starts_with("$this->wpdb")) return Trust::guarded;
    if (one_of(last, {"prefix", "$prefix", "table_prefix", "tablePrefix", "$table_prefix",
                      "$tablePrefix", "db_prefix", "dbprefix", "$dbprefix", "tblprefix"})) {
        return Trust::guarded;
    }
    if (!own && head != path) {
        if (const Binding* object = look_up(head, scope)) {
            if (object->trust != Trust::unknown) return object->trust;
        }
    }
    if (one_of(path, {"true", "false", "null", "None", "True", "False", "nullptr", "NULL",
                      "undefined", "endl", "std::endl"})) {
        return Trust::constant;
    }
    const bool member = path.size() > 6 && (last == "value" || last == "name");
    const std::string_view owner = member ? path.substr(0, path.size() - last.size() - 1) : path;
    const auto cut = owner.find_last_of(".>:$");
    const std::string_view tail = cut == std::string_view::npos ? owner : owner.substr(cut + 1);
    return is_all_caps(tail) ? Trust::constant : Trust::unknown;
}

}  // namespace tk::review
