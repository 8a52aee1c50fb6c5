#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/audit.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::audit_tool {
namespace {

using evidence::Found;

Result<Exit> verdict(const cli::Args& args, const std::vector<Found>& found) {
  if (found.empty()) return Exit::ok;
  if (args.json()) return Exit::no;
  return fail(Code::audit_found, text::count(found.size(), "finding"), "each is above, with its mend");
}

Result<Exit> print(const cli::Args& args, const std::vector<Found>& found) {
  cli::print(args.json() ? json::pretty(evidence::json_of(found)) + "\n" : evidence::lines_of(found));
  if (found.empty() && !args.json()) cli::note("nothing found");
  return verdict(args, found);
}

Result<Exit> run_god_mode(const cli::Args& args) {
  TK_TRY(auto session, Session::open_to_read());
  evidence::Scene scene{*session, clock::now_ns()};
  TK_TRY(auto found, evidence::god_mode(scene));
  return print(args, found);
}

Result<Exit> run_secrets(const cli::Args& args) {
  TK_TRY(auto session, Session::open_to_read());
  evidence::Scene scene{*session, clock::now_ns()};
  TK_TRY(auto found, evidence::clear_secrets(scene));
  return print(args, found);
}

Result<Exit> run_coverage(const cli::Args& args) {
  TK_TRY(auto session, Session::open_to_read());
  TK_TRY(auto snapshot, session->store.journal().snapshot());
  evidence::Scene scene{*session, clock::now_ns()};
  TK_TRY(auto c, evidence::coverage(scene));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"rows", c.rows}, {"runs", c.runs}, {"open_runs", c.open_runs}, {"steps", c.steps},
                                       {"open_steps", c.open_steps}, {"agents", c.agents}, {"gaps", evidence::json_of(c.gaps)}}) + "\n");
  else
    cli::print(evidence::lines_of(c.gaps) +
               cli::table({{"rows", std::to_string(c.rows)},
                           {"runs", std::to_string(c.runs) + ", " + std::to_string(c.open_runs) + " still open"},
                           {"starts of steps", std::to_string(c.steps) + ", " + std::to_string(c.open_steps) + " still open"},
                           {"agents with a token of their own", std::to_string(c.agents)}}));
  return verdict(args, c.gaps);
}

}  // namespace

cli::VerbSpec god_mode_verb() {
  return {"god-mode", "rights that are too wide, too long or in the wrong hands: 0 none, 1 with each", {}, {},
          {{"tk audit god-mode", "each finding with its place and its mend"}}, help::k_god_mode, run_god_mode,
          "[" + std::string(evidence::kFound) + "]"};
}

cli::VerbSpec coverage_verb() {
  return {"coverage", "whether everything that was done stands in the journal: 0, or 1 with each gap", {}, {},
          {{"tk audit coverage", "runs, steps and agents that were counted, and what is missing"}}, help::k_coverage, run_coverage,
          "{rows: int, runs: int, open_runs: int, steps: int, open_steps: int, agents: int, gaps: [" + std::string(evidence::kFound) + "]}"};
}

cli::VerbSpec secrets_verb() {
  return {"secrets", "secrets in clear in tracked files and in the journal: 0 none, 1 with each, masked", {}, {},
          {{"tk audit secrets", "what is committed at HEAD, and what rows keep"}}, help::k_secrets, run_secrets,
          "[" + std::string(evidence::kFound) + "]"};
}

}  // namespace tk::tools::audit_tool
