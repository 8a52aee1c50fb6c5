#include <map>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/compliance.hpp"
#include "tools/compliance/frames.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::compliance_tool {
namespace {

using evidence::Outcome;

struct Answers {
  evidence::Scene scene;
  std::map<std::string_view, Outcome> known = {};  // every check is run once

  Result<const Outcome*> of(std::string_view id) {
    if (auto it = known.find(id); it != known.end()) return &it->second;
    const auto* check = evidence::find_check(id);
    if (!check) return fail(Code::bug, "no check " + std::string(id));
    cli::progress("checking " + std::string(id));
    TK_TRY(auto outcome, check->run(scene));
    return &known.emplace(check->id, std::move(outcome)).first->second;
  }
};

Value json_of(std::string_view id, const Outcome& o) {
  Value::List rows;
  for (const auto& r : o.rows) rows.push_back(Value::Map{{"seq", r.seq > 0 ? Value(r.seq) : Value()}, {"hash", r.hash}, {"note", r.note}});
  return Value::Map{{"check", id}, {"says", evidence::find_check(id)->says}, {"result", o.passed ? "pass" : "fail"}, {"query", o.query},
                    {"figure", o.figure}, {"of", o.of}, {"rows", std::move(rows)}};
}

std::string lines_of(std::string_view id, const Outcome& o) {
  auto out = "    " + std::string(o.passed ? "pass" : "FAIL") + "  " + std::string(id) + ": " + std::string(evidence::find_check(id)->says) + "\n" +
             "          " + std::to_string(o.figure) + " of " + std::to_string(o.of) + " against it" +
             (o.of == 0 ? " (there is nothing yet that it could be about)" : "") + "\n";
  for (const auto& r : o.rows)
    out += "          " + (r.seq > 0 ? "row " + std::to_string(r.seq) + "  " + r.hash.substr(0, 16) : std::string("no row")) + "  " +
           text::printable(r.note) + "\n";
  return out;
}

Result<Exit> run(const cli::Args& args) {
  TK_TRY(auto session, Session::open_to_read());
  TK_TRY(auto claims, log_tool::claims_of(session->workspace, session->store.journal()));
  TK_TRY(auto snapshot, session->store.journal().snapshot());
  Answers answers{{*session, clock::now_ns(), std::move(claims)}};
  if (auto word = args.get("since"); !word.empty()) {
    auto ago = clock::parse_duration(word);
    auto moment = ago ? Result<std::int64_t>(answers.scene.now_ns - *ago) : clock::parse_rfc3339(word);
    if (!moment) return fail(moment.error());
    answers.scene.since_ns = *moment;
  }
  auto name = args.get("frame");
  if (name.empty()) return fail(Code::cli_usage, "--frame says which controls", "soc2, iso27001, hipaa, gdpr or ai-act");
  const Frame* frame = nullptr;
  for (const auto& f : frames())
    if (f.name == name) frame = &f;
  if (!frame) return fail(Code::bug, "no frame " + name);
  std::int64_t passed = 0, failed = 0, by_hand = 0;
  Value::List controls;
  std::string out;
  for (const auto& c : frame->controls) {
    bool good = true;
    Value::List list;
    std::string lines;
    for (auto id : c.checks) {
      TK_TRY(const auto* outcome, answers.of(id));
      good = good && outcome->passed;
      list.push_back(json_of(id, *outcome));
      lines += lines_of(id, *outcome);
    }
    const char* result = c.checks.empty() ? "not automatable" : good ? "pass" : "fail";
    (c.checks.empty() ? by_hand : good ? passed : failed) += 1;
    controls.push_back(Value::Map{{"id", c.id}, {"title", c.title}, {"result", result}, {"human", c.human}, {"checks", std::move(list)}});
    out += std::string(c.id) + "  " + result + ": " + std::string(c.title) + "\n" + lines;
    if (!c.human.empty()) out += "    a human shows: " + std::string(c.human) + "\n";
  }
  TK_TRY(auto head, session->store.journal().head());
  TK_TRY(auto hash, evidence::hash_of(answers.scene, head.seq));
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"frame", name}, {"at", clock::rfc3339(answers.scene.now_ns)},
                                       {"since", answers.scene.since_ns > 0 ? Value(clock::rfc3339(answers.scene.since_ns)) : Value()},
                                       {"policy_hash", session->law.index().policy_hash()},
                                       {"journal", Value::Map{{"seq", head.seq}, {"hash", hash}}},
                                       {"passed", passed}, {"failed", failed}, {"not_automatable", by_hand},
                                       {"controls", std::move(controls)}}) + "\n");
  } else {
    out += "\nThe queries, as they were run:\n";
    for (const auto& [id, outcome] : answers.known) out += "    " + std::string(id) + "\n          " + text::printable(outcome.query) + "\n";
    cli::page();
    cli::print(out + "\n" + std::to_string(passed) + " of " + std::to_string(passed + failed) + " automatable controls pass; " +
               std::to_string(by_hand) + " are not automatable. Journal: row " + std::to_string(head.seq) + ", hash " + hash + "\n");
  }
  if (failed == 0) return Exit::ok;
  if (args.json()) return Exit::no;
  return fail(Code::audit_control, text::count(static_cast<std::size_t>(failed), "control") + " of " + name + " failed", "each is above, with its rows");
}

}  // namespace

cli::VerbSpec report_verb() {
  return {"report", "what the workspace can show for each control of a frame: 0 all pass, 1 some fail", {},
          {{"frame", "NAME", "which controls", {"soc2", "iso27001", "hipaa", "gdpr", "ai-act"}},
           {"since", "TIME", "rows from then on: an RFC 3339 time, or how long ago: 2160h"}},
          {{"tk compliance report --frame soc2", "each control with its query, its figure and its rows"},
           {"tk compliance report --frame ai-act --since 2160h --json", "the last 90 days, for a program"}},
          help::k_report, run,
          "{frame: text, at: text, since: text|null, policy_hash: text, journal: {seq: int, hash: text}, passed: int, failed: int, "
          "not_automatable: int, controls: [{id: text, title: text, result: 'pass'|'fail'|'not automatable', human: text, "
          "checks: [{check: text, says: text, result: 'pass'|'fail', query: text, figure: int, of: int, "
          "rows: [{seq: int|null, hash: text, note: text}]}]}]}"};
}

}  // namespace tk::tools::compliance_tool
