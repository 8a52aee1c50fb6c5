#include "secret_names.hpp"

#include "byte_runs.hpp"
#include "credential_name.hpp"
#include "secret_structures.hpp"
#include "secret_values.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using std::size_t;
constexpr size_t kValueBytes = 512;

bool blank(char c) {
    return c == ' ' || c == '\t';
}
bool quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

struct Value {
    size_t begin = 0, end = 0;
    bool quoted = false;
    bool found = false;
};

// Reads what stands after a name: how it is joined to a value, and the value.
class Reader {
public:
    Reader(std::string_view text, const SecretPlace& place) : text_(text), place_(place) {}

    Value after_name(size_t name_begin, size_t name_end) {
        at_ = name_end;
        const auto dot = text_.substr(name_begin, name_end - name_begin).rfind('.');
        last_word_ = dot == std::string_view::npos ? name_begin : name_begin + dot + 1;
        const char before = name_begin > 0 ? text_[name_begin - 1] : '\0';
        const bool named_in_quotes = quote(before) && peek() == before;
        if (named_in_quotes) ++at_;
        if (peek() == '>' && before == '<') return element();
        if (named_in_quotes && text_.compare(at_, 8, " value=\"") == 0 &&
            key_attribute(name_begin)) {
            at_ += 7;
            return literal();
        }
        skip_brackets();
        blanks();
        const bool spaced = at_ > name_end;
        const bool argument = named_in_quotes && name_begin >= 3 &&
                              (text_[name_begin - 2] == '(' ||
                               (text_[name_begin - 2] == ' ' && text_[name_begin - 3] == '('));
        if (peek() == ',' && argument) {
            ++at_;
            blanks();
            return literal();
        }
        if (quote(peek()) && spaced && defined(name_begin)) return literal();
        if (place_.unquoted && spaced && (option(name_begin) || netrc(name_begin))) return bare();
        if (named_in_quotes && peek() == ')') {  // getenv("NAME") or "default"
            ++at_;
            blanks();
            return alternative() ? literal() : Value{};
        }
        if (alternative()) return literal();
        if (!joined()) return {};
        blanks();
        if (peek() == '\n' || peek() == '\r') return {};
        string_prefix();
        if (quote(peek()) || escaped_quote()) return literal();
        const bool command = text_[at_ - 1] == '=' && line_before(name_begin, 3) == " --";
        return place_.unquoted || command ? bare() : Value{};
    }

