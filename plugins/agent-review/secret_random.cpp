// Literals that nothing but their randomness gives away.

#include "byte_runs.hpp"
#include "secret_names.hpp"
#include "secret_values.hpp"

#include <algorithm>

namespace tk::review {
namespace {

using std::size_t;

// Words on the line that say the value is no secret.
bool harmless_line(std::string_view before) {
    const std::string line = lower_ascii(before);
    for (const auto word :
         {"hash",   "digest",  "sha",   "md5",      "checksum", "integrity", "etag",    "uuid",
          "guid",   "cursor",  "nonce", "public",   "cert",     "finger",    "image",   "img",
          "font",   "icon",    "data",  "base64",   "encod",    "expect",    "fixture", "test",
          "sample", "example", "wasm",  "vector",   "commit",   "revision",  "path",    "url",
          "href",   "src",     "class", "alphabet", "charset",  "chars",     "ssh-",    "svg",
          "assert", "version", "salt",  "regex",    "pattern",  "import",    "require", "trace",
          "locale", "checks"}) {
        if (line.find(word) != std::string::npos) return true;
    }
    return false;
}

// "VUID-VkInstance-pNext-01234": parts joined by dashes, or a number at the end.
bool has_parts(std::string_view value) {
    const auto joints =
        std::count_if(value.begin(), value.end(), [](char c) { return c == '-' || c == '_'; });
    const auto last = value.find_last_of("-_");
    if (last == std::string_view::npos) return false;
    const std::string_view tail = value.substr(last + 1);
    return joints >= 4 ||
           (tail.size() >= 3 && tail.find_first_not_of("0123456789") == std::string_view::npos);
}

// The line up to the value is a comment, or has one begun.
bool in_comment(std::string_view before) {
    before.remove_prefix(std::min(before.find_first_not_of(" \t"), before.size()));
    for (const auto mark : {"//", "* ", "*\t", "/*", "<!--", "# ", "##", ";", "-- ", "%"}) {
        if (before.starts_with(mark)) return true;
    }
    return before.find(" // ") != before.npos || before.find(" # ") != before.npos ||
           before.find("/*") != before.npos;
}

}  // namespace

void find_random(const SecretPlace& place, std::string_view text, std::vector<Secret>& out) {
    if (place.machine || place.relaxed || place.vectors) return;
    ByteRuns runs(text);
    size_t line = 0;
    size_t last_line = 0;  // with such a literal, reported or not; counted from one
    bool carried = false;
    for (size_t at = 0; at + 1 < text.size(); ++at) {
        if (text[at] == '\n') ++line;
        if (text[at] != '"' && text[at] != '\'' && text[at] != '`') continue;
        const size_t begin = at + 1;
        const size_t end = runs.end_of_run(Charset::base64url, begin);
        const size_t length = end - begin;
        if (length < 32 || length > 100 || end >= text.size() || text[end] != text[at]) continue;
        const std::string_view value = text.substr(begin, length);
        at = end;
        if (is_hex(value) || is_uuid(value) || !is_random(value) || !is_noise(value) ||
            has_parts(value) || entropy_bits(value) < 4.4) {
            continue;
        }
        const auto any = [&](char low, char high) {
            return std::any_of(value.begin(), value.end(),
                               [&](char c) { return c >= low && c <= high; });
        };
        const auto digits =
            std::count_if(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!any('a', 'z') || !any('A', 'Z') || digits < 3 || value.starts_with("iVBOR") ||
            value.starts_with("R0lGOD") || value.starts_with("/9j/") || value.starts_with("AAAA") ||
            value.starts_with("pk_")) {
            continue;
        }
        // A body in base64 goes on over many lines: its first one is enough.
        if (line + 1 != last_line) carried = last_line != 0 && line == last_line;
        last_line = line + 1;
        if (carried) continue;
        const size_t from = begin > 120 ? begin - 120 : 0;
        std::string_view before = text.substr(from, begin - from);
        if (const auto start = before.rfind('\n'); start != std::string_view::npos) {
            before.remove_prefix(start + 1);
        }
        if (harmless_line(before) || in_comment(before)) continue;
        out.push_back(
            {begin, end, "secret-high-entropy", "random-looking literal", Severity::medium, 0});
    }
}

}  // namespace tk::review
