// ValueFlow, the half that learns what a file assigns.

#include "value_flow.hpp"

#include "secret_values.hpp"
#include "sql_shape.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr u32 kValueTokens = 200;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

void ValueFlow::bind(std::string_view name, u32 scope, Trust trust, std::string_view sql,
                     bool numeric) {
    if (name.empty()) return;
    const auto [place, fresh] = bindings_.try_emplace({name, scope});
    Binding& binding = place->second;
    if (pass_ == 0 || fresh) {
        binding.trust = std::max(binding.trust, trust);
        binding.numeric = binding.numeric || numeric;
    }
    if (pass_ != 0) {
        if (binding.pass != pass_) {
            binding.pass = pass_;
            binding.next = Trust::constant;
            binding.next_numeric = false;
            touched_.push_back(&binding);
        }
        binding.next = std::max(binding.next, trust);
        binding.next_numeric = binding.next_numeric || numeric;
    }
    if (binding.sql.empty()) binding.sql = sql;
}

const Binding* ValueFlow::look_up(std::string_view name, u32 scope) const {
    for (int climb = 0; climb < 16; ++climb) {
        const auto found = bindings_.find({name, scope});
        if (found != bindings_.end()) return &found->second;
        if (scope == 0 || scope == kReturned) return nullptr;
        scope = parents_[scope];
    }
    return nullptr;
}

std::string_view ValueFlow::sql_of(std::string_view name, u32 scope) const {
    const Binding* found = look_up(name, scope);
    return found == nullptr ? std::string_view{} : std::string_view(found->sql);
}

void ValueFlow::learn(TokenStream& part, u32 scope, bool nested) {
    if (nested) {
        for (Token& token : part.tokens) token.scope = scope;
    } else if (language_ == Language::python) {
        mark_python_scopes(part);
    } else {
        mark_scopes(part);
    }
    budget_ += 80ULL * part.tokens.size();
    learn_pass(part);
    if (nested) return learn_pass(part);
    // A name may be used above the place that spoils it, and judged before the names it is made
    // of are known: later passes judge anew, by what the pass before them found.
    for (pass_ = 1; pass_ <= 2; ++pass_) {
        learn_pass(part);
        for (Binding* binding : touched_) {
            binding->trust = binding->next;
            binding->numeric = binding->next_numeric;
        }
        touched_.clear();
    }
    pass_ = 0;
}

void ValueFlow::learn_pass(const TokenStream& part) {
    for (u32 i = 0; i < part.size(); ++i) {
        if (language_ == Language::shell) {
            learn_shell(part, i);
            continue;
        }
        const std::string_view s = part.str(i);
        if (part.kind(i) == TokenKind::symbol) {
            if (one_of(s, {"=", "+=", ".=", ":=", "||=", "?\?="}))
                learn_assignment(part, i);
            else if (s == "(")
                learn_parameters(part, i);
            else if (s == "=>" && i > 0 && part.is_word(i - 1) && language_ == Language::javascript)
                bind(part.str(i - 1), part.tokens[i - 1].scope, Trust::unknown);
        } else if (part.is_word(i)) {
            learn_word(part, i);
        }
        if (language_ == Language::c) learn_c(part, i);
    }
}

// What a function of this file yields stands under its name in a scope of its own.
void ValueFlow::learn_return(const TokenStream& part, u32 i) {
    const std::string_view name = functions_[part.tokens[i].scope];
    const u32 end = expression_end(part, i + 1, kValueTokens);
    const Trust value = end - i > kValueTokens ? Trust::unknown : trust(part, i + 1, end);
    bind(name, kReturned, value);
}

void ValueFlow::learn_word(const TokenStream& part, u32 i) {
    const std::string_view s = part.str(i);
    learn_test(part, i);
    if (s == "return" && part.tokens[i].scope != 0) return learn_return(part, i);
    if (s == "for" || s == "foreach") return learn_loop(part, i);
    const u32 scope = part.tokens[i].scope;
    if (language_ != Language::python) return;
    if (s == "class" && part.is(i + 2, "(") && part.tokens[i + 2].match != kNone) {
        // An Enum's members are written in its class.
        for (u32 n = i + 3; n < std::min(part.tokens[i + 2].match, i + 16); ++n) {
            if (part.str(n).ends_with("Enum")) bind(part.str(i + 1), kReturned, Trust::guarded);
        }
    }
    if (s == "as" && part.is_word(i + 1)) bind(part.str(i + 1), scope, Trust::unknown);
    if (s == "lambda") {
        for (u32 n = i + 1; n < part.size() && n - i < 24 && !part.is(n, ":"); ++n) {
            if (part.is_word(n)) bind(part.str(n), scope, Trust::unknown);
        }
    }
}

