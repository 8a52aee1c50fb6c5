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
  if (args.has("all") == args.has("WHAT"))
    return fail(Code::cli_usage, "who is to be stopped?", "tk stop ACTOR, tk stop RUN, or tk stop --all for every agent");
  if (args.has("all")) {
    for (const auto& agent : s.law.index().entities("agent")) {
      TK_TRY(auto actor, acl::declared_actor(s.law.index(), agent.str()));
      out.push_back(std::move(actor));
    }
    return out;
  }
  TK_TRY(auto actor, acl::declared_actor(s.law.index(), args.get("WHAT")));
  out.push_back(std::move(actor));
  return out;
}

struct Stopped {
  std::string what, why;  // an actor, or a run; why it was not; empty: it was, or had been
  std::int64_t seq = 0;   // of the row; 0: it was stopped already
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

// Parks a run and ends the tokens of its steps, in one commit.
Result<Stopped> park(Session& s, const record::Record& run, const std::string& reason) {
  Stopped out{run.id, "", 0};
  TK_TRY(auto all, s.store.list("step", run.id));
  std::vector<record::Change> batch;
  if (run.state != "stopped") {
    auto& c = batch.emplace_back();
    c.id = run.id;
    c.event = "stop";
    c.input = {{"reason", reason}};
    c.actor = s.actor;
    c.trace = trace::child(s.trace);
    c.reason = reason;
  } else if (auto may = s.store.ask(s.actor, "run.stop", run.resource()); !may) {
    out.why = may.error().message;
    return out;
  }
  for (const auto& step : all) {
    if (step.state != "running") continue;
    TK_TRY(auto tokens, s.store.list("token", step.id));
    for (const auto& token : tokens) {
      if (token.state != "live") continue;
      auto& c = batch.emplace_back();
      c.id = token.id;
      c.event = "revoke";
      c.actor = s.actor;
      c.trace = trace::child(s.trace);
      c.owed = "failure";
    }
  }
  if (batch.empty()) return out;
  bool parks = run.state != "stopped";
  auto done = s.store.apply(std::move(batch));
  if (done)
    out.seq = parks ? done->front().seq : 0;
  else if (done.error().code == Code::law_denied || done.error().code == Code::record_event)
    out.why = done.error().message;
  else
    return fail(done.error());
  return out;
}

// Those that go on, and that the actor started.
Result<std::vector<record::Record>> runs_of(Session& s, const record::Actor& actor) {
  std::vector<record::Record> out;
  TK_TRY(auto all, s.store.list("run"));
  for (auto& run : all) {
    if (run.state != "running" && run.state != "waiting") continue;
    journal::Filter first;
    first.entity = run.id;
    first.limit = 1;
    bool its = false;
    TK_CHECK(s.store.journal().each(first, [&](const journal::Stored& row) -> Result<bool> {
      its = row.row.actor_id == actor.id || row.row.on_behalf_of == actor.id;
      return false;
    }));
    if (its) out.push_back(std::move(run));
  }
  return out;
}

Value shown(const std::vector<Stopped>& all, const char* what, const char* done) {
  Value::List out;
  for (const auto& one : all) out.push_back(Value::Map{{what, one.what}, {done, one.why.empty()}, {"seq", one.seq}, {"error", one.why}});
  return out;
}

void tell(const std::vector<Stopped>& all, const std::string& word) {
  for (const auto& one : all)
    cli::print(one.what +
               (!one.why.empty() ? " was not stopped: " + text::printable(one.why)
                : one.seq        ? " is " + word + "  (row " + std::to_string(one.seq) + ")"
                                 : " was " + word + " already") +
               "\n");
}

Result<Exit> run(const cli::Args& args) {
  if (!args.has("reason")) return fail(Code::cli_usage, "why? It stands in the journal", "--reason \"writes to the wrong tables\"");
  TK_TRY(auto s, Session::open(args.get("as")));
  auto reason = args.get("reason");
  auto folder = s->workspace.state("run/boxes");
  TK_TRY(auto boxes, box::running_boxes(folder));
  std::vector<Stopped> actors, runs;
  std::vector<std::string> ids;  // of the actors and runs that were
  std::vector<record::Record> parked;
  // Actors have a type before their name.
  if (args.has("WHAT") && args.get("WHAT").find(':') == std::string::npos) {
    TK_TRY(auto found, s->store.find(args.get("WHAT"), "run"));
    parked.push_back(std::move(found));
  } else {
    TK_TRY(auto all, whom(*s, args));
    for (const auto& actor : all) {
      TK_TRY(auto one, halt(*s, actor, reason));
      bool halted = one.why.empty();
      actors.push_back(std::move(one));
      if (!halted) continue;
      ids.push_back(actor.id);
      TK_TRY(auto its, runs_of(*s, actor));
      std::move(its.begin(), its.end(), std::back_inserter(parked));
    }
  }
  for (const auto& one : parked) {
    TK_TRY(auto done, park(*s, one, reason));
    if (done.why.empty()) ids.push_back(one.id);
    runs.push_back(std::move(done));
  }
  // Looked at again: whoever starts a box from now on is told no before its program begins. Those of before are ended by
  // who started them too, as soon as they hear of it.
  TK_TRY(auto since, box::running_boxes(folder));
  for (auto& one : since)
    if (std::none_of(boxes.begin(), boxes.end(), [&](const auto& b) { return b.record == one.record; })) boxes.push_back(std::move(one));
  std::erase_if(boxes, [&](const auto& b) {
    return std::find_first_of(b.actors.begin(), b.actors.end(), ids.begin(), ids.end()) == b.actors.end();
  });
  TK_CHECK(box::end_boxes(boxes));
  auto ended = boxes.size();
  auto refused = [](const auto& one) { return !one.why.empty(); };
  bool denied = std::any_of(actors.begin(), actors.end(), refused) || std::any_of(runs.begin(), runs.end(), refused);
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"actors", shown(actors, "actor", "halted")},
                                       {"runs", shown(runs, "run", "stopped")},
                                       {"boxes", static_cast<std::int64_t>(ended)}}) +
               "\n");
  } else {
    tell(actors, "halted");
    tell(runs, "stopped");
    cli::print(std::to_string(ended) + (ended == 1 ? " box" : " boxes") + " ended\n");
  }
  return denied ? Exit::denied : Exit::ok;
}

}  // namespace

cli::VerbSpec stop_verb() {
  return {"",
          "stop an actor or a run: every decision about it is no, and its boxes end",
          {{"WHAT", "an actor, or a run by its id", false}},
          {{"all", "", "every agent"}, {"reason", "TEXT", "why, for the journal"}, kAsOption},
          {{"tk stop agent:builder --reason \"sends mail to customers\"", "its tokens are void, its programs are gone"},
           {"tk stop 0192f3a1 --reason \"wrong branch\"", "a run: its steps end, and it waits for tk wot resume"},
           {"tk stop --all --reason \"key leaked\"", "every agent that you may halt"}},
          help::k_stop,
          run,
          "{actors: [{actor: text, halted: bool, seq: int, error: text}], runs: [{run: text, stopped: bool, seq: int, error: text}], boxes: int}",
          law_values};
}

}  // namespace tk::tools::stop_tool
