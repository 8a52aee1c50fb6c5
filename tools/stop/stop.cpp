#include <algorithm>

#include "core/acl/standing.hpp"
#include "core/base/text.hpp"
#include "core/box/boxes.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/stop.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::stop_tool {
namespace {

Result<std::vector<record::Actor>> whom(const Session& s, const cli::Args& args) {
  std::vector<record::Actor> out;
  if (args.has("all") == args.has("ACTOR")) return fail(Code::cli_usage, "who is to be stopped?", "tk stop ACTOR, or tk stop --all for every agent");
  if (args.has("all")) {
    for (const auto& agent : s.law.index().entities("agent")) {
      TK_TRY(auto actor, acl::declared_actor(s.law.index(), agent.str()));
      out.push_back(std::move(actor));
    }
    return out;
  }
  TK_TRY(auto actor, acl::declared_actor(s.law.index(), args.get("ACTOR")));
  out.push_back(std::move(actor));
  return out;
}

struct Stopped {
  std::string actor, why;  // why it was not; empty: it was, or had been
  std::int64_t seq = 0;    // of the row; 0: it was halted already
};

Result<Stopped> halt(Session& s, const record::Actor& actor, const std::string& reason) {
  Stopped out{actor.ref, "", 0};
  TK_TRY(auto standing, acl::standing_of(s.store, actor.id));
  if (standing.halted) return out;
  TK_TRY(auto change, acl::judge(s.store, acl::Verdict::halt, actor, s.actor, s.trace, reason));
  auto done = s.store.apply(std::move(change));
  if (!done && done.error().code != Code::law_denied) return fail(done.error());
  if (done)
    out.seq = done->seq;
  else
    out.why = done.error().message;
  return out;
}

Result<Exit> run(const cli::Args& args) {
  if (!args.has("reason")) return fail(Code::cli_usage, "why? It stands in the journal", "--reason \"writes to the wrong tables\"");
  TK_TRY(auto s, Session::open(args.get("as")));
  TK_TRY(auto actors, whom(*s, args));
  auto folder = s->workspace.state("run/boxes");
  TK_TRY(auto boxes, box::running_boxes(folder));
  std::vector<Stopped> all;
  std::vector<std::string> ids;
  for (const auto& actor : actors) {
    TK_TRY(auto one, halt(*s, actor, args.get("reason")));
    if (one.why.empty()) ids.push_back(actor.id);
    all.push_back(std::move(one));
  }
  // Looked at again: whoever starts a box from now on is told no before its program begins. Those of before are ended by
  // who started them too, as soon as they hear of it.
  TK_TRY(auto since, box::running_boxes(folder));
  for (auto& one : since)
    if (std::none_of(boxes.begin(), boxes.end(), [&](const auto& b) { return b.record == one.record; })) boxes.push_back(std::move(one));
  std::erase_if(boxes, [&](const auto& b) { return std::find_first_of(b.actors.begin(), b.actors.end(), ids.begin(), ids.end()) == b.actors.end(); });
  TK_CHECK(box::end_boxes(boxes));
  auto ended = boxes.size();
  bool denied = ids.size() < all.size();
  if (args.json()) {
    Value::List list;
    for (const auto& one : all) list.push_back(Value::Map{{"actor", one.actor}, {"halted", one.why.empty()}, {"seq", one.seq}, {"error", one.why}});
    cli::print(json::pretty(Value::Map{{"actors", std::move(list)}, {"boxes", static_cast<std::int64_t>(ended)}}) + "\n");
  } else {
    for (const auto& one : all)
      cli::print(one.actor +
                 (!one.why.empty() ? " was not stopped: " + text::printable(one.why)
                  : one.seq        ? " is halted  (row " + std::to_string(one.seq) + ")"
                                   : " was halted already") +
                 "\n");
    cli::print(std::to_string(ended) + (ended == 1 ? " box" : " boxes") + " ended\n");
  }
  return denied ? Exit::denied : Exit::ok;
}

}  // namespace

cli::VerbSpec stop_verb() {
  return {"",
          "stop an actor: every decision about it is no, and its boxes end",
          {{"ACTOR", "who", false}},
          {{"all", "", "every agent"}, {"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk stop agent:builder --reason \"sends mail to customers\"", "its tokens are void, its programs are gone"},
           {"tk stop --all --reason \"key leaked\"", "every agent that you may halt"}},
          help::k_stop,
          run,
          "{actors: [{actor: text, halted: bool, seq: int, error: text}], boxes: int}",
          law_values};
}

}  // namespace tk::tools::stop_tool
