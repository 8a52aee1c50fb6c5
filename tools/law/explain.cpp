#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law_tool {
namespace {

using tk::law::RuleHit;

std::string place(std::string_view file, int line) {
  return std::string(file) + ":" + std::to_string(line);
}

// The chain from the actor to the resource, a link a line.
std::string chain(const Asked& a, const RuleHit& hit) {
  std::string out = "  " + a.actor.str() + "  (" + place(a.actor.file, a.actor.line) + ")\n";
  if (!hit.via.empty()) out += "  → in " + std::string(hit.via) + "\n";
  out += "  → granted " + std::string(hit.inheritance.front()) + " in " +
         (hit.grant_context.empty() ? "the root" : std::string(hit.grant_context)) + " by grant " +
         std::string(hit.grant) + "  (" + place(hit.grant_file, hit.grant_line) + ")\n";
  for (std::size_t i = 1; i < hit.inheritance.size(); ++i)
    out += "  → inherits " + std::string(hit.inheritance[i]) + "\n";
  out += std::string("  → ") + (hit.permit ? "permit" : "forbid") + " rule " + std::string(hit.id) +
         " on " + std::string(hit.resource) + "  (" + place(hit.file, hit.line) + ")\n";
  return out + "  → " + a.resource.str() + "\n";
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto asked, ask(args));
  const auto& d = asked.decision;
  if (args.json()) {
    cli::print(answer_json(asked) + "\n");
    return d.allow ? Exit::ok : Exit::no;
  }
  auto out = std::string(d.allow ? "allow" : "deny") + ": " + asked.actor.str() +
             (d.allow ? " may " : " may not ") + asked.action + " on " + asked.resource.str() + "\n";
  for (const auto& hit : d.determining) out += chain(asked, hit);
  if (d.determining.empty()) out += "  missing link: " + d.reason + "\n";
  out += "  combining: " + std::string(tk::law::kCombining) + "\n  law of commit " +
         std::string(asked.law.index().commit().substr(0, 10)) + ", policy " +
         std::string(d.policy_hash.substr(0, 10)) + "\n";
  cli::print(out);
  return d.allow ? Exit::ok : Exit::no;
}

Result<Exit> list(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  Value::List list;
  std::string lines;
  for (auto a : law.index().actions()) {
    list.emplace_back(a);
    lines += std::string(a) + "\n";
  }
  cli::print(args.json() ? json::compact(list) + "\n" : lines);
  return Exit::ok;
}

}  // namespace

std::string answer_json(const Asked& a) {
  Value::List rules;
  for (const auto& hit : a.decision.determining) {
    Value::List roles;
    for (auto r : hit.inheritance) roles.emplace_back(r);
    rules.push_back(Value::Map{{"id", hit.id}, {"effect", hit.permit ? "permit" : "forbid"}, {"resource", hit.resource},
                               {"at", place(hit.file, hit.line)}, {"roles", std::move(roles)}, {"grant", hit.grant},
                               {"via", hit.via}});
  }
  return json::compact(Value::Map{
      {"answer", a.decision.allow ? "allow" : "deny"}, {"actor", a.actor.str()}, {"action", a.action},
      {"resource", a.resource.str()}, {"reason", a.decision.reason}, {"rules", std::move(rules)},
      {"combining", tk::law::kCombining}, {"commit", a.law.index().commit()},
      {"policy_hash", a.decision.policy_hash}});
}

cli::VerbSpec explain_verb() {
  auto spec = can_verb();
  spec.name = "explain";
  spec.summary = "why: the whole chain, or the first missing link";
  spec.examples = {{"tk law explain agent:analyst cast.answer cast:acme.web/review/human_review",
                    "why an agent may not answer a human's question"}};
  spec.long_help = help::k_explain;
  spec.run = run;
  return spec;
}

cli::VerbSpec actions_verb() {
  return {"actions", "every action that law knows", {}, {},
          {{"tk law actions", "those of tk and those of this workspace's records"}}, help::k_actions, list,
          "[text]"};
}

}  // namespace tk::tools::law_tool
