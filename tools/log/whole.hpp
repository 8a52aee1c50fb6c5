// Whether the journal is whole: what `tk log verify` says, for whoever else has to know.
#pragma once

#include <functional>

#include "core/base/error.hpp"
#include "tools/log/anchor.hpp"

namespace tk::tools::log_tool {

// Everything that somebody signed once about this journal. Read before the snapshot that is compared with it: what
// others sign meanwhile is newer than that.
struct Claims {
  std::vector<Anchor> all;  // the smallest first
  std::int64_t stored = 0, outside = 0, outside_last = 0, last = 0;
};
Result<Claims> claims_of(const workspace::Workspace& ws, journal::Journal& journal, const std::vector<std::string>& files = {});

struct Whole {
  std::int64_t rows = 0, bad_seq = 0;  // bad_seq: the first row that is wrong, where it is one
  std::string problem;                 // empty = it is whole
  Code code = Code::journal_broken;    // of the problem
};
// Chain, tree and structure, then every claim, then that each record is the fold of its rows. `keys`: the words or
// files that a signature is judged by; none = the workspace's own key.
Result<Whole> verify_whole(const workspace::Workspace& ws, journal::Journal& journal, const Claims& claims,
                           const std::vector<std::string>& keys = {},
                           const std::function<void(std::int64_t rows)>& progress = {});

// The keys that signatures of checkpoints are judged by.
Result<std::vector<journal::NoteKey>> note_keys(const workspace::Workspace& ws, journal::Journal& journal,
                                                const std::vector<std::string>& words);

}  // namespace tk::tools::log_tool
