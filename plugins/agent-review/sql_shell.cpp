#include "sql_shell.hpp"

#include "secret_values.hpp"
#include "sql_shape.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr u32 kStatementTokens = 120;
constexpr std::size_t kTextBytes = 8192;

bool is_client(std::string_view word) {
    const auto slash = word.rfind('/');
    if (slash != std::string_view::npos) word.remove_prefix(slash + 1);
    for (const auto client : {"mysql",    "mariadb",      "psql",    "sqlite3", "sqlite",
                              "sqlcmd",   "isql",         "sqlplus", "duckdb",  "clickhouse-client",
                              "cqlsh",    "bq",           "mysqlsh", "pgcli",   "mycli",
                              "usql",     "impala-shell", "beeline", "hive",    "snowsql",
                              "trino",    "presto",       "osql",    "tsql",    "db2",
                              "cockroach"}) {
        if (word == client) return true;
    }
    return false;
}

// run_sql, db_query, "$MYSQL": names that speak of a database.
bool speaks_of_sql(std::string_view word) {
    const std::string lowered = lower_ascii(word.substr(0, 80));
    if (lowered.find(".sql") != std::string::npos || lowered.find('/') != std::string::npos) {
        return false;
    }
    return lowered.find("sql") != std::string::npos || lowered.find("query") != std::string::npos ||
           lowered.starts_with("db_");
}

struct Statement {
    u32 first = 0, last = 0;
};

Statement statement_around(const TokenStream& part, u32 i) {
    const auto ends = [&](u32 at) {
        return part.kind(at) == TokenKind::line_end || part.is(at, ";") || part.is(at, ";;");
    };
    Statement found{i, i};
    while (found.first > 0 && i - found.first < kStatementTokens && !ends(found.first - 1)) {
        --found.first;
    }
    while (found.last < part.size() && found.last - i < kStatementTokens && !ends(found.last)) {
        ++found.last;
    }
    return found;
}

// A command line inside a string: sh -c 'exec mysql shop'.
bool runs_client(std::string_view text) {
    text = text.substr(0, 400);
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" \t\n'\"\\;|&()"), text.size());
        // A client is followed by its arguments, or ends the string.
        const char next = end < text.size() ? text[end] : ' ';
        if (end > 0 && is_client(text.substr(0, end)) && next != ';' && next != ')') return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

std::string_view body_of(const TokenStream& part, u32 i) {
    const Token& token = part.tokens[i];
    return part.text.substr(token.body_begin, token.body_end - token.body_begin);
}

// cat > "$file", tee file: where the statement's output goes.
std::string_view target_of(const TokenStream& part, const Statement& statement) {
    for (u32 i = statement.first; i + 1 < statement.last; ++i) {
        const bool redirected = part.is(i, ">") || part.is(i, ">>") || part.str(i) == "tee";
        if (!redirected || part.kind(i + 1) == TokenKind::symbol) continue;
        const bool option = part.str(i + 1).starts_with("-");
        return option ? std::string_view{} : part.str(i + 1);
    }
    return {};
}

bool goes_to_database(const TokenStream& part, const ShellDatabases& databases,
                      const Statement& statement, u32 head) {
    const std::string_view target = target_of(part, statement);
    if (databases.knows(target) || target.ends_with(".sql") || target.ends_with(".sql\"")) {
        return true;
    }
    if (head > 1 && !part.tokens[head].spaced &&
        (part.is(head - 1, "=") || part.is(head - 1, "+="))) {
        return part.is_word(head - 2);
    }
    for (u32 i = statement.first; i < statement.last; ++i) {
        const std::string_view s = part.str(i);
        const bool word = part.is_word(i);
        if (word && (is_client(s) || speaks_of_sql(s) || databases.knows(s))) return true;
        if (part.is_string(i) && i != head && runs_client(body_of(part, i))) return true;
        const bool variable = part.is_string(i) && i != head && s.size() < 40 &&
                              s.find('$') != std::string_view::npos && speaks_of_sql(s);
        if (variable && i < head) return true;
    }
    return false;
}

class ShellBuild {
public:
    ShellBuild(const TokenStream& part, const ValueFlow& flow) : part_(part), flow_(flow) {}

    // The strings and words that stand together without a blank.
    u32 take_word(u32 i) {
        const u32 first = i;
        do {
            if (part_.is_string(i))
                take_string(i);
            else if (part_.kind(i) == TokenKind::word || part_.kind(i) == TokenKind::number)
                add_text(part_.str(i));
            ++i;
        } while (i < part_.size() && !part_.tokens[i].spaced && i - first < 400 &&
                 (part_.is_string(i) || part_.is_word(i)) && !part_.tokens[i].heredoc);
        return i;
    }

