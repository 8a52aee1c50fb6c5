#include "help/law.hpp"
#include "core/cli/output.hpp"
#include "tools/law/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::law_tool {

Result<Asked> ask(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  if (law.uncommitted_edits(ws))
    cli::note("law decides on HEAD; the working tree has uncommitted edits of entities");
  TK_TRY(auto ref, tk::law::parse_ref(args.get("ACTOR")));
  TK_TRY(auto actor, law.index().find(ref));
  auto action = args.get("ACTION");
  TK_CHECK(law.index().check_action(action));
  TK_TRY(auto resource, tk::law::parse_ref(args.get("RESOURCE")));
  // A short name means the entity of that name, where there is one.
  if (resource.context.empty())
    if (auto entity = law.index().find(resource)) resource.context = entity->context;
  auto decision = law.index().decide(actor, action, resource);
  return Asked{std::move(law), actor, std::move(action), std::move(resource), std::move(decision)};
}

namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto asked, ask(args));
  if (args.json()) cli::print(answer_json(asked) + "\n");
  else cli::print(asked.decision.allow ? "yes\n" : "no\n");
  return asked.decision.allow ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec can_verb() {
  return {"can", "may this actor do this to that? 0 yes, 1 no",
          {{"ACTOR", "a user or agent: user:alice, agent:acme.web/analyst"},
           {"ACTION", "<noun>.<verb>, see tk law actions"},
           {"RESOURCE", "type:context/name"}},
          {},
          {{"tk law can user:alice cast.answer cast:acme.web/review/human_review", "ask in a script or in CI"}},
          help::k_can, run,
          "{answer: 'allow'|'deny', actor: text, action: text, resource: text, reason: text, "
          "rules: [{id: text, effect: text, resource: text, at: text, roles: [text], grant: text, via: text}], "
          "combining: text, commit: text, policy_hash: text}", law_values};
}

}  // namespace tk::tools::law_tool
