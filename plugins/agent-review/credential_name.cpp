#include "credential_name.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace tk::review {
namespace {

// Last words that make a name speak about a credential instead of holding one.
constexpr std::string_view kAbout[] = {
    "name",        "names",     "id",      "ids",         "field",       "fields",   "label",
    "type",        "types",     "url",     "uri",         "path",        "file",     "dir",
    "length",      "len",       "size",    "count",       "hint",        "regex",    "pattern",
    "placeholder", "error",     "errors",  "message",     "msg",         "text",     "title",
    "input",       "form",      "page",    "policy",      "prefix",      "suffix",   "header",
    "param",       "params",    "column",  "col",         "attr",        "env",      "var",
    "expiry",      "expires",   "ttl",     "format",      "strength",    "min",      "max",
    "reset",       "hash",      "hashed",  "digest",      "algorithm",   "alg",      "version",
    "status",      "limit",     "index",   "class",       "selector",    "public",   "ref",
    "arn",         "provider",  "kind",    "endpoint",    "location",    "at",       "salt",
    "checksum",    "sha",       "sha256",  "md5",         "fingerprint", "mask",     "masked",
    "rule",        "rules",     "help",    "description", "desc",        "required", "enabled",
    "valid",       "validator", "confirm", "link",        "scope",       "issuer",   "audience",
    "event",       "mgr",       "manager", "handler",     "service",     "control",  "controller",
    "view",        "store",     "factory", "builder",     "util",        "helper",   "prompt",
    "dialog",      "generator", "encoder", "reader",      "changed",     "request",  "response",
    "screen",      "panel",     "button",  "box",         "model",       "entity",   "exception",
    "component",   "auth",      "login",   "guard",       "parser",      "count",    "lifetime",
    "duration",    "source",    "realm",   "scheme",      "client",      "const",
};

// "api key", "signing key": what stands before "key" decides.
constexpr std::string_view kKeyOwners[] = {
    "api",     "apis",        "access",  "private", "auth",           "encryption",
    "encrypt", "signing",     "sign",    "master",  "secret",         "account",
    "service", "client",      "license", "admin",   "shared",         "storage",
    "session", "jwt",         "hmac",    "app",     "webhook",        "crypto",
    "deploy",  "integration", "aes",     "cipher",  "authentication", "subscription",
};

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

template <std::size_t N>
bool listed(const std::string_view (&list)[N], std::string_view word) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool upper = c >= 'A' && c <= 'Z';
        const bool lower_before = i > 0 && !(name[i - 1] >= 'A' && name[i - 1] <= 'Z');
        const bool lower_after = i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
        const bool humps = upper && i > 0 && (lower_before || lower_after);
        const bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if ((!letter || humps) && !words.back().empty()) words.emplace_back();
        if (letter) words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (words.back().empty() && words.size() > 1) words.pop_back();
    // "password1", "token2": the number only tells them apart.
    for (std::string& word : words) {
        while (word.size() > 3 && word.back() >= '0' && word.back() <= '9') word.pop_back();
    }
    if (words.size() > 1 && words.back().find_first_not_of("0123456789") == std::string::npos) {
        words.pop_back();
    }
    return words;
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> tails) {
    return std::any_of(tails.begin(), tails.end(),
                       [&](std::string_view tail) { return word.ends_with(tail); });
}

std::optional<ValueKind> key_kind(const std::vector<std::string>& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "key" && listed(kKeyOwners, words[i - 1])) return ValueKind::key;
        if (words[i] == "access" && words[i - 1] == "secret") return ValueKind::secret;
    }
    return std::nullopt;
}

}  // namespace

std::optional<ValueKind> credential_name(std::string_view name) {
    const std::vector<std::string> words = words_of(name.substr(0, 96));
    const std::string& last = words.back();
    if (listed(kAbout, last) || has(words, "public") || has(words, "publishable") ||
        has(words, "pub")) {
        return std::nullopt;
    }
    for (const std::string& word : words) {
        if (ends_with_any(word, {"password", "passwd", "passphrase", "passcode"}) ||
            word == "pwd" || word == "pass" || word == "userpass" || word == "dbpass" ||
            word == "dbpwd" || word == "mypwd" || word == "psw" || word == "passwort") {
            return ValueKind::password;
        }
    }
    for (const std::string& word : words) {
        if (ends_with_any(word, {"secretkey", "apikey", "accesskey", "privatekey", "authkey"})) {
            return word.ends_with("secretkey") ? ValueKind::secret : ValueKind::key;
        }
        if (word.ends_with("secret")) return ValueKind::secret;
    }
    if (has(words, "secrets") && words.size() > 1) return ValueKind::secret;
    if (const auto kind = key_kind(words)) return kind;
    if (last.ends_with("token") && !has(words, "csrf") && !has(words, "next") &&
        !has(words, "page") && !has(words, "xsrf")) {
        return ValueKind::token;
    }
    if (last == "credential" || last == "credentials" || last == "authorization") {
        return ValueKind::token;
    }
    return std::nullopt;
}

}  // namespace tk::review
