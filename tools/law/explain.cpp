#include "core/base/text.hpp"
#include "help/law.hpp"
#include "tools/law/verbs.hpp"

namespace tk::tools::law {
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

std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

Result<Exit> list(const cli::Args& args) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto law, workspace::CompiledLaw::open(ws));
  std::vector<std::string> names;
  for (auto a : law.index().actions()) names.push_back(args.json() ? quoted(a) : std::string(a));
  cli::print(args.json() ? "[" + text::join(names, ", ") + "]\n" : text::join(names, "\n") + "\n");
  return Exit::ok;
}

}  // namespace

// Names and patterns hold no character that JSON must escape; quoting is all that is needed, and the
// command that answers in 2 ms links no JSON library.
std::string answer_json(const Asked& a) {
  std::string rules;
  for (const auto& hit : a.decision.determining) {
    std::string roles;
    for (auto r : hit.inheritance) roles += (roles.empty() ? "" : ", ") + quoted(r);
    rules += std::string(rules.empty() ? "" : ", ") + "{\"id\": " + quoted(hit.id) +
             ", \"effect\": " + (hit.permit ? "\"permit\"" : "\"forbid\"") +
             ", \"resource\": " + quoted(hit.resource) + ", \"at\": " + quoted(place(hit.file, hit.line)) +
             ", \"roles\": [" + roles + "], \"grant\": " + quoted(hit.grant) +
             ", \"via\": " + quoted(hit.via) + "}";
  }
  return "{\"answer\": " + std::string(a.decision.allow ? "\"allow\"" : "\"deny\"") +
         ", \"actor\": " + quoted(a.actor.str()) + ", \"action\": " + quoted(a.action) +
         ", \"resource\": " + quoted(a.resource.str()) + ", \"reason\": " + quoted(a.decision.reason) +
         ", \"rules\": [" + rules + "], \"combining\": " + quoted(tk::law::kCombining) +
         ", \"commit\": " + quoted(a.law.index().commit()) +
         ", \"policy_hash\": " + quoted(a.decision.policy_hash) + "}";
}

cli::VerbSpec explain() {
  auto spec = can();
  spec.name = "explain";
  spec.summary = "why: the whole chain, or the first missing link";
  spec.examples = {{"tk law explain agent:analyst cast.answer cast:acme.web/review/human_review",
                    "why an agent may not answer a human's question"}};
  spec.long_help = help::k_explain;
  spec.run = run;
  return spec;
}

cli::VerbSpec actions() {
  return {"actions", "every action that law knows", {}, {},
          {{"tk law actions", "those of tk and those of this workspace's records"}}, help::k_actions, list};
}

}  // namespace tk::tools::law
