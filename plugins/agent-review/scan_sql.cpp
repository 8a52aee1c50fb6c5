#include "scan.hpp"

#include "excerpt.hpp"
#include "secret_values.hpp"
#include "sql_builds.hpp"
#include "sql_shape.hpp"
#include "sql_shell.hpp"
#include "value_flow.hpp"

#include <algorithm>
#include <limits>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr int kNesting = 3;
constexpr std::size_t kNameBytes = 60;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::string_view mend_of(Language language) {
    switch (language) {
        case Language::python:
            return "pass the value as a parameter: cursor.execute(\"... WHERE id = %s\", (value,))";
        case Language::javascript:
            return "pass the value as a parameter: db.query(\"... WHERE id = ?\", [value])";
        case Language::php:
            return "prepare and bind: $stmt = $pdo->prepare('... WHERE id = ?'); "
                   "$stmt->execute([$value])";
        case Language::c:
            return "prepare and bind: sqlite3_prepare_v2(db, \"... WHERE id = ?\", ...) and "
                   "sqlite3_bind_text(stmt, 1, value, -1, SQLITE_TRANSIENT)";
        case Language::shell:
            return "let the client quote it: psql -v id=\"$value\" <<< \"... WHERE id = :'id'\"";
        case Language::unknown:
            break;
    }
    return "pass the value as a parameter";
}

bool begins_with(std::string_view text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
}

// Without a word that a statement or a clause begins with nothing is worth a look.
bool mentions_sql(std::string_view text) {
    constexpr std::string_view kHeads = "siudwractemgovlh";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char head = static_cast<char>(text[i] | 0x20);
        if (kHeads.find(head) == std::string_view::npos) continue;
        for (const std::string_view word :
             {"select",    "show ",   "insert", "update",  "union",    "delete", "drop ",
              "where",     "with ",   "replace ", "revoke", "alter ",  "and ",   "create ",
              "call ",     "truncate", "exec",  "merge ",  "grant ",   "group ", "order ",
              "or ",       "offset ", "values", "like",    "limit ",   "having"}) {
            if (word[0] == head && begins_with(text.substr(i, 8), word)) return true;
        }
    }
    return false;
}

// Methods of query builders that take a piece of SQL as text.
bool is_raw_call(std::string_view owner, std::string_view name) {
    if (one_of(name, {"whereRaw", "orWhereRaw", "havingRaw", "orHavingRaw", "orderByRaw",
                      "groupByRaw", "selectRaw", "fromRaw", "joinRaw", "whereNotRaw",
                      "andWhereRaw", "RawSQL", "literal_column", "unsafeRaw", "queryRawUnsafe",
                      "$queryRawUnsafe", "$executeRawUnsafe", "addSelectRaw", "updateRaw"})) {
        return true;
    }
    if (name == "raw") {
        return one_of(owner, {"DB", "db", "knex", "trx", "Db", "sql", "qb", "Knex", "database"});
    }
    if (name == "literal") return owner == "sequelize" || owner == "Sequelize";
    return name == "extra" && !owner.empty();
}

// They take a condition as text as well as in parts.
bool is_condition_call(std::string_view name) {
    return one_of(name, {"where", "andWhere", "orWhere", "having", "andHaving", "orHaving",
                         "where_", "or_where", "filter", "setFilter", "text", "addWhere",
                         "and_where", "leftJoin", "innerJoin"});
}

std::string_view danger_of(Trust trust, bool identifier) {
    if (identifier) {
        return " as an identifier, the name of a table or column; a name that comes from outside "
               "changes the statement";
    }
    switch (trust) {
        case Trust::request:
            return ", which comes from request input; whoever sends it can change the statement";
        case Trust::argument:
            return ", which comes from the script's arguments; a value with a quote in it changes "
                   "the statement";
        case Trust::environment:
            return ", which comes from the environment; a value with a quote in it changes the "
                   "statement";
        default:
            return "; a value with a quote in it changes the statement";
    }
}

class SqlScan {
public:
    SqlScan(Language language, std::string_view text)
        : language_(language), text_(text), flow_(language), lines_(text) {}

