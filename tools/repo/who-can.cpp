#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/repo.hpp"
#include "tools/law/asked.hpp"
#include "tools/repo/as_of.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::repo_tool {
namespace {

using law_tool::Asked;

// The law of a commit, compiled once and kept.
Result<workspace::CompiledLaw> law_at(const cli::Args& args) {
  TK_TRY(auto as_of, AsOf::open(args));
  TK_TRY(auto path, workspace::kept_at(as_of.workspace, as_of.commit, "law"));
  auto kept = workspace::CompiledLaw::in_file(path);
  if (kept && kept->index().commit() == as_of.commit) return kept;
  TK_CHECK(workspace::compile_law(as_of.workspace, as_of.commit, path));
  return workspace::CompiledLaw::in_file(path);
}

// HEAD's is the one that `tk law` asks: git is not even opened.
Result<law_tool::Law> open_law(const cli::Args& args) {
  law_tool::Law out;
  TK_TRY(out.workspace, workspace::Workspace::find());
  if (args.has("at")) {
    TK_TRY(out.compiled, law_at(args));
  } else {
    TK_TRY(out.compiled, workspace::CompiledLaw::open(out.workspace));
  }
  TK_TRY(out.memory, law_tool::Memory::open(out.workspace));
  out.engine = std::make_unique<law::Engine>(out.index());
  return out;
}

Value describe(const Asked& a) {
  Value::Map out{{"actor", a.actor.str()}, {"answer", law::to_string(a.decision.answer)}, {"reason", a.decision.reason}};
  Value::List paths;
  for (const auto& hit : a.decision.determining) paths.emplace_back(law_tool::path_of(a, hit));
  out.emplace("paths", std::move(paths));
  return out;
}

std::string line_of(const Asked& a) {
  auto out = a.actor.str() + (a.decision.answer == law::Answer::allow ? "" : "  (" + std::string(law::to_string(a.decision.answer)) + ")");
  if (a.decision.determining.empty()) return out;
  const auto& hit = a.decision.determining.front();
  if (!hit.via.empty()) out += "  via " + std::string(hit.via);
  return out + "  by rule " + std::string(hit.id) + " of " + std::string(hit.role) + ", grant " + std::string(hit.grant);
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto ref, law::parse_ref(args.get("RESOURCE")));
  TK_TRY(auto law, open_law(args));
  Asked asked;
  asked.action = args.get("ACTION");
  TK_CHECK(law.index().check_action(asked.action));
  asked.action_number = *law.engine->action(asked.action);
  asked.resource = law.engine->target(ref);
  TK_TRY(asked.context, law_tool::context_of(args));
  law::Facts facts;
  facts.context = &asked.context;
  TK_TRY(facts.now_ns, law_tool::time_of(asked.context));
  facts.history = law.memory.get();
  Value::List list;
  std::string lines;
  std::size_t found = 0;
  law::Verdict verdict;
  for (const auto* type : {"user", "agent"})
    law.index().each(type, [&](const law::EntityView& actor) {
      law.engine->decide(actor, asked.action_number, asked.resource, facts, law::Detail::first, verdict);
      if (verdict.answer == law::Answer::deny) return;
      ++found;
      asked.actor = actor;
      asked.decision = law::explain(*law.engine, actor, asked.action_number, asked.resource, facts);
      if (args.json()) list.push_back(describe(asked));
      else lines += line_of(asked) + "\n";
    });
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"action", asked.action}, {"resource", asked.resource.ref.str()}, {"commit", law.index().commit()},
                                       {"who", std::move(list)}}) + "\n");
  } else {
    cli::page();
    cli::print(lines);
  }
  return found ? Exit::ok : Exit::no;
}

}  // namespace

cli::VerbSpec who_can_verb() {
  return {"who-can", "every user and agent that may do this to that, with the proof",
          {{"ACTION", "<noun>.<verb>, see tk law actions"}, {"RESOURCE", "type:context/name"}}, {law_tool::kContextOption, kAtOption},
          {{"tk repo who-can entity.update user:acme/root", "who may change a user, and why"},
           {"tk repo who-can entity.read group:ops --at HEAD~3 --json", "as of an earlier commit, with every path"}},
          help::k_who_can, run,
          "{action: text, resource: text, commit: text, who: [{actor: text, answer: 'allow'|'modify'|'ask', reason: text, "
          "paths: [[{kind: text, name: text, at?: text}]]}]}", values};
}

}  // namespace tk::tools::repo_tool