    // Kubernetes: "- name: DB_PASSWORD" and on the next line "value: ...".
    Value next_line_value(size_t name_begin, size_t name_end) {
        const bool named = name_begin >= 6 && text_.compare(name_begin - 6, 6, "name: ") == 0;
        if (!named || !place_.unquoted) return {};
        at_ = name_end;
        if (peek() == '\r') ++at_;
        if (peek() != '\n') return {};
        ++at_;
        while (blank(peek()) && at_ - name_end < 60) ++at_;
        if (text_.compare(at_, 6, "value:") != 0) return {};
        at_ += 6;
        blanks();
        return quote(peek()) ? literal() : bare();
    }

private:
    char peek(size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void blanks() {
        for (int n = 0; n < 40 && blank(peek()); ++n) ++at_;
    }
    bool escaped_quote() const { return peek() == '\\' && quote(peek(1)); }

    // The rest of `config["password"]` or `char password[32]`.
    void skip_brackets() {
        if (escaped_quote()) at_ += 2;  // JSON inside a string
        if (peek() == '[') {
            size_t n = 1;
            while (n < 12 && peek(n) != ']' && peek(n) != '\n' && peek(n) != '\0') ++n;
            if (peek(n) == ']') at_ += n + 1;
        } else if (peek() == ']') {
            ++at_;
        }
        if (peek() == '?' && peek(1) == ':') ++at_;
        if (peek() == '!' && peek(1) == ':') ++at_;
    }

    // What stands in for a missing value: `or "..."`, `|| "..."`.
    bool alternative() {
        for (const std::string_view word : {"or ", "|| ", "?\? ", "?: "}) {
            if (text_.compare(at_, word.size(), word) != 0) continue;
            at_ += word.size();
            blanks();
            return quote(peek());
        }
        return false;
    }

    bool joined() {
        const char c = peek();
        if (c == '(') return setter() && (++at_, true);
        if (c == '!' && peek(1) == '=') return at_ += peek(2) == '=' ? 3U : 2U, true;
        if (c == '|' && peek(1) == '|' && peek(2) == '=') return at_ += 3, true;
        if (c == '?' && peek(1) == '?' && peek(2) == '=') return at_ += 3, true;
        if (c == '=') {
            ++at_;
            while (peek() == '=' || peek() == '>') ++at_;
            return true;
        }
        if (c != ':') return false;
        ++at_;
        if (peek() == '=') return ++at_, true;
        type_annotation();
        return true;
    }

    // "password: str = ..." : the value stands after the type.
    void type_annotation() {
        size_t n = 0;
        while (n < 40 &&
               (blank(peek(n)) || is_word_byte(peek(n)) ||
                std::string_view("<>[],.&|?*:").find(peek(n)) != std::string_view::npos)) {
            if (peek(n) == '\0') return;
            ++n;
        }
        if (n > 1 && peek(n) == '=' && peek(n + 1) != '=' && peek(n + 1) != '>') at_ += n + 1;
    }

    void string_prefix() {
        size_t n = 0;
        while (n < 3 && std::string_view("rRbBuUlL8@").find(peek(n)) != std::string_view::npos &&
               peek(n) != '\0') {
            ++n;
        }
        if (n > 0 && quote(peek(n))) at_ += n;
    }

    std::string_view line_before(size_t at, size_t bytes) const {
        const size_t begin = at > bytes ? at - bytes : 0;
        std::string_view part = text_.substr(begin, at - begin);
        const auto end = part.rfind('\n');
        return end == std::string_view::npos ? part : part.substr(end + 1);
    }
    bool defined(size_t name_begin) const {
        return line_before(name_begin, 24).find("define") != std::string_view::npos ||
               line_before(name_begin, 24).find("ENV ") != std::string_view::npos;
    }
    bool option(size_t name_begin) const {
        if (line_before(name_begin, 4) == "ENV ") return true;
        return name_begin >= 2 && text_.compare(name_begin - 2, 2, "--") == 0;
    }
    // "machine host login name password value"
    bool netrc(size_t name_begin) const {
        if (text_.compare(name_begin, 8, "password") != 0 || !is_word_byte(peek())) return false;
        const std::string_view line = line_before(name_begin, 160);
        return line.find("login ") != std::string_view::npos ||
               line.find_first_not_of(" \t") == std::string_view::npos;
    }
    bool key_attribute(size_t name_begin) const {
        return line_before(name_begin, 5).find("key=") != std::string_view::npos;
    }
    bool setter() const {
        for (const auto verb : {"set", "with", "use", "Set", "With", "Use"}) {
            if (text_.substr(last_word_, 48).starts_with(verb)) return true;
        }
        return false;
    }

    Value element() {
        ++at_;
        const size_t begin = at_;
        while (at_ < text_.size() && at_ - begin < kValueBytes && text_[at_] != '<' &&
               static_cast<unsigned char>(text_[at_]) > ' ') {
            ++at_;
        }
        return {begin, at_, true, text_.compare(at_, 2, "</") == 0};
    }

    Value literal() {
        string_prefix();
        const bool escaped = escaped_quote();
        if (escaped) ++at_;
        if (!quote(peek())) return {};
        const char mark = peek();
        ++at_;
        if (peek() == mark && peek(1) == mark) at_ += 2;
        const size_t begin = at_;
        while (at_ < text_.size() && at_ - begin <= kValueBytes && text_[at_] != mark) {
            if (text_[at_] == '\n') return {};
            at_ += text_[at_] == '\\' && !escaped && at_ + 1 < text_.size() ? 2U : 1U;
        }
        if (at_ >= text_.size() || text_[at_] != mark) return {};
        size_t end = at_;
        if (escaped && end > begin && text_[end - 1] == '\\') --end;
        ++at_;
        // A piece of a longer expression is not the credential.
        blanks();
        const bool continued = peek() == '+' || peek() == '%' || peek() == '.';
        return {begin, end, true, !continued};
    }

    Value bare() {
        if (quote(peek())) return literal();
        const size_t begin = at_;
        while (at_ < text_.size() && at_ - begin <= kValueBytes &&
               static_cast<unsigned char>(text_[at_]) > ' ' &&
               std::string_view(";\"'`,|\\").find(text_[at_]) == std::string_view::npos) {
            ++at_;
        }
        return {begin, at_, false, at_ > begin && at_ - begin <= kValueBytes};
    }

    std::string_view text_;
    const SecretPlace& place_;
    size_t at_ = 0;
    size_t last_word_ = 0;
};

struct Named {
    std::string rule, what;
    Severity severity;
};

Named name_finding(ValueKind kind, std::string_view name, std::string_view value, bool strong) {
    const std::string key = lower_ascii(name.substr(0, 96));
    const auto says = [&](std::string_view part) { return key.find(part) != std::string::npos; };
    if (says("aws") && says("secret") && value.size() == 40) {
        return {"secret-aws-secret-key", "AWS secret access key", Severity::critical};
    }
    if (says("twilio") && is_hex(value) && value.size() == 32) {
        return {"secret-twilio-token", "Twilio auth token", Severity::critical};
    }
    const Severity severity = strong ? Severity::high : Severity::medium;
    switch (kind) {
        case ValueKind::password:
            return {"secret-password-literal", "password literal", severity};
        case ValueKind::secret:
            return {"secret-literal", "secret literal", severity};
        case ValueKind::token:
            return {"secret-token-literal", "token literal", severity};
        case ValueKind::key:
            break;
    }
    return {"secret-key-literal", "key literal", severity};
}

// AWS's own names: "aws_secret_access_key", "secretAccessKey".
bool is_aws_secret(std::string_view name, std::string_view value) {
    const std::string key = lower_ascii(name.substr(0, 96));
    return value.size() == 40 && key.find("secret") != std::string::npos &&
           key.find("access") != std::string::npos && is_random(value) && !is_hex(value);
}

// SN_single_pass_v2 = "single-pass-v2": the value says the name again.
bool repeats_name(std::string_view name, std::string_view value) {
    if (value.size() > 96 || value.empty()) return false;
    const auto plain = [](std::string_view text) {
        std::string out = lower_ascii(text);
        std::erase_if(out, [](char c) { return !is_word_byte(c) || c == '_'; });
        return out;
    };
    return plain(name.substr(0, 96)).find(plain(value)) != std::string::npos;
}

// $labels['password'], messages["password"]: what is kept under the name is a text for people.
bool is_label(std::string_view text, size_t name_begin) {
    if (name_begin < 3 || !quote(text[name_begin - 1]) || text[name_begin - 2] != '[') return false;
    size_t begin = name_begin - 2;
    while (begin > 0 && name_begin - begin < 48 && is_word_byte(text[begin - 1])) --begin;
    const std::string owner = lower_ascii(text.substr(begin, name_begin - 2 - begin));
    for (const auto word : {"label", "message", "translation", "lang", "text", "i18n", "l10n",
                            "locale", "title", "caption", "strings", "hint", "desc", "msg"}) {
        if (owner.find(word) != std::string::npos) return true;
    }
    return false;
}

// "des_key", "blowfish_key": a key whose owner is not known, with a value that can be nothing else.
bool is_other_key(std::string_view name, std::string_view value) {
    const std::string key = lower_ascii(name.substr(0, 96));
    if (!key.ends_with("_key") && !key.ends_with("-key")) return false;
    for (const auto word : {"public", "primary", "foreign", "cache", "sort", "site", "host", "row",
                            "index", "group", "partition", "translation", "publish", "hash"}) {
        if (key.find(word) != std::string::npos) return false;
    }
    const bool marked = value.find_first_of("!@#$^&*+=?~") != value.npos;
    return value.size() >= 16 && value.find_first_of(":.<>(){}[]% \\/") == value.npos &&
           is_random(value) && (marked || is_noise(value));
}

bool judge_named(const SecretPlace& place, std::string_view name, std::string_view value,
                 bool quoted, Secret& found) {
    auto kind = credential_name(name);
    if (!kind && quoted && is_other_key(name, value)) kind = ValueKind::key;
    if (!kind) return false;
    if (repeats_name(name, value) || value.find("\\x") != std::string_view::npos) return false;
    if (is_uuid(value) && lower_ascii(name).find("heroku") != std::string::npos &&
        is_random(value)) {
        found.rule = "secret-heroku-key";
        found.what = "Heroku API key";
        found.severity = Severity::critical;
        return true;
    }
    if (value.starts_with("-----BEGIN")) return false;
    if (!quoted && value.find_first_of("()[]{}<>&") != std::string_view::npos) return false;
    Likeness likeness = judge(*kind, value);
    if (is_aws_secret(name, value)) {
        found.rule = "secret-aws-secret-key";
        found.what = "AWS secret access key";
        found.severity = Severity::critical;
        return true;
    }
    if (place.relaxed) {
        const bool sure = likeness == Likeness::real && value.size() >= 16 &&
                          entropy_bits(value) >= 3.5 && is_random(value);
        likeness = sure ? Likeness::likely : Likeness::none;
    }
    if (likeness == Likeness::none) return false;
    const Named named = name_finding(*kind, name, value, likeness == Likeness::real);
    found.rule = named.rule;
    found.what = named.what;
    found.severity = likeness == Likeness::weak ? Severity::low : named.severity;
    return true;
}

size_t name_end(std::string_view text, size_t at) {
    size_t end = at;
    while (end < text.size()) {
        const char c = text[end];
        const bool joint = (c == '-' || c == '.') && end + 1 < text.size() &&
                           is_word_byte(text[end + 1]) && end > at;
        if (!is_word_byte(c) && !joint) break;
        ++end;
    }
    return end;
}

// "Authorization: Bearer <token>" and "Basic <base64>", wherever they stand.
bool find_header(std::string_view text, size_t begin, size_t end, ByteRuns& runs, Secret& found) {
    const std::string_view word = text.substr(begin, end - begin);
    const bool bearer = word == "Bearer";
    if ((!bearer && word != "Basic") || end >= text.size() || text[end] != ' ') return false;
    const size_t first = end + 1;
    const size_t last = runs.end_of_run(bearer ? Charset::dotted : Charset::base64, first);
    const std::string_view value = text.substr(first, last - first);
    if (value.size() < (bearer ? 20U : 12U) || !is_random(value)) return false;
    if (!bearer && decode_base64(value).find(':') == std::string::npos) return false;
    found = {first,
             last,
             bearer ? "secret-bearer-token" : "secret-basic-auth",
             bearer ? "bearer token" : "basic authentication header",
             Severity::high,
             2};
    return true;
}

// Cheap: does the name hold one of the parts a credential's name is made of?
bool worth_judging(std::string_view name) {
    if (name.size() < 3) return false;
    const std::string lowered = lower_ascii(name.substr(0, 96));
    for (const auto part : {"pass", "pwd", "secret", "token", "key", "cred", "authoriz", "psw"}) {
        if (lowered.find(part) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

void find_assigned(const SecretPlace& place, std::string_view text, std::vector<Secret>& out) {
    if (place.machine) return;
    Reader reader(text, place);
    ByteRuns runs(text);
    for (size_t at = 0; at < text.size();) {
        if (!is_word_byte(text[at])) {
            ++at;
            continue;
        }
        const size_t end = name_end(text, at);
        Secret found;
        if (find_header(text, at, end, runs, found) ||
            find_command_password(text, at, end, !place.relaxed, found)) {
            at = found.end;
            out.push_back(std::move(found));
            continue;
        }
        std::string_view name = text.substr(at, end - at);
        const auto dot = name.rfind('.');
        const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
        if (worth_judging(last)) {
            Value value = reader.after_name(at, end);
            if (!value.found) value = reader.next_line_value(at, end);
            const auto literal = text.substr(value.begin, value.end - value.begin);
            const bool label = (place.labels || is_label(text, at)) &&
                               literal.find_first_of("0123456789") == literal.npos;
            const auto whole = name.substr(name.size() - last.size());
            if (value.found && !label && judge_named(place, whole, literal, value.quoted, found)) {
                found.begin = value.begin;
                found.end = value.end;
                found.rank = 1;
                out.push_back(std::move(found));
            }
        }
        at = end;
    }
}

}  // namespace tk::review
