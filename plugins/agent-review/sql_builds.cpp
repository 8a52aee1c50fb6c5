#include "sql_builds.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr std::size_t kInflows = 64;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

// Around a string these change nothing: std::string("..."), text("...").
bool is_wrapper(std::string_view name) {
    return one_of(name, {"string",
                         "QString",
                         "String",
                         "str",
                         "text",
                         "string_view",
                         "L",
                         "_T",
                         "TEXT",
                         "QStringLiteral",
                         "QLatin1String",
                         "trim",
                         "return",
                         "and",
                         "or",
                         "wstring",
                         "tr",
                         "dedent",
                         "StringBuilder",
                         "format",
                         "await",
                         "in",
                         "not",
                         "ostringstream",
                         "f",
                         "is",
                         "if",
                         "echo",
                         "print"});
}

}  // namespace

bool BuildReader::joins(u32 i) const {
    if (part_.kind(i) != TokenKind::symbol) return false;
    const std::string_view s = part_.str(i);
    if (part_.language == Language::php) return s == ".";
    return s == "+" || (part_.language == Language::c && s == "<<");
}

std::vector<BuildReader::Range> BuildReader::arguments(u32 first, u32 last) const {
    std::vector<Range> out;
    while (first < last && out.size() < kInflows) {
        u32 end = std::min(expression_end(part_, first, 400), last);
        if (end == first)
            ++end;
        else
            out.push_back({first, end});
        first = end < last && part_.is(end, ",") ? end + 1 : end;
    }
    return out;
}

// A string with its neighbours, or a value.
u32 BuildReader::take_operand(u32 i) {
    const bool adjacent = part_.language == Language::python || part_.language == Language::c;
    const bool separator = part_.language == Language::python && part_.is_string(i) &&
                           part_.is(i + 1, ".") && part_.str(i + 2) == "join";
    if (!part_.is_string(i) || separator) {
        // A group that opens with a string is read through: ("SELECT ..." "...").
        const u32 end = operand_end(part_, i);
        if (end > i) pieces_.push_back({i, end, false});
        return end;
    }
    do {
        taken_[i] = true;
        pieces_.push_back({i, i + 1, true});
        ++i;
        // "..." PRIu64 "..." and COLUMNS between two literals.
        const bool macro =
            part_.language == Language::c && part_.is_word(i) && is_all_caps(part_.str(i));
        if (macro) ++i;
    } while (adjacent && part_.is_string(i));
    return take_postfixes(i);
}

u32 BuildReader::take_postfixes(u32 i) {
    const bool php = part_.language == Language::php;
    while (part_.is_word(i + 1) && part_.is(i + 2, "(") && part_.tokens[i + 2].match != kNone &&
           ((part_.is(i, ".") && !php) || part_.is(i, "->") || part_.is(i, "?."))) {
        const std::string_view name = part_.str(i + 1);
        const u32 open = i + 2;
        const u32 close = part_.tokens[open].match;
        if (close < open) break;
        const bool qt = name == "arg" && part_.language == Language::c;
        if ((name == "format" || name == "format_map") && style_ == Style::none) {
            style_ = Style::braces;
            arguments_ = arguments(open + 1, close);
        } else if (qt) {
            style_ = Style::qt;
            for (const Range& range : arguments(open + 1, close)) {
                arguments_.push_back(range);
                break;  // the rest are widths and fill characters
            }
        } else if (name == "concat" || name == "append") {
            for (const Range& range : arguments(open + 1, close)) take_operand(range.first);
        }
        i = close + 1;
    }
    return i;
}

// Out of parentheses that hold nothing but the build so far.
u32 BuildReader::climb(u32 i, u32& first) {
    while (part_.is(i, ")") && first > 0) {
        const u32 open = part_.tokens[i].match;
        if (open == kNone || open + 1 != first) return i;
        const bool called = open > 0 && part_.is_word(open - 1) && !is_wrapper(part_.str(open - 1));
        const bool generic = open > 0 && (part_.is(open - 1, ">") || part_.is(open - 1, ")") ||
                                          part_.is(open - 1, "]"));
        if (called || generic) return i;
        first = open;
        const bool wrapped = open > 0 && part_.is_word(open - 1) &&
                             !one_of(part_.str(open - 1), {"return", "and", "or", "in", "not", "is",
                                                           "if", "echo", "print", "await"});
        if (wrapped) --first;
        while (wrapped && first >= 2 && part_.is_word(first - 2) &&
               (part_.is(first - 1, "::") || part_.is(first - 1, "."))) {
            first -= 2;
        }
        i = take_postfixes(i + 1);
    }
    return i;
}

void BuildReader::take_format(u32 i, u32 end) {
    if (style_ != Style::none) return;
    style_ = Style::percent;
    const u32 close = part_.tokens[i].match;
    const bool group = part_.is(i, "(") && close != kNone && close + 1 == end;
    const bool mapping = part_.is(i, "{") && close != kNone && close + 1 == end;
    if (!group && !mapping) {
        arguments_.push_back({i, end});
        return;
    }
    arguments_ = arguments(i + 1, close);
    if (!mapping) return;
    for (Range& range : arguments_) {
        u32 colon = range.first;
        while (colon < range.last && !part_.is(colon, ":")) ++colon;
        if (colon + 1 < range.last) range.first = colon + 1;
    }
}

