#include "core/journal/journal.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "core/record/store.hpp"
#include "tools/doctor/checks.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::doctor_tool {
namespace {

using State = Finding::State;
constexpr std::int64_t kMiB = 1 << 20;

std::string ms(std::int64_t ns) {
  auto tenths = (ns + 50'000) / 100'000;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

void disk(const workspace::Workspace& ws, std::vector<Finding>& out) {
  auto folder = ws.root() + "/.tk";
  if (auto remote = os::remote_file_system(folder); !remote.empty())
    out.push_back({State::broken, folder + " lies on " + remote + ": locks, shared memory and notification hold on a local file system only",
                   "keep the workspace on a local disk"});
  else
    out.push_back({State::ok, "the journal lies on a local file system", ""});
  if (auto free = os::free_bytes(folder); free >= 0 && free < 100 * kMiB)
    out.push_back({State::broken, "only " + std::to_string(free / kMiB) + " MiB are free: commits will soon be refused", "free some room"});
  auto took = os::flush_ns(ws.state("run"));
  if (!took) {
    out.push_back({State::broken, describe(took.error()), took.error().hint});
    return;
  }
  bool slow = *took > 10'000'000;
  out.push_back({slow ? State::slow : State::ok,
                 "a flush takes " + ms(*took) + ": one writer makes at most " + std::to_string(1'000'000'000 / std::max<std::int64_t>(*took, 1)) +
                     " commits a second, many writers share flushes",
                 slow ? "a disk with a cache that survives a power cut is faster" : ""});
}

void privacy(const workspace::Workspace& ws, std::vector<Finding>& out) {
  bool good = true;
  for (const auto& path : {ws.root() + "/.tk", ws.journal_path(), ws.state("run"), ws.state("cas")}) {
    auto rights = os::rights_of(path);
    if (!rights.exists || !rights.others_read) continue;
    good = false;
    out.push_back({State::unsafe, path + " can be read by others", "chmod go-rwx " + path,
                   [path] { return os::make_private(path); }});
  }
  if (good) out.push_back({State::ok, "what happened in this workspace is its owner's to read", ""});
}

Result<void> mend_journal(const std::string& path) {
  TK_TRY(auto journal, journal::Journal::open(path, store::Mode::read_write));
  TK_TRY(auto states, record::check_states(journal));
  if (!states.empty())
    return fail(Code::journal_broken, states, "keep the file as it is and compare it with a backup");
  TK_TRY(auto verdict, journal.mend());
  if (!verdict.ok)
    return fail(Code::journal_broken, verdict.problem, "keep the file as it is and compare it with a backup");
  return {};
}

void journal_health(const workspace::Workspace& ws, std::vector<Finding>& out) {
  auto path = ws.journal_path();
  auto journal = journal::Journal::open(path, store::Mode::read_only);
  if (!journal) {
    out.push_back({State::broken, describe(journal.error()), journal.error().hint});
    return;
  }
  const auto* live = journal->live();
  if (live && live->poisoned())
    out.push_back({State::broken, "a flush of the journal failed: nothing is acknowledged any more", "tk doctor --mend",
                   [path] { return mend_journal(path); }});
  auto head = journal->head();
  if (!head) out.push_back({State::broken, describe(head.error()), head.error().hint});
  else out.push_back({State::ok, "the journal has " + std::to_string(head->seq) + " rows; tk log verify proves them", ""});
  if (auto wal = os::file_size(path + "-wal"); wal > 64 * kMiB)
    out.push_back({State::slow, "the write-ahead log has grown to " + std::to_string(wal / kMiB) + " MiB: a reader keeps it from being emptied",
                   "end readers that have been running for long, such as tk log --follow in another terminal"});
  auto waiting = journal->db().prepare("SELECT count(*) FROM outbox");
  if (!waiting) return;
  auto row = waiting->step();
  if (row && *row && waiting->integer(0) > 0)
    out.push_back({State::note, "a declaration was journaled but not yet put into git", "the next tk repo new or set does it"});
}

void people(const workspace::Workspace& ws, std::vector<Finding>& out) {
  auto session = Session::open_to_read();
  if (!session) {
    out.push_back({State::broken, describe(session.error()), session.error().hint});
    return;
  }
  auto& s = **session;
  if (auto me = acl::identify(s.store, s.gate, s.realm, "")) out.push_back({State::ok, "you are " + me->ref, ""});
  else out.push_back({State::missing, describe(me.error()), me.error().hint});
  if (s.law.uncommitted_edits(ws))
    out.push_back({State::note, "the working tree has uncommitted edits of entities; law decides on HEAD", "git commit"});
}

}  // namespace

void look_at_workspace(std::vector<Finding>& out) {
  auto ws = workspace::Workspace::find();
  if (!ws) {
    bool none = ws.error().code == Code::ws_none;
    out.push_back({none ? State::note : State::broken, describe(ws.error()), ws.error().hint});
    return;
  }
  if (!os::exists(ws->journal_path())) {
    out.push_back({State::note, "nothing has happened in this workspace yet", ""});
    return;
  }
  disk(*ws, out);
  privacy(*ws, out);
  journal_health(*ws, out);
  people(*ws, out);
}

}  // namespace tk::tools::doctor_tool
