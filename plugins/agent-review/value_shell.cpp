// ValueFlow, the half that knows the shell.

#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;
constexpr std::size_t kCommandBytes = 2000;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool shell_name(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    return name.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
           std::string_view::npos;
}

bool is_argument(std::string_view name) {
    return !name.empty() && ((name[0] >= '1' && name[0] <= '9') || name == "@" || name == "*");
}

std::string_view first_word(std::string_view command) {
    const auto begin = std::min(command.find_first_not_of(" \t\n("), command.size());
    command.remove_prefix(begin);
    return command.substr(0, command.find_first_of(" \t\n|;)\"$"));
}

// The last command of a pipeline: what it prints is what comes out.
std::string_view last_command(std::string_view command) {
    char quote = '\0';
    std::size_t begin = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (c == '\\' && quote != '\'')
            ++i;
        else if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '|' || c == ';' || c == '\n')
            begin = command.find_first_not_of(" \t\n|;}", i) == std::string_view::npos ? begin
                                                                                      : i + 1;
    }
    command.remove_prefix(begin);
    const auto start = command.find_first_not_of(" \t\n(");
    return start == std::string_view::npos ? std::string_view{} : command.substr(start);
}

// "[!0-9]" and "[^0-9]" say the same.
bool spares_only_harmless(std::string_view pattern) {
    std::string plain(pattern.substr(0, 100));
    if (plain.starts_with("[!")) plain[1] = '^';
    return is_strict_complement(plain);
}

// tr -cd 'a-z', sed 's/[^a-z]//g', printf %d: filters that only let harmless bytes through.
bool is_filter(std::string_view name, std::string_view command) {
    if (name == "tr") {
        const auto option = command.find(" -");
        if (option == std::string_view::npos) return false;
        std::string_view set = command.substr(option + 2);
        const std::string_view letters = set.substr(0, set.find(' '));
        if (letters.find('d') == letters.npos || letters.find_first_of("cC") == letters.npos) {
            return false;
        }
        set.remove_prefix(letters.size());
        std::string pattern;
        for (const char c : set) {
            if (c != '\'' && c != '"' && c != ' ') pattern += c;
        }
        while (pattern.ends_with("\\n")) pattern.resize(pattern.size() - 2);
        return is_strict_complement("[^" + pattern + "]");
    }
    if (name == "sed") {
        const auto begin = command.find("s/[^");
        const auto end = command.find("//g", begin == std::string_view::npos ? 0 : begin);
        return begin != std::string_view::npos && end != std::string_view::npos &&
               spares_only_harmless(command.substr(begin + 2, end - begin - 2));
    }
    return name == "printf" && command.find("%d") != std::string_view::npos &&
           command.find("%s") == std::string_view::npos;
}

// What a command puts in place of itself.
Trust trust_of_command(std::string_view command) {
    if (command.size() > kCommandBytes) return Trust::unknown;
    const auto has = [&](std::string_view part) {
        return command.find(part) != std::string_view::npos;
    };
    if (has("''") && (has("sed") || has("//"))) return Trust::guarded;
    if (has("//\\'/") || has("//\"'\"/")) return Trust::guarded;  // ${x//\'/...}
    if (has("escape") || has("sql_quote") || has("quote_sql")) return Trust::guarded;
    const std::string_view last = last_command(command);
    if (last.empty()) return Trust::guarded;
    const std::string_view name = last.substr(0, last.find_first_of(" \t\n|;)"));
    if (one_of(name, {"date",   "wc",        "id",      "nproc",    "stat",      "hostname",
                      "uname",  "seq",       "expr",    "whoami",   "uuidgen",   "md5sum",
                      "du",     "sha256sum", "sha1sum", "pwd",      "xxd",       "od",
                      "base64", "hexdump",   "cksum",   "mktemp",   "sha512sum", "tty"}) ||
        is_filter(name, last)) {
        return Trust::guarded;
    }
    // What only takes line ends and blanks away leaves a hexadecimal text as it was.
    const auto pipe = command.rfind('|');
    const bool trimming = name == "tr" && (last.find("-d '\\n'") != last.npos ||
                                           last.find("-d ' \\n'") != last.npos ||
                                           last.find("-d \"\\n\"") != last.npos ||
                                           last.find("-d '[:space:]'") != last.npos);
    if (trimming && pipe != std::string_view::npos && pipe > 0) {
        return trust_of_command(command.substr(0, pipe));
    }
    if (has("QUERY_STRING") || has("$HTTP_") || has("${HTTP_")) return Trust::request;
    for (const auto argument : {"$1", "$2", "$3", "$@", "$*", "${1"}) {
        if (has(argument)) return Trust::argument;
    }
    return Trust::unknown;
}

