#include "sql_shape.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace tk::review {
namespace {

using std::size_t;
constexpr size_t kShapePieces = 400;
constexpr int kStatements = 12;

struct Piece {
    std::string_view text;
    char kind = 's';  // 'w' word, 'n' number, 'v' value, 's' sign
};

bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool same(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c =
            text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c != lower[i]) return false;
    }
    return true;
}

bool same_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return same(text, word); });
}

bool upper(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}
bool title(std::string_view text) {
    return !upper(text) && text[0] >= 'A' && text[0] <= 'Z';
}

class Shape {
public:
    explicit Shape(std::string_view text) {
        size_t at = 0;
        while (at < text.size() && pieces_.size() < kShapePieces) at = take(text, at);
    }

    bool statement() const {
        size_t i = 0;
        while (is(i, "(") || is(i, ";")) ++i;
        if (word(i, "explain")) ++i;
        // One value may stand before the statement when its words are unmistakable.
        if (value(i) && kind(i + 1) == 'w' && upper(text(i + 1))) ++i;
        if (kind(i) != 'w') return false;
        const std::string_view verb = text(i);
        if (same(verb, "select")) return select(i);
        if (same(verb, "insert") || same(verb, "replace")) return insert(i);
        if (same(verb, "update")) return update(i);
        if (same(verb, "delete")) return remove(i);
        if (same(verb, "with")) return with(i);
        if (same_any(verb, {"drop", "alter", "create", "truncate"})) return define(i);
        return upper(verb) && other(i);
    }

    bool continuation() const {
        size_t i = 0;
        while (is(i, ")") || is(i, "'") || is(i, "\"") || is(i, ",") || is(i, "(") || is(i, "%"))
            ++i;
        if (kind(i) != 'w') return false;
        const std::string_view first = text(i);
        const bool loud = upper(first);
        if (same_any(first, {"where", "and", "or", "having", "on", "set"})) {
            size_t from = i + 1;
            while (is(from, "(") || word(from, "not")) ++from;
            return condition_at(from, !loud);
        }
        if (same_any(first, {"order", "group"}) && word(i + 1, "by")) {
            return (loud || !title(first)) && (value(i + 2) || value_within(i + 2, 4));
        }
        if (!loud) return false;
        if (same_any(first, {"limit", "offset"})) return value(i + 1);
        if (same(first, "values")) return is(i + 1, "(") && value_within(i + 2, kShapePieces);
        if (same(first, "union")) return any_word(i + 1, "select") != npos;
        if (same_any(first, {"like", "ilike", "in"})) return value_within(i + 1, 4);
        if (same(first, "from")) {
            return kind(i + 1) != 's' && (any_word(i + 2, "where") != npos) &&
                   value_within(i + 1, kShapePieces);
        }
        return false;
    }

    // `column = '\1'`; quiet conditions need the quote.
    bool condition_at(size_t i, bool quoted_only) const {
        const size_t begin = i;
        while (kind(i) == 'w' || is(i, ".") || is(i, "`") || is(i, "\"") || is(i, "[") ||
               is(i, "]") || is(i, "(") || is(i, ")") || kind(i) == 'n') {
            if (same_any(text(i), {"like", "ilike", "in", "is", "not", "between", "regexp"})) break;
            if (++i - begin > 12) return false;
        }
        if (i == begin) {
            // A column that is itself a value: "WHERE \1 = ...".
            return !quoted_only && value(i) && compares(i + 1);
        }
        if (!compares(i) || (is(i, "=") && is(i + 1, "="))) return false;
        while (compares(i) || word(i, "any")) ++i;
        bool quoted = false;
        while (is(i, "'") || is(i, "%") || is(i, "(") || is(i, "\"")) {
            quoted = quoted || is(i, "'") || is(i, "\"");
            ++i;
        }
        if (value(i)) return quoted || !quoted_only;
        // The first comparison may be a constant one, and the value stand in a later one.
        return !quoted_only && value_within(i, 60);
    }

    bool opening() const {
        size_t i = 0;
        while (is(i, "(")) ++i;
        return kind(i) == 'w' &&
               same_any(text(i), {"select", "insert", "update", "delete", "with", "replace", "drop",
                                  "alter", "create", "truncate", "exec", "execute", "merge"}) &&
               (upper(text(i)) || statement());
    }

private:
    static constexpr size_t npos = static_cast<size_t>(-1);

    size_t take(std::string_view in, size_t at) {
        const char c = in[at];
        if (static_cast<unsigned char>(c) <= ' ' && c != kValueMark) return at + 1;
        if (c == '-' && in.substr(at, 2) == "--") {  // a comment
            const auto end = in.find('\n', at);
            return end == std::string_view::npos ? in.size() : end + 1;
        }
        size_t end = at + 1;
        char kind = 's';
        if (c == kValueMark) {
            kind = 'v';
        } else if (letter(c) || (static_cast<unsigned char>(c) & 0x80U) != 0) {
            kind = 'w';
            while (end < in.size() && (letter(in[end]) || digit(in[end]) || in[end] == '$' ||
                                       (static_cast<unsigned char>(in[end]) & 0x80U) != 0)) {
                ++end;
            }
        } else if (digit(c)) {
            kind = 'n';
            while (end < in.size() && digit(in[end])) ++end;
        }
        pieces_.push_back({in.substr(at, end - at), kind});
        return end;
    }

