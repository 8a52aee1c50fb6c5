#include "scan.hpp"

#include "byte_runs.hpp"
#include "excerpt.hpp"
#include "secret_formats.hpp"
#include "secret_names.hpp"
#include "secret_values.hpp"

#include <algorithm>

namespace tk::review {
namespace {

constexpr std::size_t kLeastValue = 6;

bool holds_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        return text.find(part) != std::string_view::npos;
    });
}

bool ends_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return text.ends_with(part); });
}

SecretPlace place_of(std::string_view path, std::string_view text) {
    SecretPlace place;
    const std::string lowered = "/" + lower_ascii(path);
    const std::string_view name = std::string_view(lowered).substr(lowered.rfind('/') + 1);
    const Language language = language_of(path, text);
    place.unquoted =
        language == Language::shell ||
        ends_any(name, {".env", ".ini", ".yml", ".yaml", ".properties", ".conf", ".cfg", ".cnf",
                        ".toml", ".config", ".tfvars", ".service", ".npmrc", ".pypirc", ".netrc",
                        ".pgpass", "dockerfile", "makefile", "credentials"}) ||
        name.starts_with(".env") || name.starts_with("dockerfile") || name.find('.') == name.npos;
    place.relaxed =
        holds_any(lowered, {"/test/", "/tests/", "/__tests__/", "/spec/", "/fixtures/",
                            "/testdata/", "/examples/", "/example/", "/mocks/", "/__mocks__/"}) ||
        holds_any(name,
                  {".example", ".sample", ".template", ".dist", "_test.", ".test.", ".spec."}) ||
        name.starts_with("test_");
    place.vectors = holds_any(lowered, {"/test", "_test", "-test", ".test", "tests/",
                                        "fixture", "vectors", "/.pc/"});
    place.labels = holds_any(lowered, {"/lang/", "/langs/", "/language/", "/languages/", "/locale/",
                                       "/locales/", "/i18n/", "/l10n/", "/translations/",
                                       "/localization/"}) ||
                   name.starts_with("messages.") || name.starts_with("translations.");
    place.machine = ends_any(name, {".lock", "-lock.json", "go.sum", ".min.js", ".map", ".svg",
                                    ".snap", "-lock.yaml", ".min.css", ".po", ".pot", ".ipynb"});
    return place;
}

