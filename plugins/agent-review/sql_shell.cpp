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

bool goes_to_database(const TokenStream& part, const Statement& statement, u32 head) {
    if (head > 1 && !part.tokens[head].spaced &&
        (part.is(head - 1, "=") || part.is(head - 1, "+="))) {
        return part.is_word(head - 2);
    }
    for (u32 i = statement.first; i < statement.last; ++i) {
        const std::string_view s = part.str(i);
        if (part.is_word(i) && (is_client(s) || speaks_of_sql(s))) return true;
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
        if (build.text.find('%') == std::string::npos) return;
        std::string text;
        const ShellBuild format = *this;
        Inflow worst;
        for (; i < last && part_.kind(i) != TokenKind::symbol; ++i) {
            if (!part_.is_string(i)) continue;
            const Token& token = part_.tokens[i];
            const Trust trust = flow_.trust(part_, i, i + 1);
            if (trust > worst.trust) worst = {token.begin, token.end, token.begin, trust};
        }
        for (std::size_t at = 0; at < format.build.text.size(); ++at) {
            const bool value = format.build.text.compare(at, 2, "%s") == 0;
            text += value ? kValueMark : format.build.text[at];
            if (value) ++at;
        }
        if (text == format.build.text || worst.trust == Trust::constant) return;
        build.text = std::move(text);
        build.inflows.push_back(worst);
    }

    Build build;

private:
    void add_text(std::string_view text) {
        if (build.text.size() < kTextBytes) build.text += text;
    }

    void take_string(u32 i) {
        const Token& token = part_.tokens[i];
        u32 at = token.body_begin;
        for (u32 n = 0; n < token.holes && build.inflows.size() < 64; ++n) {
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
            build.text += trust == Trust::constant ? 'x' : kValueMark;
            if (trust != Trust::constant) {
                build.inflows.push_back({hole.begin, hole.end, hole.begin, trust});
            }
        }
        if (token.body_end > at) add_text(part_.text.substr(at, token.body_end - at));
    }

    const TokenStream& part_;
    const ValueFlow& flow_;
};

}  // namespace

Build read_shell_build(const TokenStream& part, const ValueFlow& flow, u32 i, u32& next) {
    ShellBuild reader(part, flow);
    const bool appended = i >= 2 && part.is(i - 1, "+=") && part.is_word(i - 2);
    if (appended) reader.build.text = flow.sql_of(part.str(i - 2), part.tokens[i].scope);
    next = reader.take_word(i);
    const bool printed =
        i > 0 && (part.str(i - 1) == "printf" || part.str(i - 1) == "--" ||
                  (i > 2 && part.str(i - 2) == "-v" && part.str(i - 3) == "printf"));
    Build& build = reader.build;
    if (build.inflows.empty() && !printed) return {};
    const Statement statement = statement_around(part, i);
    if (printed) reader.take_printf(next, statement.last);
    const bool sql = !build.inflows.empty() && (is_sql(build.text) || continues_sql(build.text)) &&
                     goes_to_database(part, statement, i);
    if (!sql) return {};
    build.head = i;
    build.first = i;
    build.last = next;
    return std::move(build);
}

}  // namespace tk::review