// "for a, b in values", "for (const a of values)", "foreach ($values as $k => $v)".
void ValueFlow::learn_loop(const TokenStream& part, u32 i) {
    u32 from = i + 1;
    if (part.str(from) == "await") ++from;
    const bool paren = part.is(from, "(");
    const u32 close = paren ? part.tokens[from].match : kNone;
    if (paren && close == kNone) return;
    if (language_ == Language::php && paren) {
        u32 as = from + 1;
        while (as < close && part.str(as) != "as") ++as;
        if (as >= close || as - from > kValueTokens) return;
        const Trust values = trust(part, from + 1, as);
        for (u32 n = as + 1; n < close; ++n) {
            // Keys of a mapping are not its values.
            const bool key = part.is(n + 1, "=>");
            if (part.is_word(n)) {
                bind(part.str(n), part.tokens[n].scope,
                     key && values == Trust::constant ? Trust::constant : values);
            }
        }
        return;
    }
    if (paren) ++from;
    u32 in = from;
    while (in < part.size() && in - from < 16 && part.str(in) != "in" && part.str(in) != "of" &&
           !part.is(in, ";") && part.kind(in) != TokenKind::line_end) {
        ++in;
    }
    if (part.str(in) != "in" && part.str(in) != "of") return;
    const u32 end = paren ? close : expression_end(part, in + 1, kValueTokens);
    // A Python loop's header ends at its colon.
    u32 stop = in + 1;
    while (stop < end && stop - in < kValueTokens && !part.is(stop, ":") &&
           part.str(stop) != "if") {
        const u32 match = part.tokens[stop].match;
        stop = match != kNone && match > stop ? match + 1 : stop + 1;
    }
    const Trust values = trust(part, in + 1, std::min(stop, end));
    const bool counted = part.str(in + 1) == "enumerate";
    for (u32 n = from; n < in; ++n) {
        const bool number = counted && n == from;
        if (part.is_word(n)) bind(part.str(n), part.tokens[n].scope, values, {}, number);
    }
}

void ValueFlow::learn_assignment(const TokenStream& part, u32 equals) {
    if (equals == 0) return;
    const u32 opener = part.tokens[equals].opener;
    if (language_ == Language::python && part.str(equals) == "=" && opener != kNone &&
        part.is(opener, "(")) {
        return;  // a keyword argument
    }
    const u32 end = expression_end(part, equals + 1, kValueTokens);
    const Trust value = end - equals > kValueTokens ? Trust::unknown : trust(part, equals + 1, end);
    const std::string sql = sql_text(part, equals + 1, end);
    // "const name: string = ..." : the name stands before its type.
    u32 last = equals - 1;
    if (language_ == Language::python || language_ == Language::javascript) {
        for (u32 n = 1; n < 14 && n < equals; ++n) {
            const u32 at = equals - n;
            if (part.kind(at) == TokenKind::line_end || part.is(at, ";") || part.is(at, "{")) break;
            if (!part.is(at, ":")) continue;
            const bool declared = at >= 1 && part.is_word(at - 1) &&
                                  (at == 1 || part.kind(at - 2) == TokenKind::line_end ||
                                   one_of(part.str(at - 2), {"const", "let", "var", "private",
                                                             "readonly", "static", "public", ";"}));
            if (declared) last = at - 1;
            break;
        }
    }
    learn_pattern(part, last, equals + 1, end);
    const u32 arrow = find_text(part, equals + 1, end, {"=>"});
    if (arrow < end && !part.is(arrow + 1, "{") && part.is_word(last)) {
        bind(part.str(last), kReturned, value);
    }
    learn_target(part, last, value, sql);
    if (!part.is_word(last)) return;
    // "x = int(x)": what made the name harmless holds for all its uses.
    const u32 scope = part.tokens[last].scope;
    const Binding* known = look_up(part.str(last), scope);
    if (value != Trust::guarded || known == nullptr || known->trust < Trust::unknown) return;
    for (u32 i = equals + 1; i < end; ++i) {
        if (part.str(i) == part.str(last)) return bind(part.str(last), scope, value, {}, true);
    }
}