    char kind(size_t i) const { return i < pieces_.size() ? pieces_[i].kind : '\0'; }
    std::string_view text(size_t i) const {
        return i < pieces_.size() ? pieces_[i].text : std::string_view{};
    }
    bool is(size_t i, std::string_view sign) const { return kind(i) == 's' && text(i) == sign; }
    bool value(size_t i) const { return kind(i) == 'v'; }
    bool word(size_t i, std::string_view lower) const {
        return kind(i) == 'w' && same(text(i), lower);
    }
    bool named(size_t i) const {
        return kind(i) == 'w' || value(i) || is(i, "`") || is(i, "\"") || is(i, "[") ||
               is(i, "'") || is(i, "?") || is(i, ":") || is(i, "#") || is(i, "@");
    }
    size_t any_word(size_t from, std::string_view lower) const {
        for (size_t i = from; i < pieces_.size(); ++i) {
            if (word(i, lower)) return i;
        }
        return npos;
    }
    bool value_within(size_t from, size_t many) const {
        for (size_t i = from; i < pieces_.size() && i - from < many; ++i) {
            if (value(i)) return true;
        }
        return false;
    }
    bool compares(size_t i) const {
        return is(i, "=") || is(i, "<") || is(i, ">") || is(i, "!") || is(i, "~") ||
               (kind(i) == 'w' && same_any(text(i), {"like", "ilike", "in", "is", "not", "between",
                                                     "regexp", "rlike"}));
    }

    // Words that follow "from" or stand in the list only in prose. Short ones may be names, unless
    // a further word shows that they are articles.
    bool prose(size_t i) const {
        if (kind(i) != 'w' || is(i + 1, ".") || is(i + 1, ",")) return false;
        if (same_any(text(i), {"the", "your", "our", "my", "this", "that", "these", "those",
                               "below", "above", "following", "which", "either", "another"})) {
            return true;
        }
        const bool article =
            same_any(text(i), {"a", "an", "one", "any", "some", "it", "them", "each", "here"});
        return article && kind(i + 1) == 'w' &&
               !same_any(text(i + 1),
                         {"from",  "where",  "order", "group", "limit",  "join", "left",
                          "inner", "right",  "union", "set",   "values", "as",   "having",
                          "cross", "offset", "full",  "on",    "select", "for"});
    }

    bool clause_after(size_t from) const {
        for (const auto clause : {"where", "join", "order", "group", "limit", "having", "union"}) {
            if (any_word(from, clause) != npos) return true;
        }
        return false;
    }

    bool select(size_t verb) const {
        const size_t from = any_word(verb + 1, "from");
        const bool loud = upper(text(verb));
        if (from == npos) {
            // SELECT set_config('x', '\1'), or SELECT with nothing but a value yet.
            return loud && kind(verb + 1) == 'w' && is(verb + 2, "(") && !prose(verb + 1);
        }
        if (from == verb + 1 || prose(from + 1)) return false;
        if (!named(from + 1) && !is(from + 1, "(")) return false;
        bool list = false;
        for (size_t i = verb + 1; i < from; ++i) {
            if (prose(i)) return false;
            list = list || is(i, ",") || is(i, "*") || is(i, "(") || is(i, ".");
        }
        if (loud && upper(text(from))) return true;
        if (list || clause_after(from + 1)) return true;
        return !title(text(verb)) && value(from + 1) && pieces_.size() <= from + 3;
    }

    bool insert(size_t verb) const {
        size_t into = any_word(verb + 1, "into");
        if (into == npos || into > verb + 4 || !named(into + 1) || prose(into + 1)) return false;
        if (upper(text(verb)) && upper(text(into))) return true;
        return any_word(into + 2, "values") != npos || any_word(into + 2, "select") != npos ||
               (any_word(into + 2, "set") != npos && is_any("="));
    }

    bool is_any(std::string_view sign) const {
        for (size_t i = 0; i < pieces_.size(); ++i) {
            if (is(i, sign)) return true;
        }
        return false;
    }

    bool update(size_t verb) const {
        const size_t set = any_word(verb + 1, "set");
        if (set == npos) {
            // "UPDATE `\1`" alone may be a button; a quoted name is not.
            return upper(text(verb)) && is(verb + 1, "`");
        }
        if (!named(verb + 1) || set > verb + 14 || prose(verb + 1)) return false;
        if (upper(text(verb)) && upper(text(set))) return true;
        return is_any("=") || (!title(text(verb)) && value(set + 1));
    }

    bool remove(size_t verb) const {
        if (!word(verb + 1, "from") || !named(verb + 2) || prose(verb + 2)) return false;
        if (upper(text(verb)) && upper(text(verb + 1))) return true;
        const size_t where = any_word(verb + 3, "where");
        return where != npos && (is_any("=") || any_word(where, "in") != npos ||
                                 any_word(where, "like") != npos || value(where + 1));
    }

