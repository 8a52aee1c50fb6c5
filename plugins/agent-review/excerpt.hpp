// Where a byte stands in a text, and how its line is shown in a finding.
//
// Contract: LineIndex keeps a view of the text, which must outlive it. cut_utf8 never splits a
// well-formed UTF-8 sequence.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tk::review {

constexpr std::size_t kExcerptBytes = 160;

class LineIndex {
public:
    explicit LineIndex(std::string_view text);
    std::size_t line_of(std::size_t at) const;  // 0-based
    std::size_t begin_of(std::size_t line) const { return starts_[line]; }
    std::size_t end_of(std::size_t line) const;  // without the line's end mark

private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

std::string_view trimmed(std::string_view text);
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

// One line of plain text: control bytes become spaces.
std::string one_line(std::string_view text);

}  // namespace tk::review
