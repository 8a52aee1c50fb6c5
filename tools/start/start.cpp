#include "core/acl/standing.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/start.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::start_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto actor, acl::declared_actor(s->law.index(), args.get("ACTOR")));
  TK_TRY(auto change, acl::judge(s->store, acl::Verdict::resume, actor, s->actor, s->trace, args.get("reason")));
  TK_TRY(auto done, s->store.apply(std::move(change)));
  if (args.json()) cli::print(json::pretty(Value::Map{{"actor", actor.ref}, {"seq", done.seq}}) + "\n");
  else cli::print(actor.ref + " goes on; its tokens and leases from before stay void  (row " + std::to_string(done.seq) + ")\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec start_verb() {
  return {"", "let a stopped actor go on; somebody else than who stopped it", {{"ACTOR", "who"}},
          {{"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk start agent:builder --reason \"fixed in 1.4\"", "it may ask law again"}},
          help::k_start, run, "{actor: text, seq: int}", law_values};
}

}  // namespace tk::tools::start_tool
