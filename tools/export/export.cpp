#include "core/cli/output.hpp"
#include "core/base/ids.hpp"
#include "core/git/bundle.hpp"
#include "core/git/logged.hpp"
#include "core/json/json.hpp"
#include "core/os/output_file.hpp"
#include "core/store/cas.hpp"
#include "core/workspace/declare.hpp"
#include "help/export.hpp"
#include "tools/export/archive.hpp"
#include "tools/log/anchor.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::export_tool {
namespace {

std::string quoted_sql(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// The values of runs, each checked against its name.
Result<void> copy_values(const std::string& from, const std::string& to) {
  store::Cas cas(from);
  TK_TRY(auto folders, os::list_directory(from));
  for (const auto& folder : folders) {
    TK_TRY(auto names, os::list_directory(from + "/" + folder));
    for (const auto& name : names) {
      if (folder.size() + name.size() != 64) continue;  // unfinished
      TK_TRY(auto bytes, cas.get(folder + name));
      TK_CHECK(os::make_directories(to + "/" + folder, 0700));
      TK_CHECK(os::replace_file(to + "/" + folder + "/" + name, bytes, 0600));
    }
  }
  return {};
}

Result<archive::Contents> gather(Session& s, const git::Repository& repository, const std::string& folder) {
  archive::Contents out;
  TK_TRY(out.commit, repository.head_commit());
  TK_TRY(out.ref, repository.head_ref());
  TK_TRY(auto header, git::commit_header(repository, out.commit));
  out.tree = header.tree;
  auto journal = folder + "/" + archive::kJournal;
  TK_TRY(auto durable, s.store.journal().durable(true));
  static_cast<void>(durable);
  // A compact copy of what is committed: no free pages, so nothing that was erased or pruned comes along.
  // Its schema's number counts compactions: the one thing that would differ from time to time.
  auto& db = s.store.journal().db();
  TK_CHECK(db.exec("VACUUM INTO " + quoted_sql(journal)));
  TK_CHECK(db.exec("ATTACH " + quoted_sql(journal) + " AS copy; PRAGMA copy.schema_version = 1; DETACH copy"));
  {
    TK_TRY(auto copy, journal::Journal::open(journal, store::Mode::read_only));
    TK_TRY(auto head, copy.head());
    out.rows = head.seq;
    out.journal_head = ids::hex(head.hash);
    TK_TRY(auto keys, log_tool::known_keys(s.workspace, copy));
    for (const auto& key : keys) out.keys.push_back(key.str());
  }
  for (const char* rest : {"-wal", "-shm"}) TK_CHECK(os::remove_file(journal + rest));
  TK_TRY(auto bundle, git::write_bundle(repository));
  TK_CHECK(os::replace_file(folder + "/" + archive::kBundle, bundle, 0600));
  if (os::is_directory(s.workspace.state("cas"))) TK_CHECK(copy_values(s.workspace.state("cas"), folder + "/cas"));
  return out;
}

Result<Exit> run(const cli::Args& args) {
  auto target = os::absolute(args.get("TARGET"));
  if (os::exists(target) && !(os::is_directory(target) && os::list_directory(target).value_or(std::vector<std::string>{"?"}).empty()))
    return fail(Code::ws_exists, target + " is there already", "name a place where nothing stands");
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  // Nobody declares meanwhile: refs and journal are of one moment.
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  // It is everything: whoever takes it may read everything.
  for (const auto& galaxy : s->law.index().entities("galaxy"))
    for (const char* action : {"log.read", "entity.read"}) TK_CHECK(s->store.ask(s->actor, action, {"log", std::string(galaxy.name), "journal"}));
  auto folder = archive::beside(target), tar = folder + ".tar";
  auto tidy = [&] {
    (void)os::remove_tree(folder);
    (void)os::remove_file(tar);
  };
  tidy();  // of one that was killed
  auto made = [&]() -> Result<archive::Contents> {
    TK_CHECK(os::make_directories(folder, 0700));
    TK_TRY(auto contents, gather(*s, repository, folder));
    TK_CHECK(archive::write_list(folder, contents));
    if (archive::is_tar(target)) {
      TK_CHECK(archive::write_tar(folder, tar));
      TK_CHECK(os::remove_tree(folder));  // when the file is there, nothing else is
    }
    TK_CHECK(os::put_at(archive::is_tar(target) ? tar : folder, target, Code::ws_exists));
    return contents;
  }();
  tidy();
  if (!made) return fail(made.error());
  if (args.json())
    cli::print(json::pretty(Value::Map{{"export", target}, {"commit", made->commit}, {"tree", made->tree}, {"rows", made->rows},
                                       {"journal_head", made->journal_head}}) + "\n");
  else
    cli::print("exported to " + target + ": commit " + made->commit.substr(0, 10) + ", " + std::to_string(made->rows) + " rows, journal head " +
               made->journal_head.substr(0, 16) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec export_verb() {
  return {"", "the whole workspace with its journal as one file or folder, without keys and secrets",
          {{"TARGET", "a folder, or a file whose name ends in .tar; nothing may stand there"}}, {kAsOption},
          {{"tk export /srv/backup/acme.tar", "one file that tk import takes"},
           {"tk export /srv/backup/acme", "the same parts as a folder"}},
          help::k_export, run, "{export: text, commit: text, tree: text, rows: int, journal_head: text}"};
}

}  // namespace tk::tools::export_tool
