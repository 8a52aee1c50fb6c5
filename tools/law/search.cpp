// what-can, who-can, which-actions: questions with a gap.
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/law/search.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::law_tool {
namespace {

using namespace tk::law;

constexpr const char* kShape = "[{actor: text, action: text, resource: text, answer: 'allow'|'modify'|'ask'}]";

struct Search {
  Law law;
  Value::Map context;
  Facts facts;
};

Result<std::unique_ptr<Search>> open(const cli::Args& args) {
  auto out = std::make_unique<Search>();
  TK_TRY(out->law, Law::open());
  out->law.engine = std::make_unique<Engine>(out->law.index());
  TK_TRY(out->context, context_of(args));
  out->facts.context = &out->context;
  TK_TRY(out->facts.now_ns, time_of(out->context));
  out->facts.history = out->law.memory.get();
  return out;
}

Result<Exit> show(const cli::Args& args, Search& s, const std::vector<Allowed>& found, std::string (*line)(const Allowed&)) {
  TK_CHECK(s.law.memory->settle());
  if (args.json()) {
    Value::List list;
    for (const auto& a : found)
      list.push_back(Value::Map{{"actor", a.actor}, {"action", a.action}, {"resource", a.resource}, {"answer", to_string(a.answer)}});
    cli::print(json::compact(list) + "\n");
  } else {
    cli::page();
    for (const auto& a : found)
      cli::print(line(a) + (a.answer == Answer::allow ? "" : "  (" + std::string(to_string(a.answer)) + ")") + "\n");
  }
  return found.empty() ? Exit::no : Exit::ok;
}

Result<std::uint32_t> action_of(Search& s, const std::string& name) {
  TK_CHECK(s.law.index().check_action(name));
  return *s.law.engine->action(name);
}

Result<Exit> what(const cli::Args& args) {
  TK_TRY(auto s, open(args));
  TK_TRY(auto actor, actor_of(s->law, args.get("ACTOR")));
  Universe universe(*s->law.engine);
  auto found = universe.what_can(actor, s->facts);
  return show(args, *s, found, [](const Allowed& a) { return std::string(a.action) + "  " + std::string(a.resource); });
}

Result<Exit> who(const cli::Args& args) {
  TK_TRY(auto s, open(args));
  TK_TRY(auto action, action_of(*s, args.get("ACTION")));
  TK_TRY(auto ref, parse_ref(args.get("RESOURCE")));
  Universe universe(*s->law.engine);
  auto found = universe.who_can(action, s->law.engine->target(ref), s->facts);
  return show(args, *s, found, [](const Allowed& a) { return std::string(a.actor); });
}

Result<Exit> which(const cli::Args& args) {
  TK_TRY(auto s, open(args));
  TK_TRY(auto actor, actor_of(s->law, args.get("ACTOR")));
  TK_TRY(auto ref, parse_ref(args.get("RESOURCE")));
  Universe universe(*s->law.engine);
  auto found = universe.which_actions(actor, s->law.engine->target(ref), s->facts);
  return show(args, *s, found, [](const Allowed& a) { return std::string(a.action); });
}

const cli::Positional kActor = {"ACTOR", "a user or agent: user:alice, agent:acme.web/analyst"};
const cli::Positional kAction = {"ACTION", "<noun>.<verb>, see tk law actions"};
const cli::Positional kResource = {"RESOURCE", "type:context/name"};

}  // namespace

cli::VerbSpec what_can_verb() {
  return {"what-can", "everything that an actor may do, on every entity", {kActor}, {kContextOption},
          {{"tk law what-can agent:analyst", "all of an agent's rights on what is declared"}},
          help::k_what_can, what, kShape, law_values};
}

cli::VerbSpec who_can_verb() {
  return {"who-can", "every actor that may do this to that", {kAction, kResource}, {kContextOption},
          {{"tk law who-can cast.answer cast:acme.web/review/human_review", "who may answer the question"}},
          help::k_who_can, who, kShape, law_values};
}

cli::VerbSpec which_actions_verb() {
  return {"which-actions", "every action that an actor may do to that", {kActor, kResource}, {kContextOption},
          {{"tk law which-actions user:alice agent:acme.web/analyst", "what Alice may do with the agent"}},
          help::k_which_actions, which, kShape, law_values};
}

}  // namespace tk::tools::law_tool
