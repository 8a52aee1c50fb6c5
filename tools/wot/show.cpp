#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/record/field.hpp"
#include "core/wot/values.hpp"
#include "help/wot.hpp"
#include "tools/wot/verbs.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::wot_tool {
namespace {

Value step_json(const record::Record& r, const Value& output) {
  return Value::Map{{"id", r.id}, {"step", record::field_text(r, "step")}, {"agent", record::field_text(r, "agent")},
                    {"iteration", record::field_number(r, "iteration")}, {"attempt", record::field_number(r, "attempt")},
                    {"state", r.state}, {"error", record::field_text(r, "error")}, {"output", output},
                    {"started", clock::rfc3339(r.created_ns)}, {"ended", clock::rfc3339(r.updated_ns)}};
}

Value cast_json(const record::Record& r) {
  auto deadline = record::field_number(r, "deadline");
  return Value::Map{{"id", r.id}, {"run", r.parent}, {"cast", tk::wot::cast_name(r)}, {"state", r.state},
                    {"prompt", record::field_text(r, "prompt")}, {"answer", record::field_text(r, "answer")}, {"by", record::field_text(r, "by")},
                    {"at", record::field_text(r, "at")},
                    {"deadline", deadline > 0 ? Value(clock::rfc3339(deadline * 1'000'000)) : Value()}};
}

Result<Exit> run_show(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto run, find_run(*s, args.get("RUN")));
  store::Cas cas(s->workspace.state("cas"));
  TK_TRY(auto steps, s->store.list("step", run.id));
  TK_TRY(auto casts, s->store.list("cast", run.id));
  Value::List step_list, cast_list;
  std::vector<std::vector<std::string>> rows = {{"STEP", "ROUND", "STATE", "BY", "MS", ""}};
  for (const auto& r : steps) {
    auto output = r.fields.contains("output") ? tk::wot::expand(cas, r.fields.at("output")) : Value::Map{};
    if (!output) return fail(output.error());
    step_list.push_back(step_json(r, std::move(*output)));
    rows.push_back({record::field_text(r, "step"), std::to_string(record::field_number(r, "iteration")), r.state, record::field_text(r, "agent"),
                    std::to_string((r.updated_ns - r.created_ns) / 1'000'000),
                    text::shorten(record::field_text(r, "error"), 120)});
  }
  for (const auto& r : casts) {
    cast_list.push_back(cast_json(r));
    rows.push_back({tk::wot::cast_name(r), std::to_string(record::field_number(r, "iteration")), r.state, record::field_text(r, "by"),
                    std::to_string((r.updated_ns - r.created_ns) / 1'000'000), record::field_text(r, "answer")});
  }
  TK_TRY(auto output, run.fields.contains("output") ? tk::wot::expand(cas, run.fields.at("output"))
                                                    : Result<Value::Map>(Value::Map{}));
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"run", run.id}, {"wot", record::field_text(run, "wot")}, {"state", run.state},
                                       {"context", run.context}, {"reason", record::field_text(run, "reason")},
                                       {"converged", run.fields.contains("converged") ? run.fields.at("converged") : Value()},
                                       {"steps", step_list}, {"casts", cast_list}, {"output", output},
                                       {"started", clock::rfc3339(run.created_ns)}}) + "\n");
    return Exit::ok;
  }
  cli::print("run " + run.id + "  " + record::field_text(run, "wot") + "  " + run.state +
             (record::field_text(run, "reason").empty() ? "" : ": " + text::printable(record::field_text(run, "reason"))) + "\n\n" +
             cli::table(rows, true));
  if (!output.empty()) cli::print("\n" + json::pretty(output) + "\n");
  return Exit::ok;
}

