#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/record/field.hpp"
#include "core/workspace/compile.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/hierarchy.hpp"
#include "help/repo.hpp"
#include "tools/repo/provision.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/declare.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using workspace::Entity;
constexpr std::size_t kBatch = 500;  // transitions in one commit of the journal

// What one side of a change declares, by what stays the same when it is renamed.
struct Declared {
  Entity entity;
  std::string path;
};
using Side = std::map<std::string, Declared>;

std::string identity(const Entity& e) {
  return e.id.empty() ? e.ref.str() : e.id;
}

Result<void> collect(const git::Repository& repository, const std::string& commit, const std::string& path, Side& side) {
  if (commit.empty()) return {};
  TK_TRY(auto content, repository.read(commit, path));
  if (!content) return {};
  auto read = workspace::read_file({path, std::move(*content)});
  for (auto& e : read.entities) {
    auto key = identity(e);
    side.insert_or_assign(std::move(key), Declared{std::move(e), path});
  }
  return {};
}

struct Step {  // one of the four stages, for one entity
  std::string ref, file, what;
  std::vector<std::array<std::string, 3>> changes;  // attribute, was, is
  std::string event, from, to;
  std::int64_t seq = 0;
};

class Sync {
 public:
  Sync(Session& s, const git::Repository& repository) : s_(s), repository_(repository) {}

  Result<void> run(const std::string& from, const std::string& to) {
    TK_TRY(auto materialised, workspace::Materialised::of(repository_, to));
    TK_TRY(auto changed, repository_.differences(from, to, materialised.skip()));
    for (const auto& d : changed)
      if (workspace::declares(d.path)) files.push_back(d.path);
    Side before, after;
    for (const auto& path : files) {
      TK_CHECK(collect(repository_, from, path, before));
      TK_CHECK(collect(repository_, to, path, after));
    }
    return carry(before, after);
  }

  // Spaces that are read from now on: what stands in them may have no records yet.
  Result<void> fresh(const std::string& commit, const std::vector<std::string>& spaces) {
    Side after;
    for (const auto& space : spaces) {
      auto folder = workspace::context_folder(space) + "/";
      TK_TRY(auto all, repository_.files(commit, folder));
      for (const auto& f : all)
        if (workspace::declares(f.path)) TK_CHECK(collect(repository_, commit, f.path, after));
    }
    return carry({}, after);
  }

  std::vector<std::string> files;
  std::vector<Step> steps;
  std::vector<Error> refused;

 private:
  Result<void> carry(const Side& before, const Side& after) {
    std::vector<record::Change> first, second;
    for (const auto& [id, d] : after) TK_CHECK(declared(d, first, second));
    for (const auto& [id, d] : before)
      if (!after.contains(id)) TK_CHECK(gone(d, first));
    TK_CHECK(commit(std::move(first)));
    return commit(std::move(second));
  }

  Result<std::optional<record::Record>> record_of(const Entity& e) {
    if (!e.id.empty()) {
      auto found = s_.store.get(e.id);
      if (found) return std::optional<record::Record>(std::move(*found));
      if (found.error().code != Code::record_unknown) return fail(found.error());
    }
    TK_TRY(auto named, s_.store.of_entity(e.ref));
    if (named && !e.id.empty() && named->id != e.id) return std::optional<record::Record>();
    return named;
  }

  record::Change change(const Declared& d, const std::string& id, const std::string& event) {
    auto c = change_for(s_, d.entity.ref, id, d.path, workspace::attributes_of(d.entity));
    c.event = event;
    c.owed = "adoption";
    c.reason = "declared by hand";
    return c;
  }

  Result<void> declared(const Declared& d, std::vector<record::Change>& first, std::vector<record::Change>& second) {
    const auto& e = d.entity;
    TK_TRY(auto record, record_of(e));
    auto state = e.state.empty() ? std::string("active") : e.state;
    if (!record) {
      first.push_back(change(d, e.id, ""));
      steps.push_back({e.ref.str(), d.path, "created", {}, "", "", "active"});
      // It begins as active; a second step makes it what it is.
      if (state != "active" && !e.id.empty()) {
        second.push_back(change(d, e.id, entity_event("active", state)));
        follow_.push_back({e.ref.str(), d.path, "updated", {{"state", "active", state}}, "", "active", state});
      }
      return {};
    }
    Step step{e.ref.str(), d.path, "updated", {}, "", record->state, state};
    auto compare = [&](const char* name, const std::string& was, const std::string& is) {
      if (was != is) step.changes.push_back({name, was, is});
    };
    compare("ref", record::field_text(*record, "ref"), e.ref.str());
    compare("file", record::field_text(*record, "file"), d.path);
    compare("state", record->state, state);
    attributes(*record, e, step);
    if (step.changes.empty()) return {};
    if (step.changes[0][0] == "ref") step.what = "renamed";
    if (record->state == "retired") {
      refused.push_back(Error{Code::ws_entity_invalid,
                              e.ref.str() + " was retired for good",
                              {d.path, e.line, 1},
                              "what comes anew has an id of its own: take id=\"…\" away",
                              nullptr});
      return {};
    }
    first.push_back(change(d, record->id, entity_event(record->state, state)));
    steps.push_back(std::move(step));
    return {};
  }

