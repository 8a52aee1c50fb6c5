#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/repo/history.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using Text = std::optional<std::string>;

tl::unexpected<Error> moved_on(const std::string& path, const std::string& commit) {
  return fail_at(Code::git_moved, {path, 0, 0}, "this has moved on since commit " + commit.substr(0, 10),
                 "take the later change back first: tk repo log shows it");
}

// All paths of a commit as they were before it.
Result<std::vector<git::Change>> undo_commit(const git::Repository& repository, const std::string& head, const Step& step) {
  std::vector<git::Change> out;
  for (const auto& path : step.commit.changed) {
    TK_TRY(auto now, repository.read(head, path));
    TK_TRY(auto then, repository.read(step.commit.id, path));
    if (now != then) return moved_on(path, step.commit.id);
    TK_TRY(auto before, repository.read(step.parent, path));
    out.push_back({path, std::move(before)});
  }
  return out;
}

// A file of many with one element exchanged, put in or taken out. `was`: how the file looked when the element stood there.
Result<std::string> exchange(const std::string& content, const Declaration* is, const Declaration* was, const std::string& was_text) {
  auto put = was ? was_text.substr(was->begin, was->end - was->begin) : std::string();
  if (is) {
    auto begin = is->begin, end = is->end;
    if (!was) {  // its line goes with it
      while (begin > 0 && (content[begin - 1] == ' ' || content[begin - 1] == '\t')) --begin;
      if (end < content.size() && content[end] == '\n' && begin > 0 && content[begin - 1] == '\n') ++end;
    }
    return content.substr(0, begin) + put + content.substr(end);
  }
  auto closing = content.rfind("</");
  if (closing == content.npos) return fail(Code::git_moved, "the list that it stood in is empty now", "declare it anew: tk repo new");
  return content.substr(0, closing) + "  " + put + "\n" + content.substr(closing);
}

// One entity as it was before a commit; what else that commit did stays.
Result<std::vector<git::Change>> undo_entity(const git::Repository& repository, const std::string& head, const Step& step, const Touch& touch) {
  std::vector<git::Change> out;
  std::vector<std::string> paths = {touch.seen().path};
  if (touch.before && touch.before->path != touch.seen().path) paths.push_back(touch.before->path);
  for (const auto& path : paths) {
    TK_TRY(auto now, repository.read(head, path));
    TK_TRY(auto before, step.parent.empty() ? Result<Text>(Text()) : repository.read(step.parent, path));
    auto here = [&](const std::optional<Declaration>& d) { return d && d->path == path ? &*d : nullptr; };
    const auto *was = here(touch.before), *became = here(touch.after);
    if ((was && was->alone) || (became && became->alone)) {
      out.push_back({path, was ? before : Text()});
      continue;
    }
    if (!now && !was) continue;
    if (!now) {
      out.push_back({path, before});
      continue;
    }
    std::optional<Declaration> is;
    for (auto& d : declarations_in(*now, path))
      if (became && d.id == became->id && d.ref == became->ref) is = std::move(d);
    TK_TRY(auto content, exchange(*now, is ? &*is : nullptr, was, before.value_or("")));
    out.push_back({path, std::move(content)});
  }
  return out;
}

// Whether HEAD has the entity as that commit left it.
Result<void> stands_still(const git::Repository& repository, const std::string& head, const Step& step, const Touch& touch) {
  const auto& path = touch.seen().path;
  TK_TRY(auto now, repository.read(head, path));
  std::optional<Declaration> is;
  if (now)
    for (auto& d : declarations_in(*now, path))
      if (d.id == touch.seen().id && d.ref == touch.seen().ref) is = std::move(d);
  bool equal = touch.after ? is && is->values == touch.after->values : !is;
  if (!equal) return moved_on(path, step.commit.id);
  return {};
}

