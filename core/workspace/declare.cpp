#include "core/workspace/declare.hpp"

#include <algorithm>

#include "core/base/ids.hpp"
#include "core/json/json.hpp"

namespace tk::workspace {
namespace {

// Files of the working tree follow, but not over somebody's edits made since.
Result<void> bring_files(const git::Repository& repo, const std::string& before,
                         const std::string& now, const std::vector<std::string>& paths) {
  std::vector<std::string> free;
  for (const auto& path : paths) {
    TK_TRY(bool ours, repo.untouched(before, now, path));
    if (ours) free.push_back(path);
  }
  return repo.check_out(now, free, repo.worktree() + "/.tk");
}

std::string author_line(const git::Author& a) { return a.name + "\n" + a.email; }

Value actor_value(const record::Actor& a) {
  return Value::Map{{"kind", a.kind}, {"id", a.id}, {"ref", a.ref}, {"sponsor", a.sponsor},
                    {"on_behalf_of", a.on_behalf_of}, {"on_behalf_of_ref", a.on_behalf_of_ref}};
}
record::Actor read_actor(const Value& v) {
  return {v["kind"].text(), v["id"].text(), v["ref"].text(), v["sponsor"].text(),
          v["on_behalf_of"].text(), v["on_behalf_of_ref"].text()};
}

}  // namespace

Result<RefEffects> RefEffects::open(const git::Repository& repo) {
  TK_CHECK(os::make_directories(repo.worktree() + "/.tk", 0700));
  TK_TRY(auto lock, os::Lock::wait(repo.worktree() + "/.tk/declare.lock", Code::journal_busy));
  return RefEffects(repo, std::move(lock));
}

Result<void> RefEffects::publish(std::int64_t, const record::Effect& effect) {
  TK_TRY(auto body, json::parse(effect.body, "outbox"));
  auto ref = body["ref"].text(), from = body["from"].text(), to = body["to"].text();
  std::vector<std::string> paths;
  for (const auto& p : body["paths"].as_list() ? *body["paths"].as_list() : Value::List{})
    paths.push_back(p.text());
  for (int tries = 0; tries < 10; ++tries) {
    TK_TRY(auto head, repo_.head_commit());
    TK_TRY(bool there, repo_.reaches(head, to));
    if (there) return bring_files(repo_, from, head, paths);
    if (head != from) {
      // Somebody committed meanwhile: lay ours over theirs, unless they touched the same path.
      TK_TRY(auto theirs, repo_.changed_paths(from, head));
      for (const auto& path : paths)
        if (std::find(theirs.begin(), theirs.end(), path) != theirs.end())
          return fail_at(Code::git_moved, {path, 0, 0}, "somebody committed this path first",
                         "look at the new content and run the command again");
      std::vector<git::Change> changes;
      for (const auto& path : paths) {
        TK_TRY(auto content, repo_.read(to, path));
        changes.push_back({path, content});
      }
      auto author = body["author"].text();
      auto cut = author.find('\n');
      TK_TRY(to, repo_.write_commit(head, changes, {author.substr(0, cut), author.substr(cut + 1)},
                                    body["message"].text()));
      from = head;
    }
    auto moved = repo_.move_ref(ref, from, to, "tk");
    if (moved) return bring_files(repo_, from, to, paths);
    if (moved.error().code != Code::git_moved) return moved;
  }
  return fail(Code::git_moved, ref + " keeps moving", "run the command again");
}

Result<void> RefEffects::lost(record::Store& store, const record::Effect& effect, const Error& why) {
  TK_TRY(auto body, json::parse(effect.body, "outbox"));
  for (const auto& id : body["records"].as_list() ? *body["records"].as_list() : Value::List{}) {
    record::Change undo;
    undo.id = id.text();
    undo.event = "revert";
    undo.actor = read_actor(body["actor"]);
    undo.reason = "compensates: " + describe(why);
    TK_CHECK(store.apply(std::move(undo)));
  }
  return {};
}

Result<std::int64_t> declare(record::Store& store, const git::Repository& repo, Declaration d) {
  TK_TRY(auto head, repo.head_commit());
  TK_TRY(auto ref, repo.head_ref());
  if (d.check_clean)
    for (const auto& f : d.files) {
      TK_TRY(auto state, repo.path_state(head, f.path));
      if (state == git::Path::dirty)
        return fail_at(Code::git_dirty, {f.path, 0, 0}, "the file has uncommitted changes",
                       "commit or restore it first: git diff " + f.path);
    }
  Value::List records;
  for (auto& c : d.changes) {
    if (c.id.empty()) c.id = ids::uuid7();
    records.push_back(c.id);
  }
  const auto actor = d.changes.front().actor;
  const auto trace = d.changes.front().trace;
  d.changes.front().effects = [&](std::int64_t seq) -> Result<std::vector<record::Effect>> {
    auto message = d.message + "\n\nTk-Actor: " + actor.ref +
                   (actor.on_behalf_of_ref.empty() ? "" : " for " + actor.on_behalf_of_ref) +
                   "\nTk-Trace: " + trace.trace_id + "\nTk-Seq: " + std::to_string(seq) + "\n";
    TK_TRY(auto commit, repo.write_commit(head, d.files, d.author, message));
    Value::List paths;
    for (const auto& f : d.files) paths.push_back(f.path);
    Value::Map body{{"actor", actor_value(actor)}, {"author", author_line(d.author)},
                    {"from", head}, {"message", message}, {"paths", paths},
                    {"records", records}, {"ref", ref}, {"to", commit}};
    return std::vector<record::Effect>{{"ref", json::compact(body)}};
  };
  TK_TRY(auto done, store.apply(std::move(d.changes)));
  return done.front().seq;
}

}  // namespace tk::workspace
