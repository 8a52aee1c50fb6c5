#include "core/cli/output.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"
#include "tools/law/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::law_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  if (args.has("batch")) return run_batch();
  TK_TRY(auto law, Law::open());
  TK_TRY(auto asked, ask(law, args, false));
  auto answer = asked.decision.answer;
  if (args.json()) cli::print(answer_json(law, asked) + "\n");
  else cli::print(asked.decision.allow ? "yes\n" : answer == tk::law::Answer::ask ? "ask\n" : "no\n");
  return exit_of(answer);
}

}  // namespace

cli::VerbSpec can_verb() {
  return {"can", "may this actor do this to that? 0 yes, 1 no, 5 ask first",
          {{"ACTOR", "a user or agent: user:alice, agent:acme.web/analyst", false},
           {"ACTION", "<noun>.<verb>, see tk law actions", false},
           {"RESOURCE", "type:context/name", false}},
          {kContextOption, {"batch", "", "questions from stdin, answers to stdout, one JSON object a line"}},
          {{"tk law can user:alice cast.answer cast:acme.web/review/human_review", "ask in a script or in CI"},
           {"tk law can agent:bot payment.send account:acme/main --ctx amount=12 --ctx mfa=true", "with arguments"},
           {"tk law can --batch < questions.jsonl", "{\"actor\",\"action\",\"resource\",\"context\"} a line"}},
          help::k_can, run, kAnswerShape, law_values};
}

}  // namespace tk::tools::law_tool
