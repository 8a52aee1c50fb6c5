// Where the interpolations of a string are, and where bracketed code inside one ends.
//
// Contract: as read_tokens; nothing outside [.., end) is looked at.

#pragma once

#include "source_tokens.hpp"

namespace tk::review {

// From just behind an opening bracket to its closer, or to `end`.
std::uint32_t closing(Language language, std::string_view text, std::uint32_t at, std::uint32_t end,
                      char closer, bool one_line);

// Reads an interpolation that begins at `at`; its end is `at` when there is none.
Hole hole_at(Language language, std::string_view text, std::uint32_t at, std::uint32_t end,
             bool one_line);

}  // namespace tk::review
