#include "tools/log/anchor.hpp"

#include <algorithm>

#include "core/acl/keyfile.hpp"
#include "core/base/text.hpp"
#include "core/git/repository.hpp"
#include "core/os/file.hpp"

namespace tk::tools::log_tool {
namespace {

constexpr const char* kKey = "journal.key";
const git::Author kAuthor{"tk", "tk@localhost"};

// What stands on the ref now: the commit, and the checkpoint that it holds.
struct Tip {
  std::string commit, note;
};
Result<Tip> tip_of(const git::Repository& repo) {
  Tip out;
  TK_TRY(out.commit, repo.ref_commit(kRef));
  TK_TRY(auto note, repo.read(out.commit, "checkpoint"));
  out.note = note.value_or("");
  return out;
}

}  // namespace

Result<crypto::SigningKey> journal_key(const workspace::Workspace& ws, bool make) {
  auto folder = ws.state("keys");
  crypto::Seed seed{};
  TK_TRY(auto bytes, make ? acl::read_or_make_key(folder, kKey, seed.size()) : acl::read_key(folder, kKey, seed.size()));
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  auto key = crypto::SigningKey::from_seed(seed);
  crypto::wipe(seed.data(), seed.size());
  crypto::wipe(bytes.data(), bytes.size());
  return key;
}

namespace {

constexpr const char* kKnown = "keys/journal.known";

Result<std::vector<journal::NoteKey>> predecessors(const workspace::Workspace& ws) {
  std::vector<journal::NoteKey> out;
  if (!os::exists(ws.state(kKnown))) return out;
  TK_TRY(auto lines, os::read_private(ws.state(kKnown), 1u << 20));
  for (auto line : text::split(lines, '\n')) {
    if (line.empty()) continue;
    TK_TRY(auto key, journal::parse_note_key(line));
    out.push_back(std::move(key));
  }
  return out;
}

}  // namespace

Result<std::vector<journal::NoteKey>> known_keys(const workspace::Workspace& ws, journal::Journal& journal) {
  TK_TRY(auto out, predecessors(ws));
  auto own = journal_key(ws, false);
  if (!own && own.error().code == Code::os_not_found) return out;
  if (!own) return fail(own.error());
  TK_TRY(auto origin, journal::origin_of(journal));
  out.insert(out.begin(), {origin, own->public_key()});
  return out;
}

Result<void> keep_known_keys(const workspace::Workspace& ws, const std::vector<std::string>& keys) {
  if (keys.empty()) return {};
  TK_CHECK(os::make_directories(ws.state("keys"), 0700));
  return os::write_atomic(ws.state(kKnown), text::join(keys, "\n") + "\n", 0600);
}

Result<Sealed> make_anchor(const workspace::Workspace& ws) {
  TK_TRY(auto repo, git::Repository::open(ws.root()));
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_write));
  TK_TRY(auto key, journal_key(ws, true));
  TK_TRY(auto before, predecessors(ws));
  // Two may be at it: the ref moves by compare-and-swap, and who lost looks again.
  for (int tries = 0;; ++tries) {
    TK_TRY(auto tip, tip_of(repo));
    Sealed out;
    TK_TRY(out.checkpoint, journal::make_checkpoint(journal, key, tip.note, before));
    TK_TRY(auto origin, journal::origin_of(journal));
    out.key = {origin, key.public_key()};
    out.commit = tip.commit;
    auto keys = before;
    keys.push_back(out.key);
    auto there = journal::open_note(tip.note, keys);  // make_checkpoint has looked at it
    if (there && there->size >= out.checkpoint.size) return out;
    TK_TRY(out.commit, repo.write_commit(tip.commit, {{"checkpoint", out.checkpoint.note}, {"key", out.key.str() + "\n"}}, kAuthor,
                                         "checkpoint of " + std::to_string(out.checkpoint.size) + " rows\n"));
    auto moved = repo.move_ref(kRef, tip.commit, out.commit, "tk log checkpoint");
    if (moved) return out;
    if (moved.error().code != Code::git_moved || tries == 20) return fail(moved.error());
  }
}

Result<std::vector<Anchor>> git_anchors(const workspace::Workspace& ws) {
  std::vector<Anchor> out;
  auto repo = git::Repository::open(ws.root());
  if (!repo) return out;
  TK_TRY(auto tip, repo->ref_commit(kRef));
  TK_TRY(auto commits, repo->history(tip));
  for (const auto& commit : commits) {
    TK_TRY(auto note, repo->read(commit, "checkpoint"));
    out.push_back({"commit " + commit.substr(0, 10) + " of " + kRef, note.value_or("")});
  }
  return out;
}

Result<journal::StoredCheckpoint> covering(const workspace::Workspace& ws, journal::Journal& journal, std::int64_t size) {
  TK_TRY(auto stored, journal::stored_checkpoint(journal, size));
  if (stored) return *stored;
  TK_TRY(auto made, make_anchor(ws));
  return made.checkpoint;
}

}  // namespace tk::tools::log_tool