// A shell pattern that is a word, or several of them.
bool is_literal_choice(std::string_view pattern) {
    return !pattern.empty() && pattern.find_first_not_of(
                                   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789_-.|\"' \t\n(") == std::string_view::npos;
}

bool gives_up(std::string_view body) {
    for (const auto word : {"exit", "return", "die", "fail", "usage", "abort", "error", "bail"}) {
        if (body.find(word) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

Trust ValueFlow::trust_of_shell_hole(std::string_view hole, u32 scope) const {
    if (hole.size() < 2) return Trust::constant;
    if (hole[0] == '`' || hole[1] == '(') {
        if (hole.starts_with("$((")) return Trust::guarded;
        const std::string_view command = hole.substr(hole[0] == '`' ? 1 : 2);
        const Binding* function = look_up(first_word(command), kReturned);
        return function != nullptr ? function->trust : trust_of_command(command);
    }
    std::string_view name = hole.substr(1);
    if (hole[1] == '{') {
        name.remove_prefix(1);
        if (name.starts_with("#")) return Trust::guarded;
        if (name.starts_with("!")) name.remove_prefix(1);
        const auto end = name.find_first_of(":/%#[}^,@-+=?*");
        const std::string_view rest =
            end == std::string_view::npos ? std::string_view{} : name.substr(end);
        const bool quoting = rest.starts_with("//") && rest.find('\'') != std::string_view::npos;
        const std::string_view taken = rest.starts_with("//") ? rest.substr(2) : "";
        if (spares_only_harmless(taken.substr(0, taken.find('/')))) return Trust::guarded;
        // ${x//$q/$q$q}
        const std::string named(taken.substr(0, taken.find('/')));
        const bool doubled = named.starts_with("$") &&
                             taken.find("/" + named + named) != std::string_view::npos;
        if (doubled) return Trust::guarded;
        if (quoting || rest.starts_with("@Q")) return Trust::guarded;
        if (end != 0) name = name.substr(0, end);
    }
    if (is_argument(name)) {
        const Binding* held = look_up(name, scope);
        return held != nullptr && held->numeric ? Trust::guarded : Trust::argument;
    }
    if (name == "OPTARG") return Trust::argument;
    if (name.starts_with("QUERY_STRING") || name.starts_with("HTTP_") || name == "REQUEST_URI" ||
        name == "PATH_INFO" || name == "PATH_TRANSLATED" || name == "CONTENT_TYPE") {
        return Trust::request;
    }
    if (const Binding* known = look_up(name, scope)) {
        return known->sql.empty() && !known->numeric ? known->trust : Trust::guarded;
    }
    // Configuration comes in capitals.
    return is_all_caps(name) ? Trust::guarded : Trust::environment;
}

Trust ValueFlow::trust_of_shell(const TokenStream& part, u32 first, u32 last, int depth) const {
    Trust worst = Trust::constant;
    for (u32 i = first; i < last; ++i) {
        if (part.is_string(i)) worst = std::max(worst, trust_of_string(part, i, depth + 1));
        const u32 match = part.is(i, "(") ? part.tokens[i].match : kNone;
        if (match == kNone) continue;
        // An array literal is the sum of its words; anything else is a command.
        const bool array =
            i > 0 && part.is(i - 1, "=") && part.text[part.tokens[i].begin - 1] == '=';
        if (array) continue;
        const std::string_view command = part.text.substr(
            part.tokens[i].end, part.tokens[match].begin - part.tokens[i].end);
        const Binding* function = look_up(first_word(command), kReturned);
        worst = std::max(worst, function != nullptr ? function->trust : trust_of_command(command));
        i = match;
    }
    return worst;
}

void ValueFlow::learn_shell(const TokenStream& part, u32 i) {
    const Token& token = part.tokens[i];
    const std::string_view s = part.str(i);
    if ((s == "=" || s == "+=") && i > 0 && !token.spaced && part.is_word(i - 1) &&
        shell_name(part.str(i - 1))) {
        u32 end = i + 1;
        while (end < part.size() && end - i < 64 && !part.tokens[end].spaced &&
               part.kind(end) != TokenKind::line_end && !part.is(end, ";")) {
            const u32 match = part.tokens[end].match;
            end = match != kNone && match > end ? match + 1 : end + 1;
        }
        const bool integer = i > 2 && part.str(i - 2) == "-i";
        learn_pattern(part, i - 1, i + 1, end);
        bind(part.str(i - 1), token.scope, trust(part, i + 1, end), sql_text(part, i + 1, end),
             integer);
        return;
    }
    if (part.is_string(i)) return learn_shell_test(part, i);
    if (part.is(i, "{")) return learn_shell_function(part, i);
    if (!part.is_word(i)) return;
    if (s == "case") return learn_shell_case(part, i);
    if (one_of(s, {"declare", "local", "typeset"}) && part.str(i + 1).starts_with("-") &&
        part.str(i + 1).find('i') != std::string_view::npos && part.is_word(i + 2)) {
        bind(part.str(i + 2), token.scope, Trust::guarded, {}, true);
    }
    if (s == "for" && part.is_word(i + 1) && part.str(i + 2) == "in") {
        u32 end = i + 3;
        while (end < part.size() && end - i < 200 && part.kind(end) != TokenKind::line_end &&
               !part.is(end, ";")) {
            ++end;
        }
        // Names of files may hold anything.
        const auto list = part.text.substr(token.end, end < part.size()
                                                          ? part.tokens[end].begin - token.end
                                                          : part.text.size() - token.end);
        const bool files = list.substr(0, 400).find('*') != std::string_view::npos;
        bind(part.str(i + 1), token.scope,
             files ? Trust::unknown : trust(part, i + 3, end));
    }
    if (s != "read" && s != "getopts") return;
    for (u32 word = i + 1; word < part.size() && word - i < 32; ++word) {
        if (part.kind(word) == TokenKind::line_end || part.kind(word) == TokenKind::symbol) break;
        if (part.is_word(word) && shell_name(part.str(word))) {
            bind(part.str(word), token.scope, s == "read" ? Trust::unknown : Trust::guarded);
        }
    }
}

// [[ $x =~ ^[0-9]+$ ]], [ "$x" -gt 0 ], echo "$x" | grep -q '^[0-9]*$': from there on the variable
// is what it was tested for.
void ValueFlow::learn_shell_test(const TokenStream& part, u32 i) {
    const Token& token = part.tokens[i];
    if (token.holes != 1) return;
    const Hole& hole = part.holes[token.first_hole];
    std::string_view name = part.text.substr(hole.expr_begin, hole.expr_end - hole.expr_begin);
    name = name.substr(0, name.find_first_of(":-"));
    if (name.starts_with("$")) name.remove_prefix(1);
    if (!shell_name(name) && !is_argument(name)) return;
    std::string_view rest = part.text.substr(token.end, 300);
    rest = rest.substr(0, rest.find('\n'));
    const auto skip = [&](std::string_view head) {
        const bool has = rest.starts_with(head);
        if (has) rest.remove_prefix(head.size());
        return has;
    };
    bool strict = false;
    if (skip(" =~ ")) {
        const std::string_view pattern = rest.substr(0, rest.find(" ]]"));
        const auto known = patterns_.find(pattern.starts_with("$") ? pattern.substr(1) : "");
        strict = known != patterns_.end() ? known->second : is_strict_pattern(pattern, false);
    } else if (i > 0 && part.is(i - 1, "[") && (i < 2 || !part.is(i - 2, "["))) {
        for (const auto test : {" -eq ", " -ne ", " -gt ", " -ge ", " -lt ", " -le "}) {
            strict = strict || rest.starts_with(test);
        }
    } else if (const auto grep = rest.find("grep "); grep != std::string_view::npos) {
        rest.remove_prefix(grep);
        const auto open = rest.find_first_of("'\"");
        if (open == std::string_view::npos || rest.substr(0, open).find('v') != rest.npos) return;
        const auto close = rest.find(rest[open], open + 1);
        if (close == std::string_view::npos) return;
        strict = is_strict_pattern(rest.substr(open + 1, close - open - 1), false);
    }
    if (strict) bind(name, token.scope, Trust::guarded, {}, true);
}

// case $x in a|b) ;; *) exit ;; esac, and case $x in *[!0-9]*) exit ;; esac.
void ValueFlow::learn_shell_case(const TokenStream& part, u32 i) {
    if (!part.is_string(i + 1) || part.tokens[i + 1].holes != 1) return;
    const Token& token = part.tokens[i + 1];
    const Hole& hole = part.holes[token.first_hole];
    const std::string_view name =
        part.text.substr(hole.expr_begin, hole.expr_end - hole.expr_begin);
    std::string_view rest = part.text.substr(token.end, 2000);
    rest = rest.substr(0, rest.find("esac"));
    if (!rest.starts_with(" in") || (!shell_name(name) && !is_argument(name))) return;
    rest.remove_prefix(3);
    bool literal = true;
    bool closed = false;
    bool refused = false;
    while (!rest.empty()) {
        const auto paren = rest.find(')');
        if (paren == std::string_view::npos) break;
        std::string_view pattern = rest.substr(0, paren);
        pattern.remove_prefix(std::min(pattern.find_first_not_of(" \t\n("), pattern.size()));
        rest.remove_prefix(paren + 1);
        const auto stop = std::min(rest.find(";;"), rest.size());
        const std::string_view body = rest.substr(0, stop);
        rest.remove_prefix(std::min(stop + 2, rest.size()));
        const bool assigned = body.find(std::string(name) + "=") != std::string_view::npos;
        const bool leaves = gives_up(body) || assigned;
        const auto open = pattern.find("*[");
        if (pattern == "*")
            closed = leaves;
        else if (leaves && open != std::string_view::npos &&
                 spares_only_harmless(
                     pattern.substr(open + 1, pattern.find("]*", open) - open)))
            refused = true;
        else if (!leaves)
            literal = literal && is_literal_choice(pattern);
    }
    if (refused || (closed && literal)) bind(name, token.scope, Trust::guarded, {}, true);
}

// A function whose last command makes its output harmless.
void ValueFlow::learn_shell_function(const TokenStream& part, u32 brace) {
    const u32 close = part.tokens[brace].match;
    if (close == kNone || close < brace || brace < 2) return;
    const bool classic = part.is(brace - 1, ")") && part.is(brace - 2, "(") && brace >= 3;
    const bool worded = part.str(brace - 2) == "function";
    if (!classic && !worded) return;
    const std::string_view body = part.text.substr(
        part.tokens[brace].end, part.tokens[close].begin - part.tokens[brace].end);
    if (body.size() > 1000 || trust_of_command(body) != Trust::guarded) return;
    bind(part.str(classic ? brace - 3 : brace - 1), kReturned, Trust::guarded);
}

}  // namespace tk::review