  static void attributes(const record::Record& record, const Entity& e, Step& step) {
    auto was = record::field_value(record, "attributes");
    auto is = workspace::attributes_of(e);
    auto text = [](const Value& v) { return v.as_list() ? json::compact(v) : v.text(); };
    Value::Map none;
    const auto& old = was.as_map() ? *was.as_map() : none;
    for (const auto& [name, value] : is)
      if (auto it = old.find(name); it == old.end())
        step.changes.push_back({name, "", text(value)});
      else if (!(it->second == value))
        step.changes.push_back({name, text(it->second), text(value)});
    for (const auto& [name, value] : old)
      if (!is.contains(name)) step.changes.push_back({name, text(value), ""});
  }

  Result<void> gone(const Declared& d, std::vector<record::Change>& changes) {
    TK_TRY(auto record, record_of(d.entity));
    if (!record || record->state == "retired") return {};
    changes.push_back(change(d, record->id, "retire"));
    changes.back().reason = "its declaration was taken away";
    steps.push_back({d.entity.ref.str(), d.path, "removed", {}, "", record->state, "retired"});
    return {};
  }

  Result<void> commit(std::vector<record::Change> changes) {
    if (changes.empty()) return {};
    if (!follow_.empty() && done_ == steps.size()) steps.insert(steps.end(), follow_.begin(), follow_.end()), follow_.clear();
    for (std::size_t at = 0; at < changes.size(); at += kBatch) {
      std::vector<record::Change> part(std::make_move_iterator(changes.begin() + static_cast<std::ptrdiff_t>(at)),
                                       std::make_move_iterator(changes.begin() + static_cast<std::ptrdiff_t>(std::min(changes.size(), at + kBatch))));
      cli::progress("journaled " + std::to_string(at) + " of " + std::to_string(changes.size()));
      TK_TRY(auto outcomes, s_.store.apply(std::move(part)));
      for (const auto& o : outcomes) {
        auto& step = steps[done_++];
        step.seq = o.seq;
        TK_TRY(auto row, s_.store.journal().db().prepare("SELECT event_type FROM journal WHERE seq = ?"));
        TK_TRY(bool there, row.bind(o.seq).step());
        if (there) step.event = std::string(row.text(0));
      }
    }
    return {};
  }

  Session& s_;
  const git::Repository& repository_;
  std::vector<Step> follow_;
  std::size_t done_ = 0;
};

// The spaces that somebody takes part in: an open session, lobby or run stands there.
Result<std::set<std::string>> taken_part_in(Session& s) {
  std::set<std::string> out;
  for (const auto* type : {"session", "lobby", "run"}) {
    TK_TRY(auto all, s.store.list(type));
    for (const auto& r : all) {
      TK_TRY(auto definition, s.store.definition_of(r));
      const auto* state = definition->state(r.state);
      if (state && state->final) continue;
      auto context = record::field_text(r, "ctx");
      if (context.empty()) context = r.context;
      if (std::count(context.begin(), context.end(), '.') == 2) out.insert(context);
    }
  }
  return out;
}

