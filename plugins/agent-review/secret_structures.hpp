// Credentials that have several parts: PEM blocks, URLs with a password, connection strings,
// webhooks, signed tokens.
//
// Contract: `at` is the position the caller has reached; the span that is found may begin before
// it, but ends after it.

#pragma once

#include "byte_runs.hpp"
#include "secret_formats.hpp"

namespace tk::review {

// At ':', '-' or '='.
bool find_structure(ByteRuns& runs, std::size_t at, Secret& found);

// At the first byte of a word.
bool find_worded(ByteRuns& runs, std::size_t at, Secret& found);

// A password in SQL or on a command line: IDENTIFIED BY '...', mysql -p..., curl -u user:...;
// [at, end) is the word to look at. Unless `weak`, only what is surely random counts.
bool find_command_password(std::string_view text, std::size_t at, std::size_t end, bool weak,
                           Secret& found);

}  // namespace tk::review
