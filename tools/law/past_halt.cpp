// halt and resume: the actor's standing, in one row.
#include "core/acl/standing.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "tools/law/past.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::law_tool {
namespace {

Result<Exit> judge(const cli::Args& args, acl::Verdict verdict) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto actor, acl::declared_actor(s->law.index(), args.get("ACTOR")));
  TK_TRY(auto change, acl::judge(s->store, verdict, actor, s->actor, s->trace, args.get("reason")));
  TK_TRY(auto done, s->store.apply(std::move(change)));
  bool halted = done.record.state == "halted";
  if (args.json())
    cli::print(json::pretty(Value::Map{{"actor", actor.ref}, {"halted", halted}, {"epoch", done.record.fields.at("epoch")},
                                       {"seq", done.seq}}) + "\n");
  else
    cli::print(actor.ref + (halted ? " is halted" : " goes on; its tokens and leases from before stay void") + "  (row " +
               std::to_string(done.seq) + ")\n");
  return Exit::ok;
}

}  // namespace

Result<Exit> run_halt(const cli::Args& args) { return judge(args, acl::Verdict::halt); }
Result<Exit> run_resume(const cli::Args& args) { return judge(args, acl::Verdict::resume); }

}  // namespace tk::tools::law_tool