void ValueFlow::learn_target(const TokenStream& part, u32 last, Trust value, std::string_view sql) {
    const Token& token = part.tokens[last];
    if (part.is(last, "}") || part.is(last, "]")) {
        const u32 open = token.match;
        if (open == kNone || open > last) return;
        const bool destructured =
            part.is(last, "}") ||
            (open > 0 && one_of(part.str(open - 1), {"const", "let", "var"})) ||
            (language_ == Language::php && (open == 0 || !part.is_word(open - 1)));
        if (destructured) {
            for (u32 n = open + 1; n < last && n - open < 64; ++n) {
                if (part.is_word(n)) bind(part.str(n), token.scope, value);
            }
        } else if (open > 0 && part.is_word(open - 1)) {
            // `map[key] = value`; a C array may be written through its address.
            const bool table = part.is(last + 1, "=") && part.is(last + 2, "{") &&
                               !part.is(last + 3, "}") && value == Trust::constant &&
                               part.kind(last + 3) != TokenKind::number;
            const bool array = language_ == Language::c && !table;
            bind(part.str(open - 1), token.scope, array ? Trust::unknown : value,
                 array ? sql : std::string_view{});
        }
        return;
    }
    if (!part.is_word(last)) return;
    u32 first = last;
    for (int n = 0; n < 6 && first >= 2 && part.is_word(first - 2) &&
                    one_of(part.str(first - 1), {".", "->", "::", "?."}) &&
                    !(language_ == Language::php && part.is(first - 1, "."));
         ++n) {
        first -= 2;
    }
    const std::string_view path =
        part.text.substr(part.tokens[first].begin, token.end - part.tokens[first].begin);
    const bool numeric = language_ == Language::c && last > 0 && is_number_type(part.str(last - 1));
    bind(path, token.scope, value, sql, numeric);
    const bool own = first != last && one_of(part.str(first), {"self", "this", "$this", "cls"});
    if (own) bind(part.str(last), 0, value, sql);
    // "a, b = ..."
    for (int n = 0; n < 8 && first >= 2 && part.is(first - 1, ",") && part.is_word(first - 2);
         ++n) {
        if (language_ != Language::python) break;
        first -= 2;
        bind(part.str(first), token.scope, value);
    }
}

// What a mapping function gets: "columns.map((name) => ...)", "array_map(fn($name) => ..., $all)".
Trust ValueFlow::trust_of_source(const TokenStream& part, u32 paren) const {
    if (language_ == Language::php && paren > 2 && part.str(paren - 3) == "array_map") {
        const u32 comma = expression_end(part, paren - 1, kValueTokens);
        if (!part.is(comma, ",")) return Trust::unknown;
        return trust(part, comma + 1, expression_end(part, comma + 1, kValueTokens));
    }
    const bool called = language_ == Language::javascript && paren > 4 && part.is(paren - 1, "(") &&
                        part.is(paren - 3, ".") &&
                        one_of(part.str(paren - 2), {"map", "forEach", "filter", "flatMap"});
    if (!called) return Trust::unknown;
    u32 first = paren - 4;
    const u32 match = part.tokens[first].match;
    if (match != kNone && match < first) first = match;
    while (first > 1 && part.is(first - 1, ".") && part.is_word(first - 2)) first -= 2;
    return trust(part, first, paren - 3);
}

