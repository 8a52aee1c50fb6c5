// `tk demo code-review`: the main job from a git change to a report, with real commands as the
// processes that a company would run.
#pragma once

#include <string>

#include "core/base/value.hpp"
#include "core/cli/spec.hpp"
#include "core/git/change.hpp"

namespace tk::tools::demo_tool {

struct Job {
  git::ChangeText change;
  std::string workspace;
  std::string answer;   // approve, reject, none: what the demo's second human says
  bool ask = false;     // ask at the terminal instead
  bool meddle = false;  // an agent tries to answer beside the human
  bool all = false;
  std::string suppress;      // text of the suppression file
  std::string gate_timeout;  // "" = as the workflow says
};

// What came of it.
struct Review {
  std::string run, verdict;  // approved, rejected, waiting, timed_out
  Exit exit = Exit::ok;
  Value shown;        // `tk wot show --json`
  Value verified;     // `tk log verify --json`
  std::string approved_by, approved_at;
  Value meddler;      // what the meddling agent was told
};

Result<std::string> make_sample();                       // a repository; its path
Result<void> make_workspace(const Job& job);
Result<Review> review(const Job& job);
Value report_json(const Job& job, const Review& review, bool kept);
std::string report_markdown(const Value& report);
// Whether a finding is at least as severe as `level`.
bool any_at(const Value& report, const std::string& level);

// Runs `tk words…` and gives its standard output; a failure carries the words that it printed.
Result<std::string> tk_command(const std::vector<std::string>& words, const std::string& workspace);

}  // namespace tk::tools::demo_tool
