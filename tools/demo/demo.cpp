#include "tools/demo/demo.hpp"

#include "core/base/clock.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"
#include "help/demo.hpp"

namespace tk::tools::demo_tool {
namespace {

struct Folder {  // removed at the end unless kept
  std::string path;
  bool keep = false;
  ~Folder() {
    if (!path.empty() && !keep) static_cast<void>(os::remove_tree(path));
  }
};

Result<git::ChangeText> find_change(const cli::Args& args, Folder& sample) {
  git::ChangeQuery query;
  query.repository = args.get("repo");
  query.range = args.get("range");
  query.staged = args.has("staged");
  if (query.staged && !query.range.empty())
    return fail(Code::cli_usage, "--staged and --range exclude each other");
  if (query.repository.empty()) {
    if (query.staged || !query.range.empty())
      return fail(Code::cli_usage, "--range and --staged need --repo DIR");
    TK_TRY(sample.path, make_sample());
    query.repository = sample.path;
  }
  TK_TRY(auto change, git::read_change(query));
  if (!sample.path.empty()) change.described = "the bundled sample";
  return change;
}

Result<std::string> read_suppressions(const cli::Args& args) {
  auto file = args.get("suppress");
  if (!file.empty()) return os::read_file(file, 1u << 20);
  auto own = args.get("repo") + "/.tk-suppress";
  if (args.get("repo").empty() || !os::exists(own)) return std::string();
  return os::read_file(own, 1u << 20);
}

Result<Exit> run(const cli::Args& args) {
  os::catch_interrupts();
  Folder sample, folder;
  Job job;
  job.answer = args.get("answer", "approve");
  job.ask = args.has("ask");
  job.meddle = args.has("meddle");
  job.all = args.has("all");
  job.gate_timeout = args.get("gate-timeout");
  if (job.ask && !os::is_terminal(0))
    return fail(Code::cli_no_terminal, "--ask needs a terminal on standard input",
                "leave it out, or use --answer");
  if (!job.gate_timeout.empty()) TK_CHECK(clock::parse_duration(job.gate_timeout));
  TK_TRY(job.change, find_change(args, sample));
  TK_TRY(job.suppress, read_suppressions(args));
  TK_TRY(folder.path, os::temporary_directory("tk-demo-"));
  folder.keep = args.has("keep");
  job.workspace = folder.path + "/acme";
  cli::progress("making a workspace with two humans and three agents");
  TK_CHECK(make_workspace(job));
  cli::progress("reviewing " + job.change.described);
  TK_TRY(auto reviewed, review(job));
  if (reviewed.exit == Exit::waiting) folder.keep = true;  // somebody will want to answer
  auto report = report_json(job, reviewed, folder.keep);
  auto text = args.json() ? json::pretty(report) + "\n" : report_markdown(report);
  if (auto file = args.get("out"); !file.empty()) TK_CHECK(os::write_atomic(file, text));
  cli::print(text);
  if (!*report["journal"]["verified"].as_bool()) return Exit::integrity;
  auto level = args.get("fail-on");
  if (reviewed.exit == Exit::ok && !level.empty() && any_at(report, level))
    return fail(Code::demo_findings, "findings of severity " + level + " or above");
  return reviewed.exit;
}

}  // namespace
cli::VerbSpec code_review_verb() {
  return {"code-review", "a real git change reviewed by agents under law, with a human gate", {},
      {{"repo", "DIR", "review a change of this repository, which is only read (default: a bundled sample)"},
       {"range", "RANGE", "A..B, A...B, or one revision (default: HEAD)"},
       {"staged", "", "review what is staged"},
       {"all", "", "findings on every line of the changed files, not only on added ones"},
       {"answer", "ANSWER", "what the second human says (default: approve)", {"approve", "reject", "none"}},
       {"ask", "", "ask at the terminal instead"},
       {"meddle", "", "let an agent try to answer in the human's place"},
       {"gate-timeout", "TIME", "how long the gate waits"},
       {"fail-on", "LEVEL", "exit 1 when something at least as severe was found", {"low", "medium", "high", "critical"}},
       {"suppress", "FILE", "fingerprints to leave out (default: DIR/.tk-suppress)"},
       {"out", "FILE", "write the report there too"},
       {"keep", "", "keep the workspace and name it"}},
      {{"tk demo code-review", "the bundled sample: a planted SQL injection and a planted key"},
       {"tk demo code-review --repo . --range main...HEAD --ask", "your branch, and you are the gate"}},
      help::k_code_review, run,
      "{verdict: text, recommendation: json, score: json, change: text, files: int, findings: [json], "
      "suppressed: [json], skipped: [json], approved_by: text|null, answered_by: text|null, "
      "answered_at: text|null, run: text, journal: {rows: int, verified: bool}, converged: json, "
      "workspace: text|null, meddler?: json}"};
}

}  // namespace tk::tools::demo_tool