Result<void> take_part(Session& s, const std::vector<std::string>& spaces, const std::vector<std::string>& left) {
  for (const auto& space : spaces) {
    if (!law::valid_context(space) || std::count(space.begin(), space.end(), '.') != 2)
      return fail(Code::cli_usage, "not a space: " + text::printable(space), "galaxy.system.space, like acme.web.api");
    record::Change c;
    c.type = "session";
    c.context = s.workspace.default_context();
    c.input = {{"type", "tk"}, {"ctx", space}};
    c.actor = s.actor;
    c.trace = trace::child(s.trace);
    TK_TRY(auto made, s.store.apply(std::move(c)));
    record::Change on;
    on.id = made.record.id;
    on.event = "activate";
    on.actor = s.actor;
    on.trace = trace::child(s.trace);
    TK_CHECK(s.store.apply(std::move(on)));
  }
  if (left.empty()) return {};
  TK_TRY(auto all, s.store.list("session"));
  for (const auto& r : all) {
    if (r.state == "ended" || std::find(left.begin(), left.end(), record::field_text(r, "ctx")) == left.end()) continue;
    record::Change off;
    off.id = r.id;
    off.event = "end";
    off.actor = s.actor;
    off.trace = trace::child(s.trace);
    TK_CHECK(s.store.apply(std::move(off)));
  }
  return {};
}

struct UnixLine {
  std::string what, was, is;
};

// Rows, homes, files and folders that HEAD wants otherwise than what was synced last.
Result<std::vector<UnixLine>> unix_lines(const std::string& before, const std::string& after) {
  std::map<std::string, UnixLine> out;
  auto key = [](std::string_view line) {
    auto f = text::split(line, '\t');
    return std::string(f[0]) + " " + std::string(f[1]) + (f[0] == "row" && f.size() > 2 ? " " + std::string(f[2]) : "");
  };
  auto value = [](std::string_view line) {
    auto f = text::split(line, '\t');
    return std::string(f[0] == "row"    ? f.back()
                       : f[0] == "dir"  ? f.back()
                       : f[0] == "home" ? "keys " + std::string(f[3]).substr(0, 12)
                                        : std::string(f[2]).substr(0, 12));
  };
  auto thing = [](std::string_view line) {
    return line.starts_with("row\t") || line.starts_with("home\t") || line.starts_with("file\t") || line.starts_with("dir\t");
  };
  auto lines_of = [&](const std::string& text) {
    std::unordered_set<std::string_view> lines;
    for (auto line : text::split(text, '\n'))
      if (thing(line)) lines.insert(line);
    return lines;
  };
  auto old_lines = lines_of(before), new_lines = lines_of(after);
  for (auto line : old_lines)
    if (!new_lines.contains(line)) out[key(line)].was = value(line);
  for (auto line : new_lines)
    if (!old_lines.contains(line)) out[key(line)].is = value(line);
  std::vector<UnixLine> list;
  for (auto& [what, l] : out) l.what = what, list.push_back(std::move(l));
  return list;
}

struct Done {
  std::string from, to;
  std::set<std::string> active;
  bool lazy = false;
  std::size_t read = 0;
  std::vector<UnixLine> unix_lines;
};