Result<Exit> run_list(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto runs, s->store.list("run"));
  Value::List list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& r : runs) {
    if (!args.get("state").empty() && r.state != args.get("state")) continue;
    list.push_back(Value::Map{{"run", r.id}, {"wot", record::field_text(r, "wot")}, {"state", r.state},
                              {"context", r.context}, {"started", clock::rfc3339(r.created_ns)}});
    rows.push_back({r.id, record::field_text(r, "wot"), r.state, clock::rfc3339(r.created_ns)});
  }
  cli::print(args.json() ? json::pretty(list) + "\n" : cli::table(rows));
  return Exit::ok;
}

Result<Exit> run_inbox(const cli::Args& args) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto open, tk::wot::open_casts(s->store, ""));
  Value::List list;
  std::string out;
  for (const auto& r : open) {
    list.push_back(cast_json(r));
    auto deadline = record::field_number(r, "deadline");
    out += tk::wot::cast_name(r) + ": " + text::printable(record::field_text(r, "prompt")) +
           (deadline == 0 ? "" : tk::wot::past_deadline(r) ? "  (timed out)"
                                                           : "  (until " + clock::rfc3339(deadline * 1'000'000) + ")") +
           "\n  tk wot answer " + r.parent + " " + tk::wot::cast_name(r) + " approve|reject\n";
  }
  if (out.empty()) out = "nothing waits for you\n";
  cli::print(args.json() ? json::pretty(list) + "\n" : out);
  return Exit::ok;
}

Result<Exit> run_answer(const cli::Args& args) {
  TK_TRY(auto s, Session::open(args.get("as")));
  auto env = environment(*s);
  TK_TRY(auto cast, tk::wot::answer(env, args.get("RUN"), args.get("CAST"), args.get("VALUE")));
  if (args.json()) cli::print(json::pretty(cast_json(cast)) + "\n");
  else cli::print(tk::wot::cast_name(cast) + ": " + record::field_text(cast, "answer") + " by " + record::field_text(cast, "by") + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec show_verb() {
  return {"show", "one run: its steps, its casts, its output", {{"RUN", "its id or a prefix"}}, {},
          {{"tk wot show 01930c2e", "who did what, how long it took, how it ended"}}, help::k_show, run_show,
          "{run: text, wot: text, state: text, context: text, reason: text, converged: json, "
          "steps: [{id: text, step: text, agent: text, iteration: int, attempt: int, state: text, error: text, "
          "output: {*: json}, started: text, ended: text}], casts: [{id: text, run: text, cast: text, "
          "state: text, prompt: text, answer: text, by: text, at: text, deadline: text|null}], output: {*: json}, started: text}", values};
}

cli::VerbSpec list_verb() {
  return {"list", "runs, oldest first", {}, {{"state", "STATE", "only in this state",
            {"running", "waiting", "done", "rejected", "failed", "timed_out"}}},
          {{"tk wot list --state waiting", "every run that waits for a human"}}, help::k_list, run_list,
          "[{run: text, wot: text, state: text, context: text, started: text}]"};
}

cli::VerbSpec inbox_verb() {
  return {"inbox", "what waits for a human's answer", {}, {},
          {{"tk wot inbox", "each open question with the command that answers it"}}, help::k_inbox, run_inbox,
          "[{id: text, run: text, cast: text, state: text, prompt: text, answer: text, by: text, at: text, "
          "deadline: text|null}]"};
}

cli::VerbSpec answer_verb() {
  return {"answer", "answer an open cast; the run goes on when it is resumed",
          {{"RUN", "its id or a prefix"}, {"CAST", "the cast's name or id"}, {"VALUE", "approve or reject"}},
          {kAsOption},
          {{"tk wot answer 01930c2e human_review approve", "as yourself"},
           {"tk wot answer 01930c2e human_review reject --as user:rita", "for somebody whom you may act as"}},
          help::k_answer, run_answer,
          "{id: text, run: text, cast: text, state: text, prompt: text, answer: text, by: text, at: text, "
          "deadline: text|null}", values};
}

}  // namespace tk::tools::wot_tool