    // printf puts the words after the format into it.
    void take_printf(u32 i, u32 last) {
        if (build_.text.find('%') == std::string::npos) return;
        std::string text;
        const ShellBuild format = *this;
        Inflow worst;
        for (; i < last && part_.kind(i) != TokenKind::symbol; ++i) {
            if (!part_.is_string(i)) continue;
            const Token& token = part_.tokens[i];
            const Trust trust = flow_.trust(part_, i, i + 1);
            if (trust > worst.trust) worst = {token.begin, token.end, token.begin, trust, kNone};
        }
        for (std::size_t at = 0; at < format.build_.text.size(); ++at) {
            const bool value = format.build_.text.compare(at, 2, "%s") == 0;
            text += value ? kValueMark : format.build_.text[at];
            if (value) ++at;
        }
        if (text == format.build_.text || worst.trust == Trust::constant) return;
        build_.text = std::move(text);
        build_.inflows.push_back(worst);
    }

    Build& build() { return build_; }

private:
    void add_text(std::string_view text) {
        if (build_.text.size() < kTextBytes) build_.text += text;
    }

    void take_string(u32 i) {
        const Token& token = part_.tokens[i];
        u32 at = token.body_begin;
        for (u32 n = 0; n < token.holes && build_.inflows.size() < 64; ++n) {
            const Hole& hole = part_.holes[token.first_hole + n];
            if (hole.begin > at) add_text(part_.text.substr(at, hole.begin - at));
            const std::string_view name =
                part_.text.substr(hole.expr_begin, hole.expr_end - hole.expr_begin);
            const std::string_view sql = flow_.sql_of(name, token.scope);
            at = hole.end;
            if (!sql.empty()) {
                add_text(sql);
                continue;
            }
            const Trust trust = flow_.trust_of_hole(part_, hole, token.scope);
            build_.text += trust == Trust::constant ? 'x' : kValueMark;
            if (trust != Trust::constant) {
                build_.inflows.push_back(
                    {hole.begin, hole.end, hole.begin, trust, build_.text.size() - 1});
            }
        }
        if (token.body_end > at) add_text(part_.text.substr(at, token.body_end - at));
    }

    const TokenStream& part_;
    const ValueFlow& flow_;
    Build build_;
};

// ssh host "psql -c \"DELETE ...\"": the statement is quoted inside the command line.
bool holds_statement(std::string_view text) {
    if (!runs_client(text)) return false;
    int quotes = 0;
    for (std::size_t at = text.find_first_of("'\""); at != text.npos && quotes < 8;
         at = text.find_first_of("'\"", at + 1), ++quotes) {
        if (is_sql(text.substr(at + 1, 600))) return true;
    }
    return false;
}

}  // namespace

ShellDatabases::ShellDatabases(const TokenStream& part) {
    u32 body_end = 0;
    std::string_view function;
    bool client = false;
    for (u32 i = 0; i < part.size(); ++i) {
        const u32 match = part.tokens[i].match;
        if (part.is(i, "{") && match != kNone && match > i && i >= 2) {
            const bool worded = part.str(i - 2) == "function";
            const bool classic = i >= 3 && part.is(i - 1, ")") && part.is(i - 2, "(");
            if (classic || worded) function = part.str(classic ? i - 3 : i - 1);
            if (classic || worded) body_end = match;
        }
        if (part.kind(i) == TokenKind::line_end || part.is(i, ";")) client = false;
        const bool here = (part.is_word(i) && is_client(part.str(i))) ||
                          (part.is_string(i) && !part.tokens[i].heredoc &&
                           runs_client(body_of(part, i)));
        client = client || here;
        if (here && i < body_end && !function.empty()) words_.insert(function);
        const bool file = client && i > 0 && part.kind(i) != TokenKind::symbol &&
                          (part.is(i - 1, "<") || part.str(i - 1) == "-f" ||
                           part.str(i - 1) == "--file");
        if (file) words_.insert(part.str(i));
    }
}

Build read_shell_build(const TokenStream& part, const ValueFlow& flow,
                       const ShellDatabases& databases, u32 i, u32& next) {
    ShellBuild reader(part, flow);
    const bool appended = i >= 2 && part.is(i - 1, "+=") && part.is_word(i - 2);
    if (appended) reader.build().text = flow.sql_of(part.str(i - 2), part.tokens[i].scope);
    next = reader.take_word(i);
    const bool printed =
        i > 0 && (part.str(i - 1) == "printf" || part.str(i - 1) == "--" ||
                  (i > 2 && part.str(i - 2) == "-v" && part.str(i - 3) == "printf"));
    Build& build = reader.build();
    if (build.inflows.empty() && !printed) return {};
    const Statement statement = statement_around(part, i);
    if (printed) reader.take_printf(next, statement.last);
    if (build.inflows.empty()) return {};
    // ".mode csv", "\\timing": the client's own commands stand on lines before the statement.
    while (build.text.starts_with(".") || build.text.starts_with("\\") ||
           build.text.starts_with("\n")) {
        const auto line = std::min(build.text.find('\n'), build.text.size() - 1);
        build.text.erase(0, line + 1);
        for (Inflow& inflow : build.inflows) inflow.mark -= line + 1;
    }
    const bool sql = ((is_sql(build.text) || continues_sql(build.text)) &&
                      goes_to_database(part, databases, statement, i)) ||
                     holds_statement(build.text);
    if (!sql) return {};
    build.head = i;
    build.first = i;
    build.last = next;
    return std::move(build);
}

}  // namespace tk::review
