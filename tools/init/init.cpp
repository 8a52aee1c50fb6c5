#include <algorithm>
#include <cctype>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/declare.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/hierarchy.hpp"
#include "core/cli/spec.hpp"
#include "core/journal/journal.hpp"
#include "help/init.hpp"

namespace tk::tools::init_tool {
namespace {

// Before there is law, the one who makes the workspace may: journaled as the rule "genesis".
class Genesis : public record::Authority {
 public:
  Result<record::Ruling> rule(const record::Question&) override {
    record::Ruling out;
    out.allow = true;
    out.rule_id = "genesis";
    out.reason = "the workspace is being made";
    return out;
  }
};

std::string share() { return workspace::libexec() + "/../../share/tk/workspaces"; }

std::string as_name(std::string_view text, std::string fallback) {
  std::string out;
  for (char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c == '-' && !out.empty())) out += c;
  return out.empty() ? std::move(fallback) : out.substr(0, 32);
}

struct Names {
  std::string galaxy, user, unix_name;
};

std::string fill(std::string text, const Names& names) {
  auto replace = [&](std::string_view mark, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(mark, at)) != text.npos; at += with.size())
      text.replace(at, mark.size(), with);
  };
  replace("@galaxy@", names.galaxy);
  replace("@user@", names.user);
  replace("@unix@", names.unix_name);
  return text;
}

Result<void> collect(const std::string& root, const std::string& below, const Names& names,
                     std::vector<git::Change>& out) {
  TK_TRY(auto entries, os::list_directory(root + "/" + below));
  for (const auto& name : entries) {
    auto path = below.empty() ? name : below + "/" + name;
    if (os::is_directory(root + "/" + path)) {
      TK_CHECK(collect(root, path, names, out));
      continue;
    }
    TK_TRY(auto content, os::read_file(root + "/" + path));
    out.push_back({fill(path, names), fill(content, names)});
  }
  return {};
}

// Every entity gets the id that it keeps for ever.
Result<std::string> with_ids(const std::string& path, const std::string& content) {
  auto out = content;
  for (;;) {
    TK_TRY(auto doc, xml::parse(out, path));
    const xml::Element* lacking = nullptr;
    auto look = [&](const xml::Element& e) {
      if (!lacking && record::find_entity_type(e.name) && !e.find("id")) lacking = &e;
    };
    look(doc.root);
    for (const auto& child : doc.root.children) look(child);
    if (!lacking) return out;
    out = xml::with_attribute(doc, *lacking, "id", ids::uuid7());
  }
}

Result<std::vector<git::Change>> files_of(const std::vector<std::string>& layers, const Names& names) {
  std::vector<git::Change> out;
  for (const auto& layer : layers) TK_CHECK(collect(share() + "/" + layer, "", names, out));
  for (auto& f : out)
    if (f.path.starts_with("galaxies/") && f.path.ends_with(".xml")) {
      TK_TRY(auto content, with_ids(f.path, *f.content));
      f.content = std::move(content);
    }
  return out;
}

Result<std::string> ignore_file(const std::string& root) {
  auto path = root + "/.gitignore";
  if (!os::exists(path)) return std::string(".tk/\n");
  TK_TRY(auto content, os::read_file(path));
  for (auto line : text::split(content, '\n'))
    if (line == ".tk/" || line == ".tk" || line == "/.tk/") return content;
  if (!content.empty() && content.back() != '\n') content += '\n';
  return content + ".tk/\n";
}

Result<std::string> check_template(const std::string& name) {
  TK_TRY(auto all, os::list_directory(share()));
  std::erase(all, "base");
  if (std::find(all.begin(), all.end(), name) != all.end()) return name;
  auto near = text::nearest(name, all);
  return fail(Code::cli_usage, "no workspace template " + text::printable(name),
              near.empty() ? "templates: " + text::join(all, ", ") : "did you mean " + near + "?");
}

