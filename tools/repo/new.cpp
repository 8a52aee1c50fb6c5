#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

Result<const record::EntityType*> find_type(const std::string& word) {
  if (const auto* type = record::find_entity_type(word)) return type;
  std::vector<std::string> names;
  for (const auto& t : record::entity_type_table()) names.emplace_back(t.name);
  auto near = text::nearest(word, names);
  return fail(Code::cli_usage, "no entity type " + text::printable(word),
              near.empty() ? "types: " + text::join(names, ", ") : "did you mean " + near + "?");
}

// "capability kind=tool name=create issue": an element and its attributes. A value goes on until the next attribute that
// such an element has.
Result<workspace::Entity::Child> read_child(const record::EntityType& type, const std::string& words) {
  auto name = words.substr(0, words.find(' '));
  const record::ChildType* known = nullptr;
  std::vector<std::string> names;
  for (const auto& child : record::children_of(type)) {
    names.emplace_back(child.name);
    if (child.name == name) known = &child;
  }
  if (!known)
    return fail(Code::cli_usage, "<" + std::string(type.name) + "> cannot hold <" + record::shown_value(name) + ">", "it holds: " + text::join(names, ", "));
  workspace::Entity::Child out{name, {}};
  auto rest = words.substr(std::min(name.size() + 1, words.size()));
  while (!rest.empty()) {
    auto next = rest.npos;
    for (const auto& a : known->attributes) next = std::min(next, rest.find(" " + std::string(a.name) + "=", 1));
    TK_TRY(auto pair, read_pairs({rest.substr(0, next)}));
    out.attributes.push_back(std::move(pair.front()));
    rest = next == rest.npos ? "" : rest.substr(next + 1);
  }
  return out;
}

Result<std::vector<workspace::Entity::Child>> read_children(const record::EntityType& type, const cli::Args& args) {
  std::vector<workspace::Entity::Child> out;
  for (const auto* name : {"member", "inherits"})
    for (const auto& ref : args.all(name)) out.push_back({name, {{"ref", ref}}});
  for (const auto& words : args.all("child")) {
    TK_TRY(auto child, read_child(type, words));
    out.push_back(std::move(child));
  }
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(const auto* type, find_type(args.get("TYPE")));
  if (type->home == record::EntityType::Home::journal)
    return fail(Code::cli_usage, "a " + std::string(type->name) + " is made by what happens: nobody declares one", "`tk repo types` shows which are declared");
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  auto name = args.get("NAME");
  if (!law::valid_name(name))
    return fail(Code::cli_usage, "not a name: " + text::printable(name),
                "letters, digits, _ - . ; at most 64");
  auto context = args.get("context", type->name == "galaxy" ? "" : s->workspace.default_context());
  if (!law::valid_context(context))
    return fail(Code::cli_usage, "not a context: " + text::printable(context), "write it like acme.web");
  law::Ref ref{std::string(type->name), context, name};
  auto path = workspace::entity_path(ref);
  if (path.empty())
    return fail(Code::cli_usage, "no " + ref.type + " can stand in " + (context.empty() ? "the root" : context),
                "a galaxy stands alone, a system in a galaxy, a space in a system: --context acme.web");
  if (s->law.index().find(ref))
    return fail(Code::ws_entity_exists, ref.str() + " exists already", "tk repo set changes it");
  TK_TRY(auto attributes, read_pairs(args.all("ATTRIBUTE")));
  for (const auto& [k, v] : attributes)
    if (k == "id" || k == "name")
      return fail(Code::cli_usage, k + " cannot be given", "tk makes the id; the name stands before the attributes");
  TK_TRY(auto children, read_children(*type, args));
  auto id = ids::uuid7();
  TK_CHECK(seal_pairs(*s, ref, id, attributes));
  auto content = workspace::write_entity(ref, id, attributes, children);
  auto values = attributes_in(path, content, ref);
  std::vector<git::Change> files = {{path, content}};
  auto change = change_for(*s, ref, id, path, values);
  if (type->name == "galaxy") {
    // No grant can stand outside of galaxies: who may declare in the galaxy that they work in may declare one beside it.
    auto own = s->workspace.default_context();
    change.context = own.substr(0, own.find('.'));
    // What the manifest does not list does not exist.
    TK_TRY(auto head, repository.head_commit());
    TK_TRY(auto manifest, repository.read(head, "MANIFEST.xml"));
    TK_TRY(auto listed, workspace::list_galaxy(manifest.value_or("<manifest version=\"1\"/>\n"), name));
    files.push_back({"MANIFEST.xml", std::move(listed)});
  }
  TK_TRY(auto seq, commit_entities(*s, repository, std::move(files), {std::move(change)}, "repo: new " + ref.str()));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"ref", ref.str()}, {"id", id}, {"file", path}, {"seq", seq}}) + "\n");
  else
    cli::print(ref.str() + "  " + path + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec new_verb() {
  return {"new", "declare an entity: written, journaled and committed",
          {{"TYPE", "user, agent, group, role … (tk repo types)"},
           {"NAME", "its name; for rules and grants their id"},
           {"ATTRIBUTE", "name=value", false, true}},
          {{"context", "PATH", "where it stands: acme.web (default: workspace.context)"},
           {"member", "REF", "a member of a new group", {}, true},
           {"inherits", "REF", "a role that a new role inherits", {}, true},
           {"child", "ELEMENT", "an element in it with its attributes: 'config key=shell value=/bin/zsh'", {}, true},
           kAsOption},
          {{"tk repo new user alice unix=alice email=alice@example.org", "a person, and the Unix name that is theirs"},
           {"tk repo new grant alice-reviews role=role:reviewer to=user:alice", "give a role"},
           {"tk repo new agent analyst template=analyst sponsor=user:alice --context acme.web", "an agent in the org chart"}},
          help::k_new, run,
          "{ref: text, id: text, file: text, seq: int}", values};
}

}  // namespace tk::tools::repo_tool