void ValueFlow::learn_parameters(const TokenStream& part, u32 paren) {
    const u32 close = part.tokens[paren].match;
    if (close == kNone || close < paren || close - paren > kValueTokens) return;
    const bool arrow = part.is(close + 1, "=>") && language_ == Language::javascript;
    const bool def = language_ == Language::python && paren >= 2 && part.str(paren - 2) == "def";
    const bool named =
        paren > 0 && (part.str(paren - 1) == "function" || part.str(paren - 1) == "fn");
    if (!arrow && !def && !named &&
        (language_ == Language::python || body_of(part, paren) == kNone)) {
        return;
    }
    const bool mapped = arrow && part.is(paren - 1, "(") && paren >= 2 &&
                        one_of(part.str(paren - 2), {"map", "from", "forEach"});
    const Trust element = trust_of_source(part, paren);
    u32 place = 0;
    for (u32 begin = paren + 1; begin < close; ++place) {
        const u32 end = std::min(expression_end(part, begin, kValueTokens), close);
        bool number = mapped && place == 1;
        bool pointer = false;
        u32 last = kNone;
        for (u32 n = begin; n < end && !part.is(n, "="); ++n) {
            pointer = pointer || part.is(n, "*");
            number = number || (part.is_word(n) && is_number_type(part.str(n)));
            if (part.is_word(n)) last = n;
        }
        number = number && !(pointer && language_ == Language::c);
        for (u32 n = begin; n < end; ++n) {
            const bool name = part.is_word(n) && (language_ != Language::c || n == last);
            const Trust value = place == 0 ? element : Trust::unknown;
            if (name) bind(part.str(n), part.tokens[paren].scope, value, {}, number);
        }
        begin = end + 1;
    }
}

// What only C and C++ declare or fill in their own ways.
void ValueFlow::learn_c(const TokenStream& part, u32 i) {
    const u32 scope = part.tokens[i].scope;
    if (part.is_word(i) && is_number_type(part.str(i)) && part.is_word(i + 1) &&
        !is_number_type(part.str(i + 1))) {
        bind(part.str(i + 1), scope, Trust::guarded, {}, true);
    }
    if (part.is_word(i) && part.is(i + 1, "(")) {
        const std::string_view s = part.str(i);
        const std::string lowered = lower_ascii(s.substr(0, 60));
        // They write into a buffer: the connection, when they take one, stands before it.
        const bool escaped = lowered.find("escape_string") != lowered.npos ||
                             lowered.find("escapestring") != lowered.npos ||
                             s == "mysql_hex_string";
        const bool connected = s != "mysql_escape_string" && s != "mysql_hex_string" &&
                               s != "PQescapeString";
        const u32 to = i + (connected && part.is(i + 3, ",") ? 4 : 2);
        if (escaped && part.is_word(to)) bind(part.str(to), scope, Trust::guarded, {}, true);
    }
    if (part.str(i) == "regex" && part.is_word(i + 1) && part.is_string(i + 3)) {
        learn_pattern(part, i + 1, i + 3, i + 4);
    }
    // A table of literals: std::map<...> columns{{"a", "b"}}.
    if (part.is(i, "{") && i > 1 && part.is_word(i - 1) && part.is(i - 2, ">") &&
        part.tokens[i].match != kNone && part.tokens[i].match > i) {
        bind(part.str(i - 1), scope, trust(part, i, part.tokens[i].match + 1));
    }
    // list << "?"
    if (part.is(i, "<<") && i > 1 && part.is_word(i - 1) &&
        one_of(part.str(i - 2), {";", "{", "}", ")"})) {
        bind(part.str(i - 1), scope, trust(part, i + 1, expression_end(part, i + 1, kValueTokens)));
    }
    const bool shifted = part.is(i, "<<") && i > 1 && part.is_word(i - 1) &&
                         part.is_string(i + 1) && !part.is(i - 2, "<<");
    if (shifted) {
        const std::string sql = sql_text(part, i + 1, i + 2);
        if (!sql.empty()) bind(part.str(i - 1), scope, Trust::constant, sql);
    }
    if (!part.is_string(i) || i < 2) return;
    const bool brace = part.is(i - 1, "(") || part.is(i - 1, "{");
    if (brace && part.is_word(i - 2) && i >= 3 && part.tokens[i - 1].match == i + 1 &&
        (part.is_word(i - 3) || part.is(i - 3, "&") || part.is(i - 3, ">"))) {
        bind(part.str(i - 2), scope, Trust::constant, sql_text(part, i, i + 1));
    }
    const bool copied = part.is(i - 1, ",") && part.is_word(i - 2) && i >= 4 &&
                        one_of(part.str(i - 4), {"strcpy", "strcat", "strlcpy", "g_strlcpy"});
    if (copied) bind(part.str(i - 2), scope, Trust::unknown, sql_text(part, i, i + 1));
}

}  // namespace tk::review
