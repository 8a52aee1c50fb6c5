#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law_tool {
namespace {

using tk::law::Answer;
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
  if (!hit.when.empty()) out += "    when " + std::string(hit.when) + "\n";
  return out + "  → " + a.resource.ref.str() + "\n";
}

std::string nearest_text(const tk::law::NearestPermit& nearest) {
  std::string out = "  nearest permit: ";
  out += nearest.rule.empty() ? "no rule covers this\n"
                              : "rule " + std::string(nearest.rule) + "  (" + place(nearest.file, nearest.line) + ")\n";
  for (const auto& c : nearest.changes) out += "    unmet: " + c.clause + "\n      → " + c.mend + "\n";
  return out;
}

std::string_view heading(Answer answer) {
  switch (answer) {
    case Answer::allow: return "allow: ";
    case Answer::modify: return "allow, with changed arguments: ";
    case Answer::ask: return "ask first: ";
    case Answer::deny: break;
  }
  return "deny: ";
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto law, Law::open());
  TK_TRY(auto asked, ask(law, args, true));
  const auto& d = asked.decision;
  if (args.json()) {
    cli::print(answer_json(law, asked) + "\n");
    return exit_of(d.answer);
  }
  auto out = std::string(heading(d.answer)) + asked.actor.str() +
             (d.answer == Answer::deny ? " may not " : " may ") + asked.action + " on " + asked.resource.ref.str() + "\n";
  for (const auto& hit : d.determining) out += chain(asked, hit);
  for (const auto& o : d.obligations)
    out += "  first: " + std::string(o.kind) + (o.of.empty() ? "" : " of " + std::string(o.of)) +
           (o.n > 1 ? ", " + std::to_string(o.n) + " times" : "") + "\n";
  if (d.error) out += "  error: " + d.reason + "\n";
  else if (d.determining.empty()) out += "  missing link: " + d.reason + "\n";
  if (d.nearest) out += nearest_text(*d.nearest);
  out += "  algorithm: " + std::string(d.algorithm) + "\n  law of commit " +
         std::string(law.index().commit().substr(0, 10)) + ", policy " + std::string(d.policy_hash.substr(0, 10)) + "\n";
  cli::print(out);
  return exit_of(d.answer);
}

Result<Exit> list(const cli::Args& args) {
  TK_TRY(auto law, Law::open());
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

cli::VerbSpec explain_verb() {
  auto spec = can_verb();
  spec.name = "explain";
  spec.summary = "why: the whole chain, or the first missing link and the nearest permit";
  spec.options = {kContextOption};
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
