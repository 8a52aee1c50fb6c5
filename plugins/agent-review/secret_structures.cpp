#include "secret_structures.hpp"

#include "secret_values.hpp"

#include <algorithm>
#include <array>

namespace tk::review {
namespace {

using std::size_t;
constexpr size_t kPemBytes = 16384;

bool any_of(std::string_view value, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

Secret make(size_t begin, size_t end, std::string_view format, std::string_view what,
            Severity severity) {
    return {begin, end, "secret-" + std::string(format), std::string(what), severity, 4};
}

bool pem_body_byte(char c) {
    return in_charset(Charset::base64url, c) || c == '\n' || c == '\r' || c == ' ' || c == '\t' ||
           c == '\\' || c == '"' || c == '\'' || c == ',' || c == ':' || c == '.' || c == ';' ||
           c == '(' || c == ')' || c == '<' || c == '>' || c == '@';
}

// Nothing but the end of a string literal stands behind the header, and the line is either the
// header alone or a literal that goes on: the key follows where nobody looks.
bool header_stands_alone(std::string_view text, size_t at, size_t end) {
    const auto line = text.substr(0, at).rfind('\n');
    const size_t begin = line == std::string_view::npos ? 0 : line + 1;
    const bool bare = text.substr(begin, at - begin).find_first_not_of(" \t") ==
                      std::string_view::npos;
    const std::string_view rest = text.substr(end, 64);
    const bool goes_on = rest.starts_with("\\n") || rest.starts_with("\\r");
    if (!bare && !goes_on) return false;
    return end + rest.size() == text.size() &&
           rest.find_first_not_of(bare ? " \t\r\n" : "\\nr\"'`+;, \t\n") ==
               std::string_view::npos;
}

// The header alone is not a secret when something else follows: code compares against it.
bool find_pem(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (text.compare(at, 11, "-----BEGIN ") != 0) return false;
    const auto close = text.substr(at + 11, 60).find("-----");
    if (close == std::string_view::npos) return false;
    const std::string_view label = text.substr(at + 11, close);
    if (label.find("PRIVATE KEY") == std::string_view::npos) return false;
    const size_t begin = at + 11 + close + 5;
    const size_t limit = std::min(text.size(), begin + kPemBytes);
    size_t end = begin;
    while (end < limit && pem_body_byte(text[end]) && text.compare(end, 5, "-----") != 0) ++end;
    // An escaped line end puts an 'n' before the first line of the key.
    bool keyed = false;
    for (size_t i = begin; i < end && !keyed; ++i) {
        if (!in_charset(Charset::base64, text[i])) continue;
        const size_t stop = std::min(runs.end_of_run(Charset::base64, i), end);
        keyed = stop - i >= 24 && is_random(text.substr(i, std::min<size_t>(stop - i, 64)));
        i = std::max(i, stop - 1);
    }
    if (!keyed && header_stands_alone(text, at, begin)) {
        found = make(at, begin, "private-key", std::string(label) + " in PEM form",
                     Severity::critical);
        return true;
    }
    if (!keyed) return false;
    size_t first = begin;
    while (first < end && !in_charset(Charset::alnum, text[first])) ++first;
    if (first > begin && text[first - 1] == '\\' && first + 1 < end) ++first;
    while (first < end && !in_charset(Charset::base64, text[first])) ++first;
    while (end > first && !in_charset(Charset::base64, text[end - 1])) --end;
    if (end <= at) return false;
    found =
        make(first, end, "private-key", std::string(label) + " in PEM form", Severity::critical);
    return true;
}

bool find_mailchimp(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (at < 32 || text.compare(at, 3, "-us") != 0) return false;
    const size_t end = runs.end_of_run(Charset::digits, at + 3);
    if (end == at + 3 || end - at > 5 || (end < text.size() && is_word_byte(text[end])))
        return false;
    const std::string_view key = text.substr(at - 32, 32);
    if (!is_hex(key) || !starts_word(text, at - 32) || !is_random(key)) return false;
    found = make(at - 32, end, "mailchimp-key", "Mailchimp API key", Severity::critical);
    return true;
}

bool find_webhook(ByteRuns& runs, size_t at, Secret& found) {
    struct Hook {
        std::string_view host, format, what;
    };
    static constexpr std::array<Hook, 4> kHooks{{
        {"://hooks.slack.com/services/", "slack-webhook", "Slack webhook URL"},
        {"://hooks.slack.com/workflows/", "slack-webhook", "Slack workflow webhook URL"},
        {"://discord.com/api/webhooks/", "discord-webhook", "Discord webhook URL"},
        {"://discordapp.com/api/webhooks/", "discord-webhook", "Discord webhook URL"},
    }};
    const std::string_view text = runs.text();
    for (const Hook& hook : kHooks) {
        if (text.compare(at, hook.host.size(), hook.host) != 0) continue;
        const size_t begin = at + hook.host.size();
        const size_t end = runs.end_of_run(Charset::base64url, begin);
        const std::string_view path = text.substr(begin, end - begin);
        const auto last = path.rfind('/');
        if (path.size() < 30 || last == std::string_view::npos) return false;
        const std::string_view key = path.substr(last + 1);
        if (key.size() < 16 || is_placeholder(key) || entropy_bits(key) < 3.0) return false;
        found = make(begin, end, hook.format, hook.what, Severity::critical);
        return true;
    }
    return false;
}

// https://<tenant>.webhook.office.com/webhookb2/.../IncomingWebhook/<key>/...
bool find_teams_webhook(ByteRuns& runs, size_t at, Secret& found) {
    constexpr std::string_view kHost = ".webhook.office.com/webhookb2/";
    constexpr std::string_view kPath = "/IncomingWebhook/";
    const std::string_view text = runs.text();
    const size_t host = text.substr(at, 120).find(kHost);
    if (host == std::string_view::npos) return false;
    const size_t begin = at + host + kHost.size();
    const size_t path = text.substr(begin, 120).find(kPath);
    if (path == std::string_view::npos) return false;
    const size_t key = begin + path + kPath.size();
    const size_t end = runs.end_of_run(Charset::base64url, key);
    if (end - key < 32 || !is_random(text.substr(key, 32))) return false;
    found = make(begin, end, "teams-webhook", "Teams webhook URL", Severity::critical);
    return true;
}

bool is_local_host(std::string_view host) {
    const auto stop = host.find_first_of(":/?,\"'` ");
    host = host.substr(0, stop);
    return any_of(host,
                  {"localhost", "127.0.0.1", "0.0.0.0", "[", "::1", "host.docker.internal"}) ||
           host.find("example.") != std::string_view::npos || host.ends_with(".test") ||
           host.starts_with("[::1]");
}

bool is_common_password(std::string_view password) {
    return any_of(
        lower_ascii(password),
        {"password", "passwd",      "pass",     "pwd",        "pw",     "secret",         "token",
         "key",      "p",           "bar",      "baz",        "xxx",    "changeme",       "hunter2",
         "pass123",  "password123", "psw",      "mypassword", "mypass", "secretpassword", "root",
         "admin",    "guest",       "postgres", "user",       "tiger",  "passw0rd"});
}

// "scheme://host:1879@x": a host and its port, and no user.
bool is_port(std::string_view user, std::string_view password) {
    if (password.size() > 5 || password.find_first_not_of("0123456789") != password.npos) {
        return false;
    }
    return user.empty() || user.find('.') != user.npos || user.find("host") != user.npos ||
           user.find("server") != user.npos ||
           user.find_first_not_of("0123456789") == user.npos;
}

bool find_url_password(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (at == 0 || !in_charset(Charset::alnum, text[at - 1])) return false;
    const size_t begin = at + 3;
    size_t colon = 0;
    size_t sign = 0;
    const size_t limit = std::min(text.size(), begin + 256);
    for (size_t i = begin; i < limit; ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' ||
            std::string_view("\"'`<>[](){}|\\^*,;").find(c) != std::string_view::npos) {
            break;
        }
        if (c == ':' && colon == 0) colon = i;
        if (c == '@' && colon != 0) sign = i;
    }
    if (sign == 0 || sign <= colon + 3) return false;
    const std::string_view user = text.substr(begin, colon - begin);
    const std::string_view password = text.substr(colon + 1, sign - colon - 1);
    const bool lookup = password[0] == '$' || password[0] == '%' || password[0] == ':' ||
                        password.find("%s") != std::string_view::npos;
    if (lookup || is_placeholder(password) || user.find("example") != std::string_view::npos) {
        return false;
    }
    const bool upper_name =
        password.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
    if (upper_name || is_port(user, password)) return false;
    const bool local = is_local_host(text.substr(sign + 1, 64));
    const bool common = is_common_password(password) || password == user;
    if (common && (local || password != user)) return false;
    const Severity severity = common  ? Severity::low
                              : local ? Severity::medium
                                      : Severity::critical;
    found = make(colon + 1, sign, "url-password", "password in a URL", severity);
    return true;
}

bool find_telegram(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (text.compare(at, 3, ":AA") != 0) return false;
    size_t begin = at;
    while (begin > 0 && at - begin < 12 && in_charset(Charset::digits, text[begin - 1])) --begin;
    if (at - begin < 8 || at - begin > 10) return false;
    // The API's URLs put "bot" before the number.
    const bool bot = begin >= 3 && text.compare(begin - 3, 3, "bot") == 0;
    if (!bot && !starts_word(text, begin)) return false;
    const size_t end = runs.end_of_run(Charset::url64, at + 1);
    if (end - at < 33 || end - at > 37 || !is_random(text.substr(at + 1, end - at - 1)))
        return false;
    found = make(begin, end, "telegram-token", "Telegram bot token", Severity::critical);
    return true;
}

std::string_view window(std::string_view text, size_t at, size_t before, size_t after) {
    size_t begin = at > before ? at - before : 0;
    size_t end = std::min(text.size(), at + after);
    const auto opened = text.substr(begin, at - begin).rfind('\n');
    if (opened != std::string_view::npos) begin += opened + 1;
    const auto closed = text.substr(at, end - at).find('\n');
    if (closed != std::string_view::npos) end = at + closed;
    return text.substr(begin, end - begin);
}

bool find_connection_password(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    const std::string near = lower_ascii(window(text, at, 240, 160));
    int marks = 0;
    for (const auto mark : {"server=", "data source=", "user id=", "uid=", "initial catalog=",
                            "host=", "dbname=", "database=", "username=", "addr=", "user="}) {
        if (near.find(mark) != std::string::npos) ++marks;
    }
    if (marks == 0) return false;
    const size_t begin = at + 1;
    size_t end = begin;
    while (end < text.size() && end - begin < 200 && static_cast<unsigned char>(text[end]) > ' ' &&
           std::string_view(";\"'`&<>{}()").find(text[end]) == std::string_view::npos) {
        ++end;
    }
    const std::string_view value = text.substr(begin, end - begin);
    if (value.size() < 5 || is_placeholder(value) || value[0] == '$' || value[0] == '%' ||
        value[0] == '@') {
        return false;
    }
    const bool upper_name =
        value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
    const Likeness likeness = judge(ValueKind::password, value);
    if (upper_name || likeness == Likeness::none || is_common_password(value)) return false;
    found = make(begin, end, "connection-string", "password in a connection string",
                 likeness == Likeness::weak ? Severity::low : Severity::critical);
    return true;
}

// "Password=", "AccountKey=", "sig=": the word before the '=' names what follows.
bool find_named(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    size_t word = at;
    while (word > 0 && at - word < 24 && is_word_byte(text[word - 1])) --word;
    if (at - word < 3) return false;
    const std::string name = lower_ascii(text.substr(word, at - word));
    if (name == "password" || name == "pwd") return find_connection_password(runs, at, found);
    const bool account = name == "accountkey" || name == "sharedaccesskey" || name == "sharedkey";
    if (account) {
        const size_t end = runs.end_of_run(Charset::base64, at + 1);
        const std::string_view key = text.substr(at + 1, end - at - 1);
        if (key.size() < 40 || key.size() > 100 || !is_random(key)) return false;
        found = make(at + 1, end, "azure-storage-key", "Azure access key", Severity::critical);
        return true;
    }
    if (name != "sig") return false;
    size_t end = at + 1;
    while (end < text.size() && end - at < 120 &&
           (in_charset(Charset::base64, text[end]) || text[end] == '%')) {
        ++end;
    }
    const std::string_view key = text.substr(at + 1, end - at - 1);
    const std::string_view near = window(text, at, 300, 200);
    const bool signed_url =
        near.find("sv=") != std::string_view::npos || near.find("se=") != std::string_view::npos;
    if (key.size() < 40 || !signed_url || !is_random(key)) return false;
    found = make(at + 1, end, "azure-sas", "Azure shared access signature", Severity::critical);
    return true;
}

bool find_jwt(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (text.compare(at, 3, "eyJ") != 0) return false;
    const size_t end = runs.end_of_run(Charset::dotted, at);
    const std::string_view token = text.substr(at, std::min<size_t>(end - at, 8192));
    const auto first = token.find('.');
    if (first == std::string_view::npos || first < 12) return false;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos || token.compare(first + 1, 2, "ey") != 0) return false;
    if (token.size() - second < 17) return false;
    const std::string payload = decode_base64(token.substr(first + 1, second - first - 1));
    // The token of every tutorial, and Supabase's public one.
    if (payload.find("John Doe") != std::string::npos ||
        payload.find("\"anon\"") != std::string::npos || is_placeholder(token.substr(second))) {
        return false;
    }
    found = make(at, end, "jwt", "signed JSON web token", Severity::high);
    return true;
}

bool find_discord(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    if (text[at] != 'M' && text[at] != 'N' && text[at] != 'O') return false;
    const size_t end = runs.end_of_run(Charset::dotted, at);
    if (end - at < 57 || end - at > 90) return false;
    const std::string_view token = text.substr(at, end - at);
    const auto first = token.find('.');
    if (first == std::string_view::npos || first < 23 || first > 28) return false;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos || second - first < 7 || second - first > 8) return false;
    const std::string_view tail = token.substr(second + 1);
    if (tail.size() < 25 || tail.find('.') != std::string_view::npos) return false;
    if (entropy_bits(tail) < 3.0 || is_placeholder(tail)) return false;
    found = make(at, end, "discord-token", "Discord bot token", Severity::critical);
    return true;
}

