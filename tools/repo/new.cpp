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

Result<Exit> run(const cli::Args& args) {
  TK_TRY(const auto* type, find_type(args.get("TYPE")));
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
    return fail(Code::cli_usage, "no " + ref.type + " can stand in " + (context.empty() ? "the root" : context));
  if (s->law.index().find(ref))
    return fail(Code::ws_entity_exists, ref.str() + " exists already", "tk repo set changes it");
  TK_TRY(auto attributes, read_pairs(args.all("ATTRIBUTE")));
  for (const auto& [k, v] : attributes)
    if (k == "id" || k == "name")
      return fail(Code::cli_usage, k + " cannot be given", "tk makes the id; the name stands before the attributes");
  std::vector<std::pair<std::string, std::string>> children;
  for (const auto& m : args.all("member")) children.emplace_back("member", m);
  for (const auto& r : args.all("inherits")) children.emplace_back("inherits", r);
  auto id = ids::uuid7();
  TK_CHECK(seal_pairs(*s, ref, id, attributes));
  auto content = workspace::write_entity(ref, id, attributes, children);
  auto values = attributes_in(path, content, ref);
  TK_TRY(auto seq, commit_entities(*s, repository, {{path, content}}, {change_for(*s, ref, id, path, values)},
                                   "repo: new " + ref.str()));
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
           kAsOption},
          {{"tk repo new user alice unix=alice email=alice@example.org", "a person, and the Unix name that is theirs"},
           {"tk repo new grant alice-reviews role=role:reviewer to=user:alice", "give a role"},
           {"tk repo new agent analyst template=analyst sponsor=user:alice --context acme.web", "an agent in the org chart"}},
          help::k_new, run,
          "{ref: text, id: text, file: text, seq: int}", values};
}

}  // namespace tk::tools::repo_tool