    std::vector<Finding> run() {
        struct Part {
            TokenStream stream;
            int nesting;
        };
        std::vector<Part> parts;
        parts.push_back({read_tokens(language_, text_, 0, static_cast<u32>(text_.size())), 0});
        flow_.learn(parts[0].stream, 0, false);
        for (std::size_t n = 0; n < parts.size(); ++n) {
            if (parts[n].nesting >= kNesting) continue;
            for (u32 i = 0; i < parts[n].stream.size(); ++i) {
                const Token token = parts[n].stream.tokens[i];
                for (u32 h = 0; h < token.holes; ++h) {
                    const Hole hole = parts[n].stream.holes[token.first_hole + h];
                    if (!holds_string(hole)) continue;
                    TokenStream inner =
                        read_tokens(language_, text_, hole.expr_begin, hole.expr_end);
                    flow_.learn(inner, token.scope, true);
                    parts.push_back({std::move(inner), parts[n].nesting + 1});
                }
            }
        }
        for (const Part& part : parts) {
            if (language_ == Language::shell)
                examine_shell(part.stream);
            else
                examine(part.stream);
        }
        return settled();
    }

private:
    struct Found {
        Finding finding;
        Inflow inflow;
    };

    // In order; what is reported inside an expression is not reported around it as well.
    std::vector<Finding> settled() {
        std::sort(found_.begin(), found_.end(),
                  [](const Found& a, const Found& b) { return a.inflow.at < b.inflow.at; });
        std::vector<Finding> out;
        for (std::size_t i = 0; i < found_.size(); ++i) {
            const Inflow& inflow = found_[i].inflow;
            if (i > 0 && found_[i - 1].inflow.at == inflow.at) continue;
            const auto inside =
                std::find_if(found_.begin() + static_cast<std::ptrdiff_t>(i), found_.end(),
                             [&](const Found& other) { return other.inflow.at > inflow.at; });
            if (inside != found_.end() && inside->inflow.at < inflow.end) continue;
            out.push_back(std::move(found_[i].finding));
        }
        return out;
    }

    bool holds_string(const Hole& hole) const {
        const auto expr = text_.substr(hole.expr_begin, hole.expr_end - hole.expr_begin);
        return expr.size() >= 16 && expr.find_first_of("\"'`") != std::string_view::npos;
    }

    void examine_shell(const TokenStream& part) {
        const ShellDatabases databases(part);
        for (u32 i = 0; i < part.size();) {
            u32 next = i + 1;
            if (part.is_string(i)) {
                const Build build = read_shell_build(part, flow_, databases, i, next);
                if (!build.inflows.empty()) report(build);
            }
            i = std::max(next, i + 1);
        }
    }

    void examine(const TokenStream& part) {
        BuildReader reader(part, flow_);
        for (u32 i = 0; i < part.size(); ++i) {
            if (part.is_string(i)) {
                if (!reader.taken(i) && !tagged(part, i)) judge(part, reader.read(i, {}));
            } else if (part.is_word(i)) {
                examine_word(part, reader, i);
            }
        }
    }

    // Names that hold SQL, and texts that are added to a name.
    void examine_word(const TokenStream& part, BuildReader& reader, u32 i) {
        examine_raw_call(part, reader, i);
        const bool member = i > 0 && (one_of(part.str(i - 1), {"->", "::", "?."}) ||
                                      (part.is(i - 1, ".") && language_ != Language::php));
        if (member) return;
        if (language_ == Language::c && one_of(part.str(i), {"strcat", "strncat", "strlcat"}) &&
            part.is(i + 1, "(") && part.is(i + 3, ",") && part.is_word(i + 2)) {
            const auto sql = flow_.sql_of(part.str(i + 2), part.tokens[i].scope);
            judge(part, reader.read(i + 4, sql));
            return;
        }
        u32 end = i + 1;
        for (int n = 0; n < 5 && part.is_word(end + 1) &&
                        (one_of(part.str(end), {"->", "::"}) ||
                         (part.is(end, ".") && language_ != Language::php));
             ++n) {
            end += 2;
        }
        if (part.is(end, "+=") || part.is(end, ".=")) {
            const u32 begin = part.tokens[i].begin;
            const auto path = text_.substr(begin, part.tokens[end - 1].end - begin);
            judge(part, reader.read(end + 1, flow_.sql_of(path, part.tokens[i].scope)));
            return;
        }
        const u32 behind = reader.name_with_sql(i);
        if (behind == i) return;
        const std::string_view op = part.str(behind);
        const bool method =
            op == "." && language_ != Language::php &&
            one_of(part.str(behind + 1), {"format", "concat", "append", "arg", "format_map"});
        const bool joined = (op == "+" && language_ != Language::php) ||
                            (op == "." && language_ == Language::php) ||
                            (op == "%" && language_ == Language::python) ||
                            (op == "<<" && language_ == Language::c);
        if (part.kind(behind) == TokenKind::symbol && (method || joined)) {
            judge(part, reader.read(i, {}));
        }
    }

