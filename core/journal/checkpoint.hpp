// Checkpoints: what the tree was at a size, signed, as C2SP tlog-checkpoint and signed-note write it (Ed25519, type
// 0x01). Origin and name of the key are tk/<id of the first row>, which no other journal has. A stored checkpoint is
// evidence only against who has not its key; an anchor outside is evidence against everybody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/journal/journal.hpp"
#include "core/journal/tree.hpp"

namespace tk::journal {

struct Checkpoint {
  std::string origin;
  std::int64_t size = 0;
  crypto::Digest root{};
};

// The public half of a key and its name, written "name+keyid+base64(0x01 ‖ key)".
struct NoteKey {
  std::string name;
  crypto::PublicKey key{};
  std::string id() const;  // 4 bytes
  std::string str() const;
};
Result<NoteKey> parse_note_key(std::string_view text);

std::string sign(const Checkpoint& checkpoint, const crypto::SigningKey& key);
// The checkpoint of a note that one of the keys signed; journal_checkpoint when none did, or when it is no note.
Result<Checkpoint> open_note(std::string_view note, const std::vector<NoteKey>& keys);
// What it says its size is, unverified; 0 when it is no note.
std::int64_t claimed_size(std::string_view note);

struct StoredCheckpoint {
  std::int64_t size = 0, ts_ns = 0;
  std::string note;
};

Result<std::string> origin_of(Journal& journal);  // of a journal with at least one row
// The first one that covers at least `size` rows, or the last one of all (size 0).
Result<std::optional<StoredCheckpoint>> stored_checkpoint(Journal& journal, std::int64_t size = 0);
Result<void> each_checkpoint(Journal& journal, const std::function<Result<bool>(const StoredCheckpoint&)>& visit);
// Signs the tree of what is durable and stores it; the one that is there when nothing came since. Never signs a tree
// that does not go on from the last stored checkpoint, nor from `anchor` (journal_checkpoint); those may be signed by one of
// the `predecessors` instead.
Result<StoredCheckpoint> make_checkpoint(Journal& journal, const crypto::SigningKey& key, const std::string& anchor = {},
                                         std::vector<NoteKey> predecessors = {});
// What is wrong with a checkpoint, given the rows that are there; empty = nothing.
Result<std::string> check_checkpoint(Journal& journal, std::string_view note, const std::vector<NoteKey>& keys);

}  // namespace tk::journal