// Ascending, without overlaps; the span that is kept covers every span it swallows.
std::vector<Secret> settled(std::vector<Secret> all) {
    std::sort(all.begin(), all.end(), [](const Secret& a, const Secret& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<Secret> kept;
    for (Secret& next : all) {
        if (kept.empty() || next.begin >= kept.back().end) {
            kept.push_back(std::move(next));
            continue;
        }
        const std::size_t begin = kept.back().begin;
        const std::size_t end = std::max(kept.back().end, next.end);
        if (next.rank > kept.back().rank) kept.back() = std::move(next);
        kept.back().begin = begin;
        kept.back().end = end;
    }
    return kept;
}

std::vector<Secret> find_secrets(const SecretPlace& place, std::string_view text) {
    std::vector<Secret> all;
    find_formats(text, all);
    find_assigned(place, text, all);
    find_random(place, text, all);
    return settled(std::move(all));
}

void append_masked(std::string& out, std::string_view value) {
    if (value.size() >= 12) {
        std::size_t end = 0;
        for (int characters = 0; characters < 4 && end < value.size(); ++characters) {
            ++end;
            while (end < value.size() &&
                   (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U && end < 16) {
                ++end;
            }
        }
        out += value.substr(0, end);
    }
    out += "\xE2\x80\xA6";
}

// The part [begin, end) of the text with the secrets that touch it masked.
std::string masked_part(std::string_view text, const std::vector<Secret>& secrets,
                        std::size_t begin, std::size_t end, std::size_t enough) {
    auto next =
        std::lower_bound(secrets.begin(), secrets.end(), begin,
                         [](const Secret& secret, std::size_t at) { return secret.end <= at; });
    std::string out;
    std::size_t at = begin;
    while (at < end && out.size() <= enough) {
        const std::size_t stop = next == secrets.end() ? end : std::min(end, next->begin);
        if (stop > at) {
            out += text.substr(at, std::min(stop - at, enough + 4));
            at = stop;
            continue;
        }
        // The inside of a secret that began on an earlier line shows nothing of it.
        if (next->begin >= begin) {
            append_masked(out, text.substr(next->begin, std::min(next->end, end) - next->begin));
        } else {
            out += "\xE2\x80\xA6";
        }
        at = std::max(at, next->end);
        ++next;
    }
    return out;
}

std::string mend_for(const Secret& secret, Language language) {
    if (secret.rule == "secret-private-key") {
        return "remove the key from the repository, replace the key pair, and read the new key "
               "from a file outside of it";
    }
    if (secret.rule == "secret-stripe-test-key") return "read the test key from the environment";
    std::string_view read = "${NAME} from the environment or a secret store";
    switch (language) {
        case Language::python:
            read = "os.environ[\"NAME\"]";
            break;
        case Language::javascript:
            read = "process.env.NAME";
            break;
        case Language::php:
            read = "getenv('NAME')";
            break;
        case Language::c:
            read = "std::getenv(\"NAME\")";
            break;
        case Language::shell:
            read = "\"${NAME:?}\"";
            break;
        case Language::unknown:
            break;
    }
    return "revoke the value, issue a new one and read it at run time: " + std::string(read);
}

std::string article(std::string_view what) {
    const bool vowel = std::string_view("aeiouAEIO").find(what[0]) != std::string_view::npos ||
                       what.starts_with("npm") || what.starts_with("RSA");
    return (vowel ? "an " : "a ") + std::string(what);
}

// The lines of a key's body: runs of base64 between line ends, escaped ones too. Its header fields
// ("DEK-Info: ...") are no part of the key.
void add_pem_lines(std::string_view body, std::vector<std::string>& out) {
    while (!body.empty()) {
        const auto stop = std::min(body.find_first_of("\n\\"), body.size());
        std::string_view line = body.substr(0, stop);
        const bool escaped = stop < body.size() && body[stop] == '\\';
        body.remove_prefix(std::min(stop + (escaped ? 2 : 1), body.size()));
        if (line.find(':') != std::string_view::npos || line.starts_with("-----")) continue;
        while (!line.empty()) {
            std::size_t end = 0;
            while (end < line.size() && in_charset(Charset::base64, line[end])) ++end;
            if (end >= kLeastValue) out.emplace_back(line.substr(0, end));
            line.remove_prefix(std::min(end + 1, line.size()));
        }
    }
}

}  // namespace

std::vector<std::string> secret_values(std::string_view path, std::string_view text) {
    std::vector<std::string> values;
    for (const Secret& secret : find_secrets(place_of(path, text), text)) {
        const std::string_view value = text.substr(secret.begin, secret.end - secret.begin);
        if (secret.rule == "secret-private-key")
            add_pem_lines(value, values);
        else if (value.size() >= kLeastValue)
            values.emplace_back(value);
    }
    std::sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

std::vector<Finding> scan_secrets(std::string_view path, std::string_view text) {
    const std::vector<Secret> secrets = find_secrets(place_of(path, text), text);
    std::vector<Finding> findings;
    if (secrets.empty()) return findings;
    const Language language = language_of(path, text);
    const LineIndex lines(text);
    std::size_t shown_line = static_cast<std::size_t>(-1);
    std::string shown;
    for (const Secret& secret : secrets) {
        // A PEM body begins on the line after its header, which is the better place to point at.
        std::size_t at = secret.begin;
        if (secret.rule == "secret-private-key") {
            const auto header = text.substr(0, at).rfind("-----BEGIN");
            if (header != std::string_view::npos) at = header;
        }
        const std::size_t line = lines.line_of(at);
        if (line != shown_line) {
            const std::size_t begin = lines.begin_of(line);
            std::size_t from = begin;
            while (from < at && (text[from] == ' ' || text[from] == '\t')) ++from;
            shown = masked_part(text, secrets, from, lines.end_of(line), kExcerptBytes);
            shown = std::string(cut_utf8(trimmed(one_line(shown)), kExcerptBytes));
            shown_line = line;
        }
        findings.push_back({static_cast<int>(line) + 1,
                            static_cast<int>(at - lines.begin_of(line)) + 1, secret.rule,
                            secret.severity, article(secret.what) + " is written into the source",
                            mend_for(secret, language), shown});
    }
    return findings;
}

std::string mask_secrets(std::string_view text) {
    // Without a path every shape counts: to mask too much is the safe side.
    SecretPlace place;
    place.unquoted = true;
    const std::vector<Secret> secrets = find_secrets(place, text);
    if (secrets.empty()) return std::string(text);
    return masked_part(text, secrets, 0, text.size(), text.size());
}

}  // namespace tk::review
