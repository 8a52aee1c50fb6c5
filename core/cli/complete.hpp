// What may stand where the cursor is. The shells' scripts answer from their own tables what is static;
// the rest comes from here: `tk __complete -- WORD…`, the last word being the one under the cursor. One
// candidate a line, "value<TAB>what"; a line ":files" or ":dirs" asks the shell to complete names of
// files. Read-only, no network, no answer after 100 ms.
#pragma once

#include "core/cli/spec.hpp"

namespace tk::cli {

// Candidates for the last of the words behind the command's name. `ask`: what is not in the spec
// (a verb's `values`, or a third party's own __complete).
using Ask = std::function<std::vector<Candidate>(const VerbSpec&, const std::string& kind, const Args& given)>;
std::vector<Candidate> complete(const CommandSpec& completed, const std::vector<std::string>& words,
                                const Ask& ask);

std::string write_candidates(const std::vector<Candidate>& candidates);
// Ends the process, quietly and successfully, when an answer takes longer than 100 ms.
void start_deadline();

}  // namespace tk::cli
