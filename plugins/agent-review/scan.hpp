// What the review agents find by themselves, without an outside scanner: SQL text that is built
// from values, and secrets that are written into the source.
//
// Contract: every function takes untrusted bytes of any length and never throws on their account,
// runs in time linear in their size, and never hands a secret back, except secret_values: excerpts
// and messages are masked. A finding comes from the text alone.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::review {

enum class Severity { low, medium, high, critical };

enum class Language { unknown, python, javascript, php, c, shell };

struct Finding {
    int line = 0;      // 1-based
    int column = 0;    // 1-based, in bytes
    std::string rule;  // "sql-injection", "secret-<format>"
    Severity severity = Severity::low;
    std::string message;  // one line: what was found, and where the value comes from
    std::string mend;     // one line: how to put it right
    std::string excerpt;  // the source line, trimmed, masked, at most 160 bytes
};

// By the file's first line when it names an interpreter, else by its extension or name.
Language language_of(std::string_view path, std::string_view text);

// SQL statements into which a value flows that is neither constant nor guarded. The position is
// where the value enters. Language::unknown finds nothing.
std::vector<Finding> scan_sql(Language language, std::string_view text);

// Credentials written as literals, by known format, by the name they are assigned to, or by their
// randomness.
std::vector<Finding> scan_secrets(std::string_view path, std::string_view text);

// The values that scan_secrets reports in this text as they stand there, so that the caller can
// mask them wherever else they occur: longest first, each once, none shorter than six bytes; of a
// PEM block the lines of its body. The one function that hands secrets out.
std::vector<std::string> secret_values(std::string_view path, std::string_view text);

// The text with every secret that scan_secrets would report under any path replaced by its first
// four characters (none when it is shorter than twelve bytes) and "…".
std::string mask_secrets(std::string_view text);

}  // namespace tk::review