    bool with(size_t verb) const {
        const size_t as = any_word(verb + 1, "as");
        if (as == npos || as > verb + 40) return false;
        const size_t open = word(as + 1, "materialized") ? as + 2 : as + 1;
        return is(open, "(") && (any_word(open, "select") != npos || upper(text(verb)));
    }

    bool define(size_t verb) const {
        size_t what = verb + 1;
        while (kind(what) == 'w' &&
               same_any(text(what), {"or", "replace", "temp", "temporary", "unique", "global",
                                     "materialized", "unlogged", "external"})) {
            ++what;
        }
        const bool loud = upper(text(verb)) && upper(text(what));
        const bool table = same_any(text(what), {"table", "database", "schema", "view"});
        const bool thing =
            table || same_any(text(what), {"index", "user", "role", "sequence", "function",
                                           "procedure", "trigger", "login", "column", "extension"});
        if (kind(what) != 'w' || !thing || prose(what + 1)) return false;
        if (loud) return named(what + 1);
        if (title(text(verb)) || !table || !named(what + 1)) return false;
        return word(what + 1, "if") || is(what + 2, "(") || is_any(";") || is(what + 1, "`") ||
               (value(what + 1) && !same(text(verb), "create") && pieces_.size() <= what + 3);
    }

    bool other(size_t i) const {
        const std::string_view verb = text(i);
        if (same_any(verb, {"exec", "execute"})) {
            const bool name = text(i + 1).find('_') != std::string_view::npos || is(i + 2, ".");
            return name || word(i + 1, "immediate");
        }
        if (same(verb, "call")) return kind(i + 1) == 'w' && is(i + 2, "(");
        if (same(verb, "merge")) return word(i + 1, "into") && any_word(i, "using") != npos;
        if (same_any(verb, {"grant", "revoke"})) {
            const size_t on = any_word(i, "on");
            return on != npos && (any_word(on, "to") != npos || any_word(on, "from") != npos);
        }
        return same(verb, "show") && kind(i + 1) == 'w' &&
               (any_word(i, "like") != npos || any_word(i, "from") != npos) &&
               same_any(text(i + 1), {"tables", "columns", "databases", "index", "full"});
    }

    std::vector<Piece> pieces_;
};

template <typename Test>
bool any_statement(std::string_view text, Test test) {
    for (int n = 0; n < kStatements && !text.empty(); ++n) {
        if (test(Shape(text))) return true;
        const auto next = text.find(';');
        if (next == std::string_view::npos) return false;
        text.remove_prefix(next + 1);
    }
    return false;
}

// 'input[name="x"]', '.row', '#id': a CSS selector compares inside of brackets.
bool is_selector(std::string_view text) {
    text = text.substr(0, 400);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
    if (text.empty() || std::string_view(".#:>*").find(text[0]) != text.npos) return !text.empty();
    const auto compared = text.find_first_of("=~<>!");
    const auto open = text.substr(0, compared).rfind('[');
    return open != text.npos && text.substr(open, compared - open).find(']') == text.npos;
}

// Quotes of identifiers, and the parts of a dotted one.
bool name_sign(char c) {
    return letter(c) || digit(c) || c == '`' || c == '"' || c == '[' || c == '.' ||
           c == kValueMark;
}

}  // namespace

bool is_sql(std::string_view text) {
    return any_statement(text, [](const Shape& shape) { return shape.statement(); });
}

bool continues_sql(std::string_view text) {
    return Shape(text).continuation();
}

SqlPlace place_in_sql(std::string_view text, size_t mark) {
    if (mark >= text.size() || text[mark] != kValueMark) return SqlPlace::value;
    const size_t least = mark > 200 ? mark - 200 : 0;
    size_t name = mark;
    while (name > least && name_sign(text[name - 1])) --name;
    size_t at = name;
    const auto word_before = [&] {
        while (at > least && static_cast<unsigned char>(text[at - 1]) <= ' ' &&
               text[at - 1] != kValueMark) {
            --at;
        }
        const size_t end = at;
        while (at > least && letter(text[at - 1])) --at;
        return text.substr(at, end - at);
    };
    if (name > 0 && (letter(text[name - 1]) || name == least)) return SqlPlace::value;
    std::string_view word = word_before();
    if (same(word, "exists")) {  // TABLE IF NOT EXISTS
        word = word_before();
        if (same(word, "not")) word = word_before();
        if (same(word, "if")) word = word_before();
    }
    if (same_any(word, {"from", "into", "update", "join", "table"})) return SqlPlace::table;
    if (same_any(word, {"by", "where", "and", "or", "on", "set", "select", "distinct", "not"})) {
        return SqlPlace::column;
    }
    return SqlPlace::value;
}

bool is_condition(std::string_view text) {
    return !is_selector(text) && Shape(text).condition_at(0, true);
}

bool may_begin_sql(std::string_view text) {
    return any_statement(text, [](const Shape& shape) { return shape.opening(); });
}

}  // namespace tk::review