void print(const cli::Args& args, const Sync& sync, const Done& done) {
  auto n = [](std::size_t count) { return Value(static_cast<std::int64_t>(count)); };
  if (args.json()) {
    Value::List files(sync.files.begin(), sync.files.end()), steps, lines, refused, active(done.active.begin(), done.active.end());
    for (const auto& s : sync.steps) {
      Value::List changes;
      for (const auto& [name, was, is] : s.changes) changes.push_back(Value::Map{{"attribute", name}, {"was", was}, {"is", is}});
      steps.push_back(Value::Map{{"ref", s.ref},
                                 {"file", s.file},
                                 {"what", s.what},
                                 {"changes", std::move(changes)},
                                 {"event", s.event},
                                 {"from", s.from},
                                 {"to", s.to},
                                 {"seq", s.seq}});
    }
    for (const auto& l : done.unix_lines) lines.push_back(Value::Map{{"what", l.what}, {"was", l.was}, {"is", l.is}});
    for (const auto& e : sync.refused)
      refused.push_back(Value::Map{{"message", e.message}, {"file", e.where.file}, {"line", std::int64_t{e.where.line}}, {"hint", e.hint}});
    cli::print(json::pretty(Value::Map{{"from", done.from},
                                       {"to", done.to},
                                       {"lazy", done.lazy},
                                       {"active", std::move(active)},
                                       {"files", std::move(files)},
                                       {"transitions", std::move(steps)},
                                       {"unix", std::move(lines)},
                                       {"refused", std::move(refused)},
                                       {"blobs", n(done.read)}}) +
               "\n");
    return;
  }
  std::string out;
  if (args.has("trace")) {
    for (const auto& f : sync.files) out += "git     " + f + "\n";
    for (const auto& s : sync.steps) {
      out += "entity  " + s.ref + " " + s.what + "\n";
      for (const auto& [name, was, is] : s.changes)
        out += "          " + name + ": " + (was.empty() ? "-" : was) + " -> " + (is.empty() ? "-" : is) + "\n";
      out += "event   " + s.event + "  seq " + std::to_string(s.seq) + "\n";
      out += "record  " + s.ref + ": " + (s.from.empty() ? "new" : s.from) + " -> " + s.to + "\n";
    }
    for (const auto& l : done.unix_lines)
      out += "unix    " + l.what + ": " + (l.was.empty() ? "-" : l.was) + " -> " + (l.is.empty() ? "-" : l.is) + "\n";
  }
  if (args.has("stats"))
    out += (done.lazy ? text::count(done.active.size(), "space") + " of a lazy workspace, " : std::string("all spaces, ")) +
           text::count(done.read, "blob") + " read\n";
  out += text::count(sync.files.size(), "file") + ", " + text::count(sync.steps.size(), "event") + ", " +
         text::count(sync.steps.size(), "transition") + ", " + text::count(done.unix_lines.size(), "Unix operation") + "\n";
  cli::print(out);
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  Done done;
  TK_TRY(done.to, repository.head_commit());
  // Law is compiled here rather than by another program: what it reads of git is read again below.
  if (!done.to.empty() && !workspace::CompiledLaw::of_commit(ws, done.to)) TK_CHECK(workspace::compile_law(ws, repository));
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_CHECK(take_part(*s, args.all("space"), args.all("leave")));
  TK_TRY(auto materialised, workspace::Materialised::of(repository, done.to));
  done.lazy = materialised.lazy();
  std::vector<std::string> fresh;
  if (done.lazy) {
    TK_TRY(done.active, taken_part_in(*s));
    std::set_difference(done.active.begin(), done.active.end(), materialised.active().begin(), materialised.active().end(),
                        std::back_inserter(fresh));
    if (done.active != materialised.active()) {
      // Law of other spaces than before: nobody may decide by the old one meanwhile.
      TK_CHECK(workspace::forget_law(ws));
      TK_CHECK(workspace::Materialised::write(ws.root(), done.active));
      TK_CHECK(workspace::compile_law(ws, repository));
      TK_CHECK(workspace::compile_hierarchy(ws, repository));
    }
  }
  auto marker = ws.state("synced");
  if (auto last = os::read_file(marker, 128)) done.from = std::string(text::trim(*last));
  if (!done.from.empty() && !repository.resolve(done.from)) done.from.clear();
  Sync sync(*s, repository);
  TK_CHECK(sync.run(done.from, done.to));
  TK_CHECK(sync.fresh(done.to, fresh));
  TK_TRY(auto of, wanted_of_head(ws, repository));
  auto wanted = of.wanted.text();
  auto kept = ws.state("synced-unix");
  auto before = os::read_file(kept);
  if (before) {
    TK_TRY(done.unix_lines, unix_lines(*before, std::string(wanted)));
  } else {
    TK_TRY(done.unix_lines, unix_lines("", std::string(wanted)));
  }
  if (!before || !done.unix_lines.empty()) TK_CHECK(os::replace_file(kept, wanted, 0600));
  TK_CHECK(os::write_atomic(marker, done.to + "\n", 0600));
  done.read = git::Repository::blobs_read();
  print(args, sync, done);
  for (const auto& e : sync.refused) cli::note(e.where.file + ":" + std::to_string(e.where.line) + ": " + e.message + " (" + e.hint + ")");
  return sync.refused.empty() ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec sync_verb() {
  return {"sync",
          "what was committed by hand becomes events, transitions and Unix rows",
          {},
          {{"trace", "", "each of the four stages"},
           {"stats", "", "what was read"},
           {"space", "PATH", "take part in this space: it is read from now on", {}, true},
           {"leave", "PATH", "take part in it no more", {}, true},
           kAsOption},
          {{"tk repo sync", "after git commit or git pull"},
           {"tk repo sync --trace", "file, entity, event, transition and Unix row of each change"},
           {"tk repo sync --space acme.web.api --stats", "work in one space of a lazy workspace"}},
          help::k_sync,
          run,
          "{from: text, to: text, lazy: bool, active: [text], files: [text], transitions: [{ref: text, file: text, what: text, changes: [{attribute: "
          "text, was: text, is: text}], "
          "event: text, from: text, to: text, seq: int}], unix: [{what: text, was: text, is: text}], refused: [{message: text, file: text, line: "
          "int, hint: text}], blobs: int}",
          values};
}

}  // namespace tk::tools::repo_tool
