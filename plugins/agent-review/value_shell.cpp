// ValueFlow, the half that knows the shell.

#include "value_flow.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using u32 = std::uint32_t;

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

// What a command puts in place of itself.
Trust trust_of_command(std::string_view command) {
    const auto has = [&](std::string_view part) {
        return command.find(part) != std::string_view::npos;
    };
    if (has("''") && (has("sed") || has("//"))) return Trust::guarded;
    if (has("escape") || has("sql_quote") || has("quote_sql")) return Trust::guarded;
    const auto start = command.find_first_not_of(" \t\n(");
    if (start == std::string_view::npos) return Trust::guarded;
    command.remove_prefix(start);
    const std::string_view name = command.substr(0, command.find_first_of(" \t\n|;)"));
    if (one_of(name, {"date", "wc", "id", "nproc", "stat", "hostname", "uname", "seq", "expr",
                      "whoami", "uuidgen", "md5sum", "sha256sum", "sha1sum", "du", "pwd"})) {
        return Trust::guarded;
    }
    if (has("QUERY_STRING")) return Trust::request;
    for (const auto argument : {"$1", "$2", "$3", "$@", "$*", "${1"}) {
        if (has(argument)) return Trust::request;
    }
    return Trust::unknown;
}

}  // namespace

Trust ValueFlow::trust_of_shell_hole(std::string_view hole, u32 scope) const {
    if (hole.size() < 2) return Trust::constant;
    if (hole[0] == '`' || hole[1] == '(') {
        if (hole.starts_with("$((")) return Trust::guarded;
        return trust_of_command(hole.substr(hole[0] == '`' ? 1 : 2));
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
        if (quoting || rest.starts_with("@Q")) return Trust::guarded;
        if (end != 0) name = name.substr(0, end);
    }
    if (is_argument(name)) return Trust::request;
    if (name.starts_with("QUERY_STRING") || name.starts_with("HTTP_") || name == "REQUEST_URI" ||
        name == "OPTARG" || name == "PATH_INFO") {
        return Trust::request;
    }
    if (const Binding* known = look_up(name, scope)) {
        return known->sql.empty() ? known->trust : Trust::guarded;
    }
    // Configuration comes in capitals.
    return is_all_caps(name) ? Trust::guarded : Trust::unknown;
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
        worst = std::max(worst,
                         trust_of_command(part.text.substr(
                             part.tokens[i].end, part.tokens[match].begin - part.tokens[i].end)));
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
        bind(part.str(i - 1), token.scope, trust(part, i + 1, end), sql_text(part, i + 1, end));
        return;
    }
    if (!part.is_word(i)) return;
    if (s == "for" && part.is_word(i + 1) && part.str(i + 2) == "in") {
        u32 end = i + 3;
        while (end < part.size() && end - i < 200 && part.kind(end) != TokenKind::line_end &&
               !part.is(end, ";")) {
            ++end;
        }
        bind(part.str(i + 1), token.scope, trust(part, i + 3, end));
    }
    if (s != "read" && s != "getopts") return;
    for (u32 word = i + 1; word < part.size() && word - i < 32; ++word) {
        if (part.kind(word) == TokenKind::line_end || part.kind(word) == TokenKind::symbol) break;
        if (part.is_word(word) && shell_name(part.str(word))) {
            bind(part.str(word), token.scope, s == "read" ? Trust::unknown : Trust::guarded);
        }
    }
}

}  // namespace tk::review
