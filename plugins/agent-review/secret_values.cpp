#include "secret_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace tk::review {
namespace {

constexpr std::size_t kLookAt = 512;

bool lower_letter(char c) {
    return c >= 'a' && c <= 'z';
}
bool upper_letter(char c) {
    return c >= 'A' && c <= 'Z';
}
bool digit(char c) {
    return c >= '0' && c <= '9';
}
bool letter(char c) {
    return lower_letter(c) || upper_letter(c);
}

struct Census {
    std::size_t lower = 0, upper = 0, digits = 0, other = 0, distinct = 0, switches = 0;
};

Census count(std::string_view value) {
    Census census;
    std::array<bool, 256> seen{};
    int last = -1;
    for (const char c : value) {
        const int kind = lower_letter(c) ? 0 : upper_letter(c) ? 1 : digit(c) ? 2 : 3;
        (kind == 0   ? census.lower
         : kind == 1 ? census.upper
         : kind == 2 ? census.digits
                     : census.other)++;
        if (last >= 0 && kind != last) ++census.switches;
        last = kind;
        bool& mark = seen[static_cast<unsigned char>(c)];
        if (!mark) ++census.distinct;
        mark = true;
    }
    return census;
}

// "abcdefgh", "12345678", "aaaaaaaa": most steps are +1 or 0.
bool is_sequence(std::string_view value) {
    if (value.size() < 8) return false;
    std::size_t steps = 0;
    for (std::size_t i = 1; i < value.size(); ++i) {
        const int step = static_cast<int>(value[i]) - static_cast<int>(value[i - 1]);
        if (step == 0 || step == 1) ++steps;
    }
    return steps * 10 >= (value.size() - 1) * 6;
}

constexpr std::string_view kPlaceholderParts[] = {
    "example", "placeholder", "your",    "replace",    "redacted",  "dummy",        "insert",
    "todo",    "fixme",       "xxxx",    "****",       "...",       "\xE2\x80\xA6", "foobar",
    "lorem",   "ipsum",       "not-a-",  "not_a_",     "notreal",   "fake",         "masked",
    "removed", "censored",    "sample",  "${",        "{{",           "#{",
    "$(",      "%(",          "%s",      "change-me-", "goes-here", "goes_here",    "undefined",
    "-here",   "_here",       "invalid", "deadbeef",   "cafebabe",  "mock",         "documentation",
    "(?",      "\\d",         "\\w",     "[a-z",       "[0-9",      "a-za-z",
};

// "<token>": words between angle brackets.
bool has_angle_words(std::string_view lowered) {
    const auto open = lowered.find('<');
    if (open == std::string_view::npos) return false;
    const auto close = lowered.find('>', open);
    if (close == std::string_view::npos) return open == 0;
    for (const char c : lowered.substr(open + 1, close - open - 1)) {
        if (!is_word_byte(c) && std::string_view(" -./").find(c) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool starts_with_test(std::string_view lowered) {
    for (auto at = lowered.find("test"); at != std::string_view::npos;
         at = lowered.find("test", at + 1)) {
        const bool opens = at == 0 || !is_word_byte(lowered[at - 1]) || lowered[at - 1] == '_';
        const std::size_t after = at + 4;
        const bool closes = after >= lowered.size() || !lower_letter(lowered[after]) ||
                            lowered.substr(after, 3) == "ing" || lowered.substr(after, 2) == "er" ||
                            lowered.substr(after, 4) == "pass" ||
                            lowered.substr(after, 5) == "token";
        if (opens && closes) return true;
    }
    return false;
}

// Words people build throw-away credentials of.
constexpr std::string_view kWeakWords[] = {
    "password", "passwd",  "pass",    "pwd",    "secret",  "super",    "admin", "root", "changeme",
    "change",   "letmein", "welcome", "qwerty", "default", "guest",    "user",  "my",   "me",
    "jwt",      "key",     "token",   "dev",    "local",   "postgres", "mysql", "it",
};

bool only_weak_words(std::string_view lowered) {
    std::string letters;
    for (const char c : lowered) {
        if (lower_letter(c))
            letters += c;
        else if (!digit(c) && c != '-' && c != '_' && c != '!')
            return false;
    }
    std::string_view rest = letters;
    while (!rest.empty()) {
        std::size_t best = 0;
        for (const auto word : kWeakWords) {
            if (rest.starts_with(word)) best = std::max(best, word.size());
        }
        if (best == 0) return false;
        rest.remove_prefix(best);
    }
    return true;
}

// "user-token_v2", "main.auth.key": pieces that are words or short numbers.
bool is_slug(std::string_view value) {
    std::size_t pieces = 0;
    std::size_t at = 0;
    while (at <= value.size()) {
        const auto stop = std::min(value.find_first_of("-_.:/ ", at), value.size());
        const Census piece = count(value.substr(at, stop - at));
        const bool word = piece.digits == 0 && piece.other == 0 && piece.switches <= 3;
        const bool number = piece.lower + piece.upper <= 1 && piece.other == 0 && piece.digits <= 5;
        if (!word && !number) return false;
        ++pieces;
        at = stop + 1;
    }
    return pieces > 0;
}

bool is_env_name(std::string_view value) {
    const Census census = count(value);
    return census.upper > 0 && census.lower == 0 &&
           value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
}

bool is_location(std::string_view value, const Census& census) {
    if (value.find("://") != std::string_view::npos) return true;
    if (value.starts_with("/") || value.starts_with("./") || value.starts_with("../") ||
        value.starts_with("~/") || value.starts_with("@/") || value.starts_with("arn:")) {
        return true;
    }
    // Base64 has slashes too, but no words between them.
    const bool mixed = census.upper >= 4 && census.lower >= 4 && census.digits >= 3;
    if (mixed && census.switches * 5 >= value.size() * 2) return false;
    const auto slashes = std::count(value.begin(), value.end(), '/');
    return slashes >= 2 && census.digits * 6 < value.size();
}

// Letters that change case more often than the words of an identifier do.
bool is_restless(std::string_view value, const Census& census) {
    return census.switches * 10 >= value.size() * 4;
}

// Django and WordPress draw their keys from all printable characters.
bool is_generated(std::string_view value, const Census& census) {
    return value.size() >= 24 && value.find_first_of(" \t") == std::string_view::npos &&
           census.digits >= 3 && census.lower >= 3 && census.other >= 6 &&
           census.switches * 2 >= value.size() && census.distinct * 2 >= value.size() &&
           value.find("()") == std::string_view::npos;
}

// "Contraseña": letters of any script, and nothing else but the signs of a label.
bool is_foreign_word(std::string_view value, const Census& census) {
    const bool foreign = std::any_of(value.begin(), value.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0x80U) != 0;
    });
    return foreign && census.digits == 0 &&
           std::all_of(value.begin(), value.end(), [](char c) {
               return letter(c) || (static_cast<unsigned char>(c) & 0x80U) != 0 ||
                      std::string_view("-_'.: *?").find(c) != std::string_view::npos;
           });
}

// "uid=login,userPassword=password": names that stand for names.
bool is_attribute_map(std::string_view value) {
    std::size_t pairs = 0;
    for (std::size_t at = 0; at <= value.size(); ++pairs) {
        const auto stop = std::min(value.find_first_of(",;&| ", at), value.size());
        const std::string_view pair = value.substr(at, stop - at);
        const auto equals = pair.find('=');
        if (equals == 0 || equals == pair.npos || equals + 1 == pair.size()) return false;
        for (const char c : pair) {
            if (!letter(c) && c != '_' && c != '-' && c != '=' && c != '.') return false;
        }
        if (pair.find('=', equals + 1) != pair.npos) return false;
        at = stop + 1;
    }
    return pairs > 0;
}

constexpr std::string_view kAlgorithms[] = {
    "md4",    "md5",     "smd5",     "sha",    "sha1",   "sha2",    "sha224", "sha256", "sha384",
    "sha512", "sha3",    "ssha",     "ssha256", "ssha512", "crypt", "bcrypt", "scrypt", "yescrypt",
    "plain",  "clear",   "cleartext", "plaintext", "text", "argon2", "argon2i", "argon2id", "des",
    "3des",   "ext",     "std",      "aes",    "cbc",    "gcm",     "ecb",    "ctr",    "hmac",
    "pbkdf2", "blowfish", "rc4",     "hash",   "base64", "hex",     "cram",   "digest", "scram",
    "128",    "192",     "256",      "512",    "ntlm",   "hs256",   "hs512",  "rs256",  "es256",
};

// "md5-crypt", "{SSHA256}": how a password is kept, not the password.
bool is_algorithm(std::string_view lowered) {
    std::size_t words = 0;
    while (!lowered.empty()) {
        const auto stop = std::min(lowered.find_first_of("-_:.{}"), lowered.size());
        const std::string_view word = lowered.substr(0, stop);
        const bool known = std::find(std::begin(kAlgorithms), std::end(kAlgorithms), word) !=
                           std::end(kAlgorithms);
        if (!word.empty() && !known) return false;
        words += known ? 1 : 0;
        lowered.remove_prefix(std::min(stop + 1, lowered.size()));
    }
    return words > 0;
}

Likeness judge_password(std::string_view value, const Census& census) {
    if (value.size() < 5) return Likeness::none;
    const bool letters_only = census.digits == 0 && census.other == 0;
    if (letters_only) {
        // "Passwort" and "required" are texts; "xKqPzWvTmLrN" is not.
        return is_restless(value, census) && value.size() >= 10 ? Likeness::likely : Likeness::none;
    }
    const bool digits_only = census.digits == value.size();
    if (digits_only)
        return value.size() >= 6 && value.size() <= 12 ? Likeness::weak : Likeness::none;
    if (census.digits == 0) {
        if (is_slug(value)) return Likeness::none;
        return census.other >= 2 && value.size() >= 8 && census.distinct >= 6 ? Likeness::likely
                                                                              : Likeness::none;
    }
    if (census.lower + census.upper == 0) return Likeness::none;
    if (is_slug(value)) return value.size() >= 10 ? Likeness::likely : Likeness::none;
    return census.distinct >= 5 ? Likeness::real : Likeness::none;
}

Likeness judge_token(ValueKind kind, std::string_view value, const Census& census) {
    const std::size_t least = kind == ValueKind::secret ? 8 : 12;
    if (value.size() < least || census.digits + census.other == 0) {
        const bool odd = value.size() >= 20 && is_restless(value, census);
        return odd ? Likeness::likely : Likeness::none;
    }
    if (census.digits == value.size()) return Likeness::none;
    if (census.digits == 0 && !is_restless(value, census)) return Likeness::none;
    if (is_slug(value)) {
        const bool numbered = census.digits >= 2 && value.size() >= 14;
        return kind == ValueKind::secret && numbered ? Likeness::likely : Likeness::none;
    }
    const double bits = entropy_bits(value);
    if (bits < 2.8) return Likeness::none;
    return value.size() >= 16 || bits >= 3.2 ? Likeness::real : Likeness::likely;
}

}  // namespace

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (upper_letter(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool is_word_byte(char c) {
    return letter(c) || digit(c) || c == '_';
}

double entropy_bits(std::string_view value) {
    value = value.substr(0, kLookAt);
    if (value.empty()) return 0.0;
    std::array<std::uint32_t, 256> counts{};
    for (const char c : value) ++counts[static_cast<unsigned char>(c)];
    double bits = 0.0;
    for (const std::uint32_t n : counts) {
        if (n == 0) continue;
        const double share = static_cast<double>(n) / static_cast<double>(value.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

bool is_placeholder(std::string_view value) {
    value = value.substr(0, kLookAt);
    const std::string lowered = lower_ascii(value);
    for (const auto part : kPlaceholderParts) {
        if (lowered.find(part) != std::string::npos) return true;
    }
    if (value.size() >= 8 && count(value).distinct <= 3) return true;
    return is_sequence(lowered) || starts_with_test(lowered) || has_angle_words(lowered);
}

bool is_uuid(std::string_view value) {
    if (value.size() != 36) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? value[i] != '-' : !is_hex(value.substr(i, 1))) return false;
    }
    return true;
}

bool is_hex(std::string_view value) {
    return value.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_random(std::string_view value) {
    value = value.substr(0, kLookAt);
    if (is_placeholder(value)) return false;
    const Census census = count(value);
    if (census.digits == 0 || census.lower + census.upper == 0) return false;
    return census.distinct >= std::min<std::size_t>(8, value.size() / 2) && !is_slug(value);
}

bool is_noise(std::string_view value) {
    value = value.substr(0, kLookAt);
    return count(value).switches * 20 >= value.size() * 9;
}

Likeness judge(ValueKind kind, std::string_view value) {
    value = value.substr(0, kLookAt);
    if (value.size() < 5 || is_uuid(value) || is_env_name(value)) return Likeness::none;
    const Census census = count(value);
    if (value.front() == '$' && (value.size() < 2 || !digit(value[1]))) return Likeness::none;
    if (value.front() == '$' && value.size() >= 20) return Likeness::none;  // a crypt(3) hash
    if (value.find_first_of(" \t{}()[]") != std::string_view::npos &&
        !is_generated(value, census) &&
        (kind != ValueKind::password || value.find(' ') != std::string_view::npos ||
         census.digits == 0)) {
        return Likeness::none;
    }
    const std::string lowered = lower_ascii(value);
    if (is_foreign_word(value, census) || is_attribute_map(value) || is_algorithm(lowered)) {
        return Likeness::none;
    }
    const bool weak = only_weak_words(lowered);
    if (weak && kind != ValueKind::token && kind != ValueKind::key) {
        // A bare "password" or "token" is the name of a field.
        const bool bare = lowered == "password" || lowered == "passwd" || lowered == "secret" ||
                          lowered == "pass" || lowered == "token" || lowered == "default" ||
                          lowered == "user" || lowered == "local" || is_slug(value);
        const bool known =
            lowered == "changeme" || lowered == "letmein" || lowered == "supersecret";
        return known || !bare || (census.digits > 0) ? Likeness::weak : Likeness::none;
    }
    if (weak || is_placeholder(value) || is_location(value, census)) return Likeness::none;
    for (const auto hash : {"sha1-", "sha256-", "sha384-", "sha512-", "sha256:", "data:", "md5:"}) {
        if (lowered.starts_with(hash)) return Likeness::none;
    }
    if (kind == ValueKind::password) return judge_password(value, census);
    return judge_token(kind, value, census);
}

std::string decode_base64(std::string_view value) {
    std::string out;
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : value.substr(0, 2048)) {
        std::uint32_t six = 0;
        if (upper_letter(c))
            six = static_cast<std::uint32_t>(c - 'A');
        else if (lower_letter(c))
            six = static_cast<std::uint32_t>(c - 'a') + 26;
        else if (digit(c))
            six = static_cast<std::uint32_t>(c - '0') + 52;
        else if (c == '+' || c == '-')
            six = 62;
        else if (c == '/' || c == '_')
            six = 63;
        else
            break;
        bits = ((bits << 6U) | six) & 0xFFFFFFU;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xFFU);
        }
    }
    return out;
}

}  // namespace tk::review