    // sql`...`: the tag gets the values apart from the text.
    bool tagged(const TokenStream& part, u32 i) const {
        const Token& token = part.tokens[i];
        if (token.mark != '`' || token.spaced || i == 0) return false;
        if (part.is_word(i - 1)) {
            const bool raw = part.str(i - 1) == "raw" && i >= 3 && part.str(i - 3) == "String";
            return !raw &&
                   !one_of(part.str(i - 1), {"return", "await", "typeof", "case", "of", "in",
                                             "else", "yield", "throw", "default", "new"});
        }
        return part.is(i - 1, ")") || part.is(i - 1, ">") || part.is(i - 1, "]");
    }

    void judge(const TokenStream& part, const Build& build) {
        const bool dangerous =
            std::any_of(build.inflows.begin(), build.inflows.end(),
                        [](const Inflow& inflow) { return inflow.trust >= Trust::unknown; });
        if (!dangerous) return;
        const bool sql = is_sql(build.text) || continues_sql(build.text) ||
                         is_raw_fragment(part, build) ||
                         (is_condition(build.text) && joins_conditions(part, build.first));
        if (sql && !only_shown(part, build.first)) report(build);
    }

    // whereRaw("..." . $x), extra(where=["..." % x]), ->where("name = '$x'"): the call hands the
    // fragment on to the statement as it is.
    bool is_raw_fragment(const TokenStream& part, const Build& build) const {
        const bool condition = is_condition(build.text);
        u32 open = part.tokens[build.first].opener;
        for (int n = 0; n < 3 && open != kNone && open > 0; ++n) {
            if (part.is(open, "(") && part.is_word(open - 1)) {
                const std::string_view name = part.str(open - 1);
                const u32 owner = open >= 3 ? open - 3 : 0;
                // The arguments behind the fragment are its bound values.
                const bool named = name == "extra" && !binds_values(part, open, build.first);
                const bool leads = expression_end(part, open + 1, 400) > build.first;
                if ((leads || named) && is_raw_call(part.str(owner), name)) return true;
                if (leads && condition && is_condition_call(name)) return true;
                if (name != "raw" && name != "text" && name != "array") return false;
            } else if (!part.is(open, "[") && !part.is(open, "{") && !part.is(open, "(")) {
                return false;
            }
            open = part.tokens[open].opener;
        }
        return false;
    }

    // extra(params=[...]) holds values; where=, select= and order_by= hold SQL.
    bool binds_values(const TokenStream& part, u32 open, u32 at) const {
        for (u32 i = at; i > open + 1; --i) {
            if (part.is(i, "=") && part.tokens[i].opener == open) {
                return part.str(i - 1).ends_with("params");
            }
        }
        return true;
    }

    // orderByRaw(req.query.sort): a request's value is the whole fragment.
    void examine_raw_call(const TokenStream& part, BuildReader& reader, u32 i) {
        const u32 owner = i >= 2 ? i - 2 : 0;
        if (!part.is(i + 1, "(") || part.is_string(i + 2) || part.is(i + 2, ")")) return;
        const bool text = language_ == Language::python && part.str(i) == "text";
        if (!text && !is_raw_call(part.str(owner), part.str(i))) return;
        const u32 end = expression_end(part, i + 2, 60);
        if (flow_.trust(part, i + 2, end) != Trust::request) return;
        const Build build = reader.read(i + 2, {});
        if (!build.inflows.empty()) report(build);
    }

    // conditions.append(...), $where[] = ...
    bool joins_conditions(const TokenStream& part, u32 first) const {
        const u32 open = part.tokens[first].opener;
        std::string_view name;
        if (open != kNone && open >= 3 &&
            one_of(part.str(open - 1), {"append", "push", "push_back"})) {
            name = part.str(open - 3);
        } else if (first >= 4 && part.is(first - 1, "=") && part.is(first - 2, "]")) {
            name = part.str(first - 4);
        } else if (first >= 2 && part.is(first - 1, "+=")) {
            name = part.str(first - 2);
        }
        const std::string lowered = lower_ascii(name.substr(0, 60));
        for (const auto word : {"where", "cond", "clause", "filter", "criteria", "sql"}) {
            if (lowered.find(word) != std::string::npos) return true;
        }
        return false;
    }

