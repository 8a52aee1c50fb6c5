// Words and bytes: UTF-8, edit distance, splitting, positions. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::text {

// Offset of the first byte that is not valid UTF-8 (RFC 3629), or npos.
std::size_t invalid_utf8(std::string_view s);
// Every invalid byte replaced by U+FFFD.
std::string to_utf8(std::string_view s);
// Control characters other than newline and tab shown as \xNN: safe to print on a terminal.
std::string printable(std::string_view s);
// Every occurrence of a secret replaced by "***"; an empty secret is none.
std::string masked(std::string text, std::string_view secret);
// At most n bytes, cut between characters, with … when cut.
std::string shorten(std::string_view s, std::size_t n);

std::vector<std::string_view> split(std::string_view s, char by);
std::string join(const std::vector<std::string>& parts, std::string_view by);
std::string_view trim(std::string_view s);

// Damerau-Levenshtein distance (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b);
// The nearest candidate within distance 2 (and less than the word's length), or empty; empty too for
// a word of more than 128 bytes.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

struct Position {
  int line = 1;  // 1-based, columns in bytes
  int column = 1;
};
Position position(std::string_view text, std::size_t offset);

// "1 finding", "2 findings"
std::string count(std::size_t n, std::string_view noun);

}  // namespace tk::text
