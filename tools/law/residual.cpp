#include "core/law/residual.hpp"

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/law.hpp"
#include "tools/law/asked.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::law_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto law, Law::open());
  tk::law::Engine engine(law.index());
  TK_TRY(auto actor, actor_of(law, args.get("ACTOR")));
  TK_CHECK(law.index().check_action(args.get("ACTION")));
  TK_TRY(auto context, context_of(args));
  tk::law::Facts facts;
  facts.context = &context;
  TK_TRY(facts.now_ns, time_of(context));
  facts.history = law.memory.get();
  auto type = args.get("type", "resource");
  TK_TRY(auto left, tk::law::residual(engine, actor, *engine.action(args.get("ACTION")), type, facts));
  TK_CHECK(law.memory->settle());
  std::string where;
  if (args.has("sql")) {
    TK_TRY(where, tk::law::to_sql(left.condition));
  }
  if (args.json()) {
    Value::Map out{{"condition", left.condition}, {"never", left.never}, {"always", left.always}};
    if (args.has("sql")) out.emplace("where", where);
    cli::print(json::compact(out) + "\n");
  } else {
    cli::print((args.has("sql") ? where : left.condition) + "\n");
  }
  return left.never ? Exit::no : Exit::ok;
}

}  // namespace

cli::VerbSpec residual_verb() {
  return {"residual", "what a resource has to be like for an actor to be allowed: CEL, or SQL's WHERE",
          {{"ACTOR", "a user or agent"}, {"ACTION", "<noun>.<verb>, see tk law actions"}},
          {{"type", "TYPE", "of the resources; `resource` when left out"}, {"sql", "", "as the WHERE of a query"}, kContextOption},
          {{"tk law residual user:alice doc.read --sql", "to select only the rows that Alice may read"}},
          help::k_residual, run, "{condition: text, never: bool, always: bool, where?: text}", law_values};
}

}  // namespace tk::tools::law_tool