    // Logs, error messages and other texts for people.
    bool only_shown(const TokenStream& part, u32 first) const {
        if (first > 0 && one_of(part.str(first - 1), {"print", "echo", "throw"})) return true;
        if (language_ == Language::c && first > 0 && part.is(first - 1, "<<")) {
            for (u32 i = first - 1, n = 0; i > 0 && n < 40; --i, ++n) {
                if (part.is(i, ";") || part.is(i, "{") || part.is(i, "}")) break;
                if (part.is_word(i) &&
                    (is_show_call(part.str(i)) || part.str(i).starts_with("LOG"))) {
                    return true;
                }
            }
        }
        u32 open = part.tokens[first].opener;
        for (int n = 0; n < 4 && open != kNone; ++n, open = part.tokens[open].opener) {
            if (open == 0 || part.is(open, "{")) {
                if (open != 0 && part.is(open - 1, "(")) continue;
                return false;
            }
            if (!part.is(open, "(") || !part.is_word(open - 1)) continue;
            const std::string_view name = part.str(open - 1);
            if (name == "fprintf") {
                return one_of(part.str(open + 1),
                              {"stderr", "stdout", "log", "logfile", "log_file"});
            }
            if (is_show_call(name)) return true;
            if (!one_of(name, {"str", "format", "sprintf", "text", "dedent", "join", "implode"})) {
                return false;
            }
        }
        return false;
    }

    void report(const Build& build) {
        const auto worst = std::max_element(
            build.inflows.begin(), build.inflows.end(), [&](const Inflow& a, const Inflow& b) {
                return suspicion(build, a) < suspicion(build, b);
            });
        if (worst->trust < Trust::unknown) return;
        const bool identifier = is_identifier(build, *worst);
        const std::string name(
            cut_utf8(trimmed(text_.substr(worst->begin,
                                          std::min<std::size_t>(worst->end - worst->begin, 400))),
                     kNameBytes));
        const std::size_t line = lines_.line_of(worst->at);
        Finding finding;
        finding.line = static_cast<int>(line) + 1;
        finding.column = static_cast<int>(worst->at - lines_.begin_of(line)) + 1;
        finding.rule = "sql-injection";
        finding.severity = worst->trust == Trust::request ? Severity::critical
                           : identifier                   ? Severity::medium
                                                          : Severity::high;
        finding.message = mask_secrets("SQL text is built with `" + one_line(name) + "`" +
                                       std::string(danger_of(worst->trust, identifier)));
        finding.mend = identifier ? "take the name from a fixed list, or quote it as an identifier"
                                  : mend_of(language_);
        finding.excerpt = excerpt_of(line);
        found_.push_back({std::move(finding), *worst});
    }

    // A name stands where a table or a column is meant, and nothing shows that a request sets it.
    bool is_identifier(const Build& build, const Inflow& inflow) const {
        if (inflow.trust >= Trust::argument) return false;
        const auto value = text_.substr(inflow.begin, inflow.end - inflow.begin);
        const NameKind kind = name_kind(value);
        if (kind == NameKind::other) return false;
        const SqlPlace place = place_in_sql(build.text, inflow.mark);
        if (place == SqlPlace::table) return kind != NameKind::call || speaks_of_names(value);
        return place == SqlPlace::column && kind == NameKind::property && speaks_of_names(value);
    }

    // Which of several values names the finding: request, variable, property, call.
    int suspicion(const Build& build, const Inflow& inflow) const {
        if (inflow.trust < Trust::unknown) return 0;
        const auto value = text_.substr(inflow.begin, inflow.end - inflow.begin);
        const NameKind kind = name_kind(value);
        const int rank = kind == NameKind::variable ? 4 : kind == NameKind::property ? 3 : 2;
        const int level = inflow.trust == Trust::request        ? 30
                          : inflow.trust == Trust::argument     ? 20
                          : is_identifier(build, inflow)        ? 0
                                                                : 10;
        return level + rank;
    }

    // A minified file has all its findings on one line: it is masked once.
    const std::string& excerpt_of(std::size_t line) {
        if (line != shown_line_) {
            const std::size_t begin = lines_.begin_of(line);
            const std::string_view whole =
                trimmed(text_.substr(begin, lines_.end_of(line) - begin));
            const std::string masked = mask_secrets(cut_utf8(whole, 16384));
            shown_ = std::string(cut_utf8(trimmed(one_line(masked)), kExcerptBytes));
            shown_line_ = line;
        }
        return shown_;
    }

    Language language_;
    std::string_view text_;
    ValueFlow flow_;
    LineIndex lines_;
    std::vector<Found> found_;
    std::string shown_;
    std::size_t shown_line_ = static_cast<std::size_t>(-1);
};

}  // namespace

std::vector<Finding> scan_sql(Language language, std::string_view text) {
    // Positions are kept in 32 bits.
    text = text.substr(0, std::numeric_limits<u32>::max() / 4);
    if (language == Language::unknown || !mentions_sql(text)) return {};
    return SqlScan(language, text).run();
}

}  // namespace tk::review