bool runs_one_of(std::string_view line, std::initializer_list<std::string_view> commands) {
    return std::any_of(commands.begin(), commands.end(), [&](std::string_view command) {
        const auto at = line.find(command);
        return at != line.npos && (at == 0 || !is_word_byte(line[at - 1])) &&
               line.substr(at).find_first_of(" \t\"'") != line.npos;
    });
}

// Where the password may begin behind the word, or npos.
size_t command_value(std::string_view text, size_t at, size_t end, std::string_view before) {
    const std::string_view word = text.substr(at, end - at);
    const auto npos = std::string_view::npos;
    if (word == "by" || word == "BY" || word == "By") {
        const auto opened = lower_ascii(before).rfind("identified ");
        if (opened == npos) return npos;
        const auto plugin = before.substr(opened + 11);
        const bool direct = plugin.find_first_of("=(),;") == npos;
        const size_t stop = std::min(text.find_first_not_of(" \\", end), text.size());
        const bool quoted = stop < text.size() && (text[stop] == '\'' || text[stop] == '"');
        return direct && quoted ? stop + 1 : npos;
    }
    const bool option = before.ends_with(" -") || before.ends_with(" --");
    if (!option) return npos;
    if (before.ends_with(" -") && word[0] == 'p' && !word.starts_with("port")) {
        const bool client = runs_one_of(before, {"mysql", "mysqldump", "mysqladmin", "mysqlimport",
                                                 "mariadb", "mariadb-dump", "mariadb-admin"});
        return client ? at + 1 : npos;
    }
    if ((word == "u" || word == "user") && runs_one_of(before, {"curl"})) {
        size_t from = end;
        while (from < text.size() && std::string_view(" ='\"\\").find(text[from]) != npos) ++from;
        const std::string_view user = text.substr(from, 80);
        const auto colon = user.find_first_of(": \t\n'\"/");
        return colon != npos && user[colon] == ':' ? from + colon + 1 : npos;
    }
    return npos;
}

}  // namespace

