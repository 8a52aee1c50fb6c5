#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/git/bundle.hpp"
#include "core/git/logged.hpp"
#include "core/json/json.hpp"
#include "core/os/output_file.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/hierarchy.hpp"
#include "help/import.hpp"
#include "tools/export/archive.hpp"
#include "tools/log/whole.hpp"

namespace tk::tools::import_tool {
namespace {

tl::unexpected<Error> broken(const std::string& what) { return fail(Code::ws_bundle, what, "fetch the export again; nothing of it was taken"); }

// The journal is whole, has the head that the export says, and every checkpoint that somebody signed fits it.
Result<void> check_journal(const workspace::Workspace& ws, const archive::Contents& contents, const std::vector<std::string>& keys) {
  TK_TRY(auto journal, journal::Journal::open(ws.journal_path(), store::Mode::read_write));
  TK_TRY(auto head, journal.head());
  if (head.seq != contents.rows || ids::hex(head.hash) != contents.journal_head) return broken("the journal does not end where the export says");
  TK_TRY(auto claims, log_tool::claims_of(ws, journal));
  TK_TRY(auto whole, log_tool::verify_whole(ws, journal, claims, keys));
  if (!whole.problem.empty()) return broken("the journal: " + whole.problem);
  return {};
}

Result<void> build(const archive::Archive& from, const std::string& folder, const std::vector<std::string>& keys) {
  const auto& contents = from.contents();
  TK_TRY(auto repository, git::read_bundle(from.part(archive::kBundle), folder, contents.ref, Code::ws_bundle));
  TK_TRY(auto head, repository.head_commit());
  TK_TRY(auto header, git::commit_header(repository, head));
  if (head != contents.commit || header.tree != contents.tree) return broken("its repository is not at the commit that the export says");
  if (os::exists(folder + "/.tk")) return broken("its repository holds .tk, which is never committed");
  if (!os::exists(folder + "/tk.toml")) return broken("its repository is no workspace: there is no tk.toml");
  TK_TRY(auto ws, workspace::Workspace::open(folder));
  TK_CHECK(ws.prepare_state());
  for (const auto& name : from.names()) {
    if (!name.starts_with("cas/")) continue;
    if (crypto::sha256_hex(from.part(name)) != name.substr(4, 2) + name.substr(7)) return broken(name + " does not have the digest that it is called by");
    TK_CHECK(os::make_directories(ws.state(name.substr(0, 6)), 0700));
    TK_CHECK(os::replace_file(ws.state(name), from.part(name), 0600));
  }
  TK_CHECK(os::replace_file(ws.journal_path(), from.part(archive::kJournal), 0600));
  TK_CHECK(log_tool::keep_known_keys(ws, contents.keys));
  TK_CHECK(check_journal(ws, contents, keys));
  TK_CHECK(workspace::compile_law(ws));
  return workspace::compile_hierarchy(ws, repository);
}

Result<Exit> run(const cli::Args& args) {
  auto target = os::absolute(args.get("DIR"));
  if (os::exists(target) && !(os::is_directory(target) && os::list_directory(target).value_or(std::vector<std::string>{"?"}).empty()))
    return fail(Code::ws_exists, target + " is there already", "tk import makes a new folder and never writes over one");
  TK_TRY(auto from, archive::Archive::open(os::absolute(args.get("EXPORT"))));
  auto folder = archive::beside(target);
  TK_CHECK(os::remove_tree(folder));  // of one that was killed
  auto slash = target.rfind('/');
  TK_CHECK(os::make_directories(slash == 0 ? "/" : target.substr(0, slash)));
  auto made = build(from, folder, args.all("key"));
  if (made) made = os::put_at(folder, target, Code::ws_exists);
  if (!made) {
    (void)os::remove_tree(folder);
    return fail(made.error());
  }
  const auto& c = from.contents();
  if (args.json())
    cli::print(json::pretty(Value::Map{{"workspace", target}, {"commit", c.commit}, {"tree", c.tree}, {"rows", c.rows},
                                       {"journal_head", c.journal_head}}) + "\n");
  else
    cli::print("workspace in " + target + ": commit " + c.commit.substr(0, 10) + ", " + std::to_string(c.rows) + " rows, journal head " +
               c.journal_head.substr(0, 16) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec import_verb() {
  return {"", "make a workspace of an export: the same tree, the same journal to the last hash",
          {{"EXPORT", "what tk export wrote"}, {"DIR", "the new workspace; nothing may stand there"}},
          {{"key", "KEY", "the public key that has to have signed its checkpoints, or a file of it", {}, true}},
          {{"tk import /srv/backup/acme.tar acme", "then: cd acme && tk log verify"},
           {"tk import /srv/backup/acme acme", "from the folder form"}},
          help::k_import, run, "{workspace: text, commit: text, tree: text, rows: int, journal_head: text}"};
}

}  // namespace tk::tools::import_tool
