#include "core/workspace/declare.hpp"

#include <algorithm>
#include <future>

#include "core/json/json.hpp"
#include "core/os/beside.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/entity_index.hpp"

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

// Beside other work; where it fails, whoever needs the index brings it up and says why.
std::future<void> index_beside(const git::Repository& repo, const std::string& commit) {
  return os::beside([root = repo.worktree(), commit] {
    if (auto own = git::Repository::open(root)) (void)EntityIndex::open_at(root + "/.tk/index.db", *own, commit);
  });
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

// Where a compensation puts a record back to.
Value back_to(const record::Record& before) {
  // One that never came to be is retired.
  if (before.state.empty()) return Value::Map{{"id", before.id}, {"state", "retired"}, {"attributes", Value()}};
  Value::Map out{{"id", before.id}, {"state", before.state}};
  // What is no entity comes along in the same commit and has none.
  if (record::is_entity_type(before.type)) {
    auto attributes = before.fields.find("attributes");
    out.emplace("attributes", attributes == before.fields.end() ? Value() : attributes->second);
  }
  return out;
}

}  // namespace

Result<RefEffects> RefEffects::open(const git::Repository& repo) {
  TK_CHECK(os::make_directories(repo.worktree() + "/.tk", 0700));
  TK_TRY(auto lock, os::Lock::wait(repo.worktree() + "/.tk/declare.lock", Code::journal_busy));
  return RefEffects(repo, std::move(lock));
}

namespace {

// What an outbox entry asks for: its first line. The second is what its records were, which a compensation needs alone.
struct Wanted {
  std::string ref, from, to, message;
  std::vector<std::string> paths;
  git::Author author;
};

Result<Wanted> read_wanted(const std::string& effect) {
  TK_TRY(auto body, json::parse(std::string_view(effect).substr(0, effect.find('\n')), "outbox"));
  Wanted w{body["ref"].text(), body["from"].text(), body["to"].text(), body["message"].text(), {}, {}};
  if (const auto* list = body["paths"].as_list())
    for (const auto& p : *list) w.paths.push_back(p.text());
  auto author = body["author"].text();
  auto cut = std::min(author.find('\n'), author.size());
  w.author = {author.substr(0, cut), author.substr(std::min(cut + 1, author.size()))};
  return w;
}

// Our change on top of what was committed meanwhile; a conflict when the same path was touched there,
// or when the two together are no valid law.
Result<std::string> rebase(const git::Repository& repo, const Wanted& w, const std::string& head) {
  TK_TRY(auto theirs, repo.changed_paths(w.from, head));
  for (const auto& path : w.paths)
    if (std::find(theirs.begin(), theirs.end(), path) != theirs.end())
      return fail_at(Code::git_moved, {path, 0, 0}, "somebody committed this path first",
                     "look at the new content and run the command again");
  std::vector<git::Change> changes;
  for (const auto& path : w.paths) {
    TK_TRY(auto content, repo.read(w.to, path));
    changes.push_back({path, content});
  }
  TK_TRY(auto commit, repo.write_commit(head, changes, w.author, w.message));
  TK_TRY(auto sources, committed_sources(repo, commit));
  if (auto good = check_sources(std::move(sources)); !good)
    return fail(Code::git_moved, "with what was committed meanwhile it is no valid law: " +
                                     describe(good.error()), good.error().hint);
  return commit;
}

}  // namespace

