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

}  // namespace tk::review
