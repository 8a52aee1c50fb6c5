#include <signal.h>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/compiled_law.hpp"
#include "tools/demo/demo.hpp"

namespace tk::tools::demo_tool {
namespace {

Result<Value> tk_json(const Job& job, std::vector<std::string> words) {
  words.push_back("--json");
  TK_TRY(auto out, tk_command(words, job.workspace));
  return json::parse(out, words[0]);
}

os::Spawn runner(const Job& job) {
  os::Spawn spawn;
  auto input = [&](const std::string& word) {
    spawn.argv.push_back("--input");
    spawn.argv.push_back(word);
  };
  spawn.argv = {workspace::libexec() + "/../../bin/tk", "wot", "run", "code-review", "--json",
                "--run-file", job.workspace + "/.tk/run/id"};
  input("diff=@" + job.workspace + "/.tk/change.diff");
  input("suppress=@" + job.workspace + "/.tk/suppress");
  input(std::string("scope=") + (job.all ? "all" : "added"));
  if (job.ask || job.answer != "none" || !job.gate_timeout.empty()) spawn.argv.push_back("--wait");
  spawn.environment = os::current_environment();
  spawn.environment.push_back("TK_WORKSPACE=" + job.workspace);
  return spawn;
}

// The open question of the run, when there is one.
Result<std::optional<Value>> open_question(const Job& job) {
  TK_TRY(auto inbox, tk_json(job, {"wot", "inbox"}));
  if (!inbox.as_list() || inbox.as_list()->empty()) return std::optional<Value>();
  return std::optional<Value>(inbox.as_list()->front());
}

void show_findings(const Value& shown) {
  std::string out = "\nThe agents found:\n";
  for (const auto& step : *shown["steps"].as_list())
    for (const char* kind : {"vulnerabilities", "findings"})
      if (step["step"].text() == "security" && step["output"][kind].as_list())
        for (const auto& f : *step["output"][kind].as_list())
          out += "  " + f["severity"].text() + "  " + f["file"].text() + ":" +
                 std::to_string(f["line"].integer()) + "  " + f["message"].text() + "\n";
  static_cast<void>(os::write_all(2, text::printable(out) + "\n"));
}

// A second process answers as a human: Rita, or you at the terminal.
Result<void> answer(const Job& job, const std::string& run) {
  std::vector<std::string> words = {"wot", "answer", run, "human_review", job.answer, "--as", "user:acme/rita"};
  if (job.ask) {
    TK_TRY(auto shown, tk_json(job, {"wot", "show", run}));
    show_findings(shown);
    TK_CHECK(os::write_all(2, "Approve this change? [y/N] "));
    TK_TRY(auto line, os::read_line());
    auto word = text::trim(line);
    bool yes = word == "y" || word == "Y" || word == "yes" || word == "approve";
    words = {"wot", "answer", run, "human_review", yes ? "approve" : "reject"};
  }
  TK_TRY(auto said, tk_command(words, job.workspace));
  cli::progress(std::string(text::trim(said)));
  return {};
}

// With a meddler about, the human waits until it has had its try: both are seen in the report.
Result<bool> meddler_done(const Job& job, const std::string& run) {
  if (!job.meddle) return true;
  TK_TRY(auto shown, tk_json(job, {"wot", "show", run}));
  for (const auto& step : *shown["steps"].as_list())
    if (step["step"].text() == "meddler" && step["state"].text() != "running") return true;
  return false;
}

Result<os::Exited> attend(const Job& job, os::Child& child, std::string& run) {
  std::vector<os::Child*> one{&child};
  bool answered = job.answer == "none" && !job.ask;
  while (!child.finished()) {
    os::Child::pump(one, 50, {os::interrupt_fd()});
    if (os::interrupted()) {
      child.kill(SIGINT);
      return fail(Code::interrupted, "interrupted", "the workspace is removed; --keep keeps it");
    }
    if (run.empty())
      if (auto id = os::read_file(job.workspace + "/.tk/run/id")) run = std::string(text::trim(*id));
    if (run.empty() || answered || child.finished()) continue;
    TK_TRY(auto question, open_question(job));
    if (!question) continue;
    TK_TRY(bool ready, meddler_done(job, run));
    if (!ready) continue;
    TK_CHECK(answer(job, run));
    // A later round may ask anew; then the loop sees another open question.
  }
  if (run.empty())
    if (auto id = os::read_file(job.workspace + "/.tk/run/id")) run = std::string(text::trim(*id));
  return child.take();
}

void read_gate(Review& out) {
  for (const auto& cast : out.shown["casts"].as_list() ? *out.shown["casts"].as_list() : Value::List{}) {
    out.approved_by = cast["by"].text();
    out.approved_at = cast["at"].text();
  }
  for (const auto& step : out.shown["steps"].as_list() ? *out.shown["steps"].as_list() : Value::List{})
    if (step["step"].text() == "meddler") out.meddler = step["output"];
}

}  // namespace

Result<Review> review(const Job& job) {
  TK_TRY(auto child, os::Child::start(runner(job)));
  Review out;
  TK_TRY(auto done, attend(job, child, out.run));
  switch (done.status) {
    case 0: out.verdict = "approved"; out.exit = Exit::ok; break;
    case 1: out.verdict = "rejected"; out.exit = Exit::no; break;
    case 5: out.verdict = "waiting"; out.exit = Exit::waiting; break;
    case 6: out.verdict = "timed_out"; out.exit = Exit::timeout; break;
    default: out.verdict = "failed"; break;
  }
  bool has_result = !done.output.empty();
  if (out.verdict == "failed" || !has_result) {
    return fail(read_report(done.error_tail, Code::wot_step_failed));
  }
  TK_TRY(out.shown, tk_json(job, {"wot", "show", out.run}));
  TK_TRY(out.verified, tk_json(job, {"log", "verify"}));
  read_gate(out);
  return out;
}

}  // namespace tk::tools::demo_tool