// sprintf(buffer, "SELECT ... %s", name) and its like: the arguments follow the string.
void BuildReader::find_formatter(u32 head, u32 end) {
    const u32 open = part_.tokens[head].opener;
    if (style_ != Style::none || open == kNone || open == 0 || !part_.is(open, "(")) return;
    const std::string_view name = part_.str(open - 1);
    const u32 close = part_.tokens[open].match;
    if (close == kNone) return;
    const bool printf_like =
        name.ends_with("printf") || one_of(name, {"StrFormat", "asprintf", "printf", "StringPrintf",
                                                  "g_strdup_printf", "strprintf"});
    if (printf_like && (part_.language == Language::c || part_.language == Language::php)) {
        style_ = Style::percent;
    } else if (name == "format" && part_.language == Language::javascript) {
        // pg-format's own conversions quote.
        const bool util = open >= 3 && part_.str(open - 3) == "util";
        if (util) style_ = Style::percent;
    } else if (one_of(name, {"format", "format_to", "format_to_n"}) &&
               part_.language == Language::c) {
        style_ = Style::braces;
    } else if (one_of(name, {"StrCat", "StrAppend", "concat"}) && part_.language == Language::c) {
        for (u32 i = end; part_.is(i, ",") && i < close;) {
            const u32 next = take_operand(i + 1);
            if (next == i + 1) break;
            i = next;
        }
        return;
    }
    if (style_ != Style::none && part_.is(end, ",")) arguments_ = arguments(end + 1, close);
}

// ["SELECT ... ", id].join("") and " ".join(["SELECT ...", id]) and implode(' ', [...]).
void BuildReader::take_list(u32 first, u32& end) {
    const u32 open = part_.tokens[first].opener;
    if (open == kNone || open + 1 != first || !part_.is(end, ",")) return;
    if (!part_.is(open, "[") && !part_.is(open, "(")) return;
    const u32 close = part_.tokens[open].match;
    if (close == kNone) return;
    const bool method = part_.is(close + 1, ".") && part_.str(close + 2) == "join";
    const u32 outer = part_.tokens[open].opener;
    const bool function = outer != kNone && outer > 0 && part_.is(outer, "(") &&
                          one_of(part_.str(outer - 1), {"join", "implode"});
    if (!method && !function) return;
    for (const Range& range : arguments(end + 1, close)) {
        u32 i = range.first;
        while (i < range.last) {
            const u32 next = take_operand(i);
            if (next == i) break;
            i = joins(next) ? next + 1 : range.last;
        }
    }
    end = close + 1;
}

// Behind a dotted name that is known to hold SQL, or `first`.
u32 BuildReader::name_with_sql(u32 first) const {
    if (!part_.is_word(first)) return first;
    const bool php = part_.language == Language::php;
    for (u32 last = first, n = 0; n < 5; ++n, last += 2) {
        const u32 begin = part_.tokens[first].begin;
        const auto path = part_.text.substr(begin, part_.tokens[last].end - begin);
        if (!flow_.sql_of(path, part_.tokens[first].scope).empty()) return last + 1;
        const bool member = (part_.is(last + 1, ".") && !php) || part_.is(last + 1, "->") ||
                            part_.is(last + 1, "::");
        if (!member || !part_.is_word(last + 2)) break;
    }
    return first;
}

Build BuildReader::read(u32 first, std::string_view before) {
    pieces_.clear();
    arguments_.clear();
    style_ = Style::none;
    u32 start = first;
    u32 i = name_with_sql(first);
    if (i != first) {
        pieces_.push_back({first, i, false});
        i = take_postfixes(i);
    } else {
        i = take_operand(first);
    }
    while (i < part_.size() && pieces_.size() < 400) {
        const u32 outside = climb(i, start);
        if (outside != i) {
            i = outside;
            continue;
        }
        const bool percent = part_.language == Language::python && part_.is(i, "%");
        if (!percent && !joins(i)) break;
        const u32 operand = i + 1;
        if (percent) {
            const u32 end = operand_end(part_, operand);
            if (end == operand) break;
            take_format(operand, end);
            i = end;
            continue;
        }
        // "a" + ("b" + x): the group is read as a value unless it begins with a string.
        const u32 end = take_operand(operand);
        if (end == operand) break;
        i = end;
    }
    if (i < part_.size() && part_.is_string(first)) {
        take_list(start, i);
        find_formatter(first, i);
    }
    Build build = render(before);
    build.head = first;
    build.first = start;
    build.last = i;
    return build;
}

Build BuildReader::read_arguments(u32 first, u32 last, std::string_view before) {
    pieces_.clear();
    arguments_.clear();
    style_ = Style::none;
    for (const Range& range : arguments(first, last)) {
        u32 i = range.first;
        while (i < range.last) {
            const u32 next = take_operand(i);
            if (next == i) break;
            i = joins(next) ? next + 1 : range.last;
        }
    }
    Build build = render(before);
    build.head = first;
    build.first = first;
    build.last = last;
    return build;
}

}  // namespace tk::review
