// Where checkpoints come from and go to: the signing key (.tk/keys/journal.key), the journal, and the ref
// refs/tk/checkpoints of the workspace's git, whose commits hold `checkpoint` and `key` and chain by their parents.
// HEAD, index and working tree are never touched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/journal/checkpoint.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::tools::log_tool {

inline constexpr const char* kRef = "refs/tk/checkpoints";

// The journal's key; made when `make` and there is none, else os_not_found.
Result<crypto::SigningKey> journal_key(const workspace::Workspace& ws, bool make);

// The keys whose signatures count here: the own one where there is one, and those that signed before this workspace was
// imported (.tk/keys/journal.known, a note key in each line).
Result<std::vector<journal::NoteKey>> known_keys(const workspace::Workspace& ws, journal::Journal& journal);
Result<void> keep_known_keys(const workspace::Workspace& ws, const std::vector<std::string>& keys);

struct Sealed {
  journal::StoredCheckpoint checkpoint;
  journal::NoteKey key;
  std::string commit;  // in git
};
// Signs the durable tree, stores the checkpoint and commits it to kRef.
Result<Sealed> make_anchor(const workspace::Workspace& ws);

struct Anchor {
  std::string where, note;  // "commit 1a2b3c of refs/tk/checkpoints"
  std::int64_t size = 0;
};
Result<std::vector<Anchor>> git_anchors(const workspace::Workspace& ws);

// A checkpoint that covers `size` rows: a stored one, else a new one.
Result<journal::StoredCheckpoint> covering(const workspace::Workspace& ws, journal::Journal& journal, std::int64_t size);

}  // namespace tk::tools::log_tool