Result<void> RefEffects::publish(std::int64_t, const record::Effect& effect) {
  TK_TRY(auto w, read_wanted(effect.body));
  auto finish = [&](const std::string& before, const std::string& now) -> Result<void> {
    TK_TRY(auto here, repo_.head_ref());
    if (here != w.ref) return {};  // another branch is checked out: its files are its own
    if (w.paths.size() > git::Repository::kMany) indexed_ = index_beside(repo_, now);
    return bring_files(repo_, before, now, w.paths);
  };
  for (int tries = 0; tries < 10; ++tries) {
    TK_TRY(auto head, repo_.ref_commit(w.ref));
    TK_TRY(bool there, repo_.reaches(head, w.to));
    if (there) return finish(w.from, head);
    auto base = w.from, commit = w.to;
    if (head != w.from) {
      // An earlier try may have laid it over somebody's commit: then it is there under another id.
      TK_TRY(auto earlier, repo_.find_message(head, w.from, w.message));
      if (!earlier.empty()) return finish(w.from, head);
      TK_TRY(commit, rebase(repo_, w, head));
      base = head;
    }
    auto moved = repo_.move_ref(w.ref, base, commit, "tk");
    if (moved) return finish(base, commit);
    if (moved.error().code != Code::git_moved) return moved;
  }
  return fail(Code::git_moved, w.ref + " keeps moving", "run the command again");
}

Result<void> RefEffects::lost(record::Store& store, const record::Effect& effect, const Error& why) {
  auto line = effect.body.find('\n');
  TK_TRY(auto body, json::parse(std::string_view(effect.body).substr(0, line), "outbox"));
  auto records = body["records"];  // where they stood once
  if (line != effect.body.npos) {
    TK_TRY(records, json::parse(std::string_view(effect.body).substr(line + 1), "outbox"));
  }
  for (const auto& r : records.as_list() ? *records.as_list() : Value::List{}) {
    record::Change undo;
    undo.id = r["id"].text();
    undo.event = "revert_to_" + r["state"].text();
    if (r.as_map() && r.as_map()->contains("attributes")) undo.input = {{"attributes", r["attributes"]}};
    undo.actor = read_actor(body["actor"]);
    undo.owed = "compensation";
    undo.reason = "compensates: " + describe(why);
    TK_CHECK(store.apply(std::move(undo)));
  }
  return {};
}

Result<std::int64_t> declare(record::Store& store, const git::Repository& repo, Declaration d) {
  TK_TRY(auto head, repo.head_commit());
  TK_TRY(auto ref, repo.head_ref());
  // Nothing refers to the contents yet, and git gc takes what is refused: they are written while it is looked at whether
  // they may be. That writes the id of each into d.files, and nothing else.
  std::future<Result<void>> stored;
  if (d.files.size() > git::Repository::kMany) stored = os::beside([&] { return git::Repository::store(repo.worktree(), d.files); });
  if (d.check) TK_CHECK(d.check(d.files));
  if (d.check_clean)
    for (const auto& f : d.files) {
      TK_TRY(auto state, repo.path_state(head, f.path));
      if (state == git::Path::dirty)
        return fail_at(Code::git_dirty, {f.path, 0, 0}, "the file has uncommitted changes",
                       "commit or restore it first: git diff " + f.path);
    }
  const auto actor = d.changes.front().actor;
  const auto trace = d.changes.front().trace;
  d.changes.front().effects = [&](std::int64_t seq, const record::Befores& befores) -> Result<std::vector<record::Effect>> {
    auto message = d.message + "\n\nTk-Actor: " + actor.ref +
                   (actor.on_behalf_of_ref.empty() ? "" : " for " + actor.on_behalf_of_ref) +
                   "\nTk-Trace: " + trace.trace_id + "\nTk-Seq: " + std::to_string(seq) + "\n";
    if (stored.valid()) TK_CHECK(stored.get());
    TK_TRY(auto commit, repo.write_commit(head, d.files, d.author, message));
    Value::List paths;
    for (const auto& f : d.files) paths.push_back(f.path);
    Value::Map body{{"actor", actor_value(actor)}, {"author", author_line(d.author)},
                    {"from", head}, {"message", message}, {"paths", paths},
                    {"ref", ref}, {"to", commit}};
    Value::List records;
    for (const auto* before : befores) records.push_back(back_to(*before));
    return std::vector<record::Effect>{{"ref", json::compact(body) + "\n" + json::compact(records)}};
  };
  TK_TRY(auto done, store.apply(std::move(d.changes)));
  return done.front().seq;
}

}  // namespace tk::workspace