// One record for each entity that the files declare; the first carries the commit.
Result<std::vector<record::Change>> genesis_changes(const std::vector<git::Change>& files,
                                                    const Names& names, const trace::Context& trace) {
  std::vector<workspace::SourceFile> sources;
  for (const auto& f : files)
    if (f.path == "MANIFEST.xml" || f.path.starts_with("galaxies/"))
      sources.push_back({f.path, *f.content});
  auto declared = workspace::read_declarations(sources);
  if (!declared.problems.empty()) return fail(declared.problems.front());
  record::Actor actor{"user", "", "user:" + names.galaxy + "/" + names.user, "", "", ""};
  for (const auto& e : declared.model.entities)
    if (e.ref.type == "user" && e.ref.name == names.user) actor.id = e.id;
  std::vector<record::Change> out;
  for (const auto& e : declared.model.entities) {
    record::Change c;
    c.type = e.ref.type;
    c.id = e.id;
    c.context = e.ref.context;
    c.name = e.ref.name;
    Value::Map attributes;
    for (const auto& [k, v] : e.attributes) attributes.emplace(k, v.text);
    c.input = {{"ref", e.ref.str()}, {"file", e.where.file}, {"attributes", attributes}};
    c.actor = actor;
    c.trace = trace;
    out.push_back(std::move(c));
  }
  return out;
}

Result<git::Repository> repository_in(const std::string& root) {
  if (os::exists(root + "/.git")) return git::Repository::open(root);
  return git::Repository::init(root);
}

Result<Exit> run(const cli::Args& args) {
  auto root = os::absolute(args.get("DIR", "."));
  if (os::exists(root + "/tk.toml"))
    return fail(Code::ws_exists, root + " is a workspace already", "tk status shows it");
  std::vector<std::string> layers = {"base"};
  if (auto name = args.get("template"); !name.empty()) {
    TK_TRY(auto known, check_template(name));
    layers.push_back(known);
  }
  TK_CHECK(os::make_directories(root));
  TK_TRY(auto repo, repository_in(root));
  Genesis genesis;
  TK_TRY(auto effects, workspace::RefEffects::open(repo));
  TK_TRY(auto journal, journal::Journal::open(root + "/.tk/journal.db", store::Mode::read_write_create));
  record::Store store(std::move(journal), root, genesis, &effects);
  TK_CHECK(store.recover());  // an init that was killed half way is finished by the next one
  Names names{as_name(args.get("galaxy", root.substr(root.rfind('/') + 1)), "main"),
              as_name(os::user_name(), "owner"), os::user_name()};
  if (!os::exists(root + "/tk.toml")) {
    TK_TRY(auto files, files_of(layers, names));
    TK_TRY(auto ignore, ignore_file(root));
    files.push_back({".gitignore", ignore});
    for (const auto& f : files)
      if (f.path != ".gitignore" && os::exists(root + "/" + f.path))
        return fail_at(Code::ws_exists, {f.path, 0, 0}, "stands in the way of a new workspace", "move it away first");
    auto trace = trace::from_environment();
    workspace::Declaration d;
    TK_TRY(d.changes, genesis_changes(files, names, trace));
    d.files = std::move(files);
    d.message = "tk init";
    d.author = {names.user, names.user + "@tk.invalid"};
    d.check_clean = false;
    TK_CHECK(workspace::declare(store, repo, std::move(d)));
  }
  TK_TRY(auto ws, workspace::Workspace::open(root));
  TK_CHECK(workspace::compile_law(ws));
  TK_CHECK(workspace::compile_hierarchy(ws, repo));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"workspace", root}, {"galaxy", names.galaxy},
                                       {"owner", "user:" + names.galaxy + "/" + names.user}}) + "\n");
  else
    cli::print("workspace in " + root + "; you are user:" + names.galaxy + "/" + names.user +
               ", its owner\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec init_verb() {
  return {"", "make a workspace: a git repository with law, a journal and you as its owner",
                     {{"DIR", "the folder (default: this one)", false}},
                     {{"template", "NAME", "begin with a ready workflow: code-review"},
                      {"galaxy", "NAME", "the root of the organisation (default: the folder's name)"}},
                     {{"tk init acme", "a new workspace in ./acme"},
                      {"tk init --template code-review", "with the agents and the workflow of a code review"}},
                     help::k_init, run,
          "{workspace: text, galaxy: text, owner: text}"};
}

}  // namespace tk::tools::init_tool
