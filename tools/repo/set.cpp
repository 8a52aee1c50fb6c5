#include "core/base/ids.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/repo.hpp"
#include "tools/repo/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  TK_TRY(auto effects, workspace::RefEffects::open(repository));
  TK_TRY(auto s, Session::open(args.get("as"), &effects));
  TK_TRY(auto ref, law::parse_ref(args.get("REF")));
  TK_TRY(auto entity, s->law.index().find(ref));
  TK_TRY(auto pairs, read_pairs(args.all("ATTRIBUTE")));
  auto path = std::string(entity.file);
  law::Ref full{std::string(entity.type), std::string(entity.context), std::string(entity.name)};
  TK_CHECK(seal_pairs(*s, full, std::string(entity.id), pairs));
  TK_TRY(auto head, repository.head_commit());
  TK_TRY(auto before, repository.read(head, path));
  for (const auto& [name, value] : pairs)
    if (name == "id" || name == "name") return fail(Code::cli_usage, name + " cannot be set", "an entity keeps its identity");
  TK_TRY(auto content, with_attributes(path, before.value_or(""), full, pairs));
  if (content == before) {
    cli::note("nothing to change: " + full.str() + " is so already");
    if (args.json())
      cli::print(json::pretty(Value::Map{{"ref", full.str()}, {"file", path}, {"seq", Value()}}) + "\n");
    return Exit::ok;
  }
  TK_TRY(auto record, record_of(*s, full, std::string(entity.id), std::string(entity.state), path, attributes_in(path, before.value_or(""), full)));
  std::string event = "update";
  for (const auto& [k, v] : pairs)
    if (k == "state") event = entity_event(record.state, v);
  auto change = change_for(*s, full, record.id, path, attributes_in(path, content, full));
  change.event = event;
  TK_TRY(auto seq, commit_entities(*s, repository, {{path, content}}, {std::move(change)},
                                   "repo: set " + full.str()));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"ref", full.str()}, {"file", path}, {"seq", seq}}) + "\n");
  else
    cli::print(full.str() + "  " + path + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec set_verb() {
  return {"set", "change attributes of an entity: written, journaled and committed",
          {{"REF", "the entity: user:alice"}, {"ATTRIBUTE", "name=value; an empty value takes it away", true, true}},
          {kAsOption},
          {{"tk repo set user:alice title=\"Staff engineer\"", "one attribute; nothing else in the file changes"},
           {"tk repo set agent:analyst state=suspended", "from the next decision on it may do nothing"}},
          help::k_set, run,
          "{ref: text, file: text, seq: int|null}", values};
}

}  // namespace tk::tools::repo_tool