bool find_command_password(std::string_view text, size_t at, size_t end, bool weak, Secret& found) {
    const char head = text[at];
    const bool sql = end - at == 2 && (head == 'b' || head == 'B');
    const bool option = (head == 'p' || head == 'u') && at > 1 && text[at - 1] == '-';
    if (!sql && !option) return false;
    size_t begin = command_value(text, at, end, window(text, at, 200, 0));
    if (begin == std::string_view::npos || begin >= text.size()) return false;
    if (!sql && (text[begin] == '\'' || text[begin] == '"')) ++begin;
    size_t stop = begin;
    while (stop < text.size() && stop - begin < 128 &&
           static_cast<unsigned char>(text[stop]) > ' ' &&
           std::string_view("'\"`|;<>\\").find(text[stop]) == std::string_view::npos) {
        ++stop;
    }
    const std::string_view value = text.substr(begin, stop - begin);
    const Likeness likeness = judge(ValueKind::password, value);
    const bool sure = likeness == Likeness::real && value.size() >= 16 && is_random(value);
    if (weak ? likeness == Likeness::none : !sure) return false;
    found = {begin,
             stop,
             "secret-password-literal",
             sql ? "password in an SQL statement" : "password on a command line",
             likeness == Likeness::real   ? Severity::high
             : likeness == Likeness::weak ? Severity::low
                                          : Severity::medium,
             2};
    return true;
}

bool find_structure(ByteRuns& runs, size_t at, Secret& found) {
    const std::string_view text = runs.text();
    switch (text[at]) {
        case '-':
            return find_pem(runs, at, found) || find_mailchimp(runs, at, found);
        case '=':
            return find_named(runs, at, found);
        default:
            break;
    }
    if (text.compare(at, 3, "://") == 0) {
        return find_webhook(runs, at, found) || find_teams_webhook(runs, at, found) ||
               find_url_password(runs, at, found);
    }
    return find_telegram(runs, at, found);
}

bool find_worded(ByteRuns& runs, size_t at, Secret& found) {
    return find_jwt(runs, at, found) || find_discord(runs, at, found);
}

}  // namespace tk::review