// The transition of one entity's record.
Result<std::optional<record::Change>> change_of(Session& s, const Touch& touch) {
  const auto& d = touch.seen();
  auto change = change_for(s, d.ref, d.id, d.path, d.attributes);
  change.reason = "reverted";
  auto known = d.id.empty() ? s.store.of_entity(d.ref) : [&]() -> Result<std::optional<record::Record>> {
    auto found = s.store.get(d.id);
    return found ? std::optional(std::move(*found)) : std::optional<record::Record>();
  }();
  if (!known) return fail(known.error());
  if (!touch.before && touch.after && !*known) return std::optional(std::move(change));  // never had one
  const auto& stands = touch.before ? *touch.before : d;
  TK_TRY(auto record, record_of(s, stands.ref, stands.id, stands.state(), stands.path, stands.attributes));
  change.id = record.id;
  auto target = touch.after ? d.state() : "retired";
  if (record.state != "retired") {
    change.event = entity_event(record.state, target);
    return std::optional(std::move(change));
  }
  if (target == "retired" && !touch.after) return std::optional<record::Change>();
  // A retired record comes back only so; whoever does it must be one who may make it active again.
  if (target == "active") TK_CHECK(s.store.ask(s.actor, "entity.activate", d.ref));
  change.event = "revert_to_" + target;
  change.input.erase("ref");
  change.input.erase("file");
  return std::optional(std::move(change));
}

Result<Step> wanted(const git::Repository& repository, const law::Index& index, const std::string& word, std::optional<Touch>& touch) {
  if (word.find(':') == word.npos) {
    TK_TRY(auto commit, repository.resolve(word));
    return step_of(repository, commit);
  }
  TK_TRY(auto followed, follow(index, word));
  std::optional<Step> found;
  TK_CHECK(walk_history(repository, std::move(followed), [&](const Step& step) -> Result<bool> {
    found = step;
    touch = step.touches.front();
    return false;
  }));
  if (!found) return fail(Code::ws_entity_unknown, "no commit declares " + text::printable(word), "tk repo get lists entities");
  return std::move(*found);
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  TK_TRY(auto head, repository.head_commit());
  auto word = args.get("WHAT");
  std::optional<Touch> touch;
  TK_TRY(auto step, wanted(repository, s->law.index(), word, touch));
  TK_TRY(auto header, git::commit_header(repository, step.commit.id));
  TK_TRY(bool ours, repository.reaches(head, step.commit.id));
  if (!ours) return fail(Code::cli_usage, "HEAD does not hold commit " + step.commit.id.substr(0, 10), "git merge it first");
  if (header.parents.size() != 1)
    return fail(Code::cli_usage, step.commit.id.substr(0, 10) + (header.parents.empty() ? " is the first commit" : " is a merge") +
                                     ": there is no one state before it",
                "take back what it joined, or one entity: tk repo revert REF");
  std::vector<git::Change> files;
  if (touch) {
    TK_CHECK(stands_still(repository, head, step, *touch));
    TK_TRY(files, undo_entity(repository, head, step, *touch));
  } else {
    TK_TRY(files, undo_commit(repository, head, step));
  }
  // What the whole does to entities, read off the files themselves.
  std::vector<std::string> paths;
  for (const auto& f : files) paths.push_back(f.path);
  TK_TRY(auto touches, compare(paths, [&](const std::string& path) { return repository.read(head, path); },
                               [&](const std::string& path) -> Result<Text> {
                                 return std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.path == path; })->content;
                               }));
  std::vector<record::Change> changes;
  Value::List refs;
  for (const auto& t : touches) {
    refs.emplace_back(t.seen().ref.str());
    TK_TRY(auto change, change_of(*s, t));
    if (change) changes.push_back(std::move(*change));
  }
  if (changes.empty())
    return fail(Code::cli_usage, "commit " + step.commit.id.substr(0, 10) + " changed no entity", "git revert " + step.commit.id.substr(0, 10));
  auto subject = touch ? touches.front().seen().ref.str() : "\"" + text::printable(step.commit.message.substr(0, step.commit.message.find('\n'))) + "\"";
  TK_TRY(auto seq, commit_entities(*s, repository, std::move(files), std::move(changes),
                                   "repo: revert " + subject + "\n\nThis takes back commit " + step.commit.id + "."));
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"reverted", step.commit.id}, {"refs", std::move(refs)}, {"seq", seq}}) + "\n");
    return Exit::ok;
  }
  for (const auto& ref : refs) cli::print(ref.text() + "  as before " + step.commit.id.substr(0, 10) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec revert_verb() {
  return {"revert", "take back a commit, or the last change of an entity, in a new commit",
          {{"WHAT", "a commit, or an entity: user:alice"}}, {kAsOption},
          {{"tk repo revert HEAD~2", "every path of that commit as it was before"},
           {"tk repo revert user:alice", "her last change only, whatever else its commit did"}},
          help::k_revert, run,
          "{reverted: text, refs: [text], seq: int}", values};
}

}  // namespace tk::tools::repo_tool
