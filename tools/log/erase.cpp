#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/log.hpp"
#include "tools/log/whom.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::log_tool {
namespace {

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto subject, subject_named(*s, args.get("SUBJECT")));
  TK_TRY(bool now, s->subjects.erase(s->actor, trace::child(s->trace), subject, args.get("reason")));
  TK_TRY(auto record, s->subjects.find(subject));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"subject", subject}, {"record", record->id}, {"now", now}, {"version", record->version}}) + "\n");
  else
    cli::print(now ? "erased: the key of " + subject + " is destroyed, what was sealed under it is gone\n"
                   : subject + " was erased before; there is no key of it\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec erase_verb() {
  return {"erase", "destroy the key of somebody's personal data, for good", {{"SUBJECT", "user:alice, or the id of an entity or record"}},
          {{"reason", "TEXT", "why; it is journaled in clear, so name no personal data"}, kAsOption},
          {{"tk log erase user:alice --reason \"asked for it\"", "what is personal of alice is gone; every proof still holds"}},
          help::k_erase, run, "{subject: text, record: text, now: bool, version: int}", values};
}

}  // namespace tk::tools::log_tool
