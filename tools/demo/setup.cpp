#include "core/base/text.hpp"
#include "core/box/box.hpp"
#include "core/cli/output.hpp"
#include "core/git/repository.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "core/workspace/compiled_law.hpp"
#include "tools/demo/demo.hpp"

namespace tk::tools::demo_tool {
namespace {

std::string driver() { return workspace::libexec() + "/../../bin/tk"; }

std::string without_marks(std::string text) {
  for (std::size_t at; (at = text.find("~~")) != text.npos;) text.erase(at, 2);
  return text;
}

Result<std::string> commit_folder(const git::Repository& repo, const std::string& folder,
                                  const std::string& parent, const std::string& message) {
  std::vector<git::Change> changes;
  TK_TRY(auto names, os::list_directory(folder));
  for (const auto& name : names) {
    TK_TRY(auto text, os::read_file(folder + "/" + name));
    changes.push_back({name, without_marks(std::move(text))});
  }
  TK_TRY(auto id, repo.write_commit(parent, changes, {"Sam Sample", "sam@example.org"}, message));
  TK_CHECK(repo.move_ref("refs/heads/main", parent, id, "sample"));
  return id;
}

Result<void> add_meddler(const Job& job) {
  auto templates = job.workspace + "/templates/meddler";
  TK_CHECK(os::make_directories(templates));
  TK_CHECK(os::write_atomic(templates + "/template.toml",
      "name = \"meddler\"\nversion = \"1.0.0\"\nobjective = \"Try to answer in the human's place\"\n"
      "backend = \"exec\"\ncommand = [\"agent-review\", \"meddler\"]\ntimeout = \"1m\"\n"
      "[output]\nstatus = \"int\"\nsaid = \"text\"\n"));
  auto made = tk_command({"repo", "new", "agent", "meddler", "template=meddler",
                          "sponsor=user:" + std::string(os::user_name()), "--context", "acme.review"},
                         job.workspace);
  if (!made) return fail(made.error());
  auto file = job.workspace + "/wots/code-review.toml";
  TK_TRY(auto text, os::read_file(file));
  auto at = text.find("[[step]]\nagent = \"scorer\"");
  text.insert(at, "[[step]]\nagent = \"meddler\"\nafter = [\"analyst\"]\n");
  at = text.find("agent = \"scorer\"\n", at);
  text.insert(at + 17, "after = [\"human_review\"]\n");
  return os::write_atomic(file, text);
}

Result<void> set_timeout(const Job& job) {
  auto file = job.workspace + "/wots/code-review.toml";
  TK_TRY(auto text, os::read_file(file));
  std::string_view old = "timeout = \"120s\"";
  auto at = text.find(old);
  if (at == text.npos) return fail(Code::bug, "the sample workflow has no timeout");
  text.replace(at, old.size(), "timeout = \"" + job.gate_timeout + "\"");
  return os::write_atomic(file, text);
}

}  // namespace

Result<std::string> tk_command(const std::vector<std::string>& words, const std::string& workspace) {
  os::Spawn spawn;
  spawn.argv = {driver()};
  spawn.argv.insert(spawn.argv.end(), words.begin(), words.end());
  spawn.environment = os::current_environment();
  if (!workspace.empty()) spawn.environment.push_back("TK_WORKSPACE=" + workspace);
  TK_TRY(auto done, os::run(std::move(spawn), 120'000));
  if (done.status != 0)
    return fail(read_report(done.error_tail, Code::os_spawn));
  return std::move(done.output);
}

Result<std::string> make_sample() {
  TK_TRY(auto folder, os::temporary_directory("tk-sample-"));
  auto from = workspace::libexec() + "/../../share/tk/demo/code-review";
  TK_TRY(auto repo, git::Repository::init(folder));
  TK_TRY(auto before, commit_folder(repo, from + "/before", "", "The shop"));
  TK_CHECK(commit_folder(repo, from + "/after", before, "List a customer's orders; sign payments"));
  return folder;
}

// Two humans (you, who own it, and Rita, who reviews) and three agents.
Result<void> make_workspace(const Job& job) {
  const auto& ws = job.workspace;
  auto run = [&](std::vector<std::string> words) -> Result<void> {
    TK_TRY(auto out, tk_command(words, words.front() == "init" ? "" : ws));
    return {};
  };
  TK_CHECK(run({"init", ws, "--template", "code-review", "--galaxy", "acme"}));
  TK_CHECK(run({"repo", "new", "user", "rita", "title=Reviewer", "email=rita@example.org"}));
  TK_CHECK(run({"repo", "new", "grant", "rita-reviews", "role=role:reviewer", "to=user:rita"}));
  // Where a layer of the boxes is missing the workspace says that less will do, and so does its law.
  if (auto layers = box::layers_here(); !layers) {
    cli::note("boxes are not whole on this machine: " + describe(layers.error()));
    TK_CHECK(run({"repo", "new", "rule", "bare-boxes", "effect=permit", "role=role:agent", "actions=box.run", "resource=box:**/bare"}));
    TK_TRY(auto settings, os::read_file(ws + "/tk.toml"));
    TK_CHECK(os::write_atomic(ws + "/tk.toml", settings + "\n[agent]\nbox = \"bare\"\n"));
  }
  if (job.meddle) TK_CHECK(add_meddler(job));
  if (!job.gate_timeout.empty()) TK_CHECK(set_timeout(job));
  TK_CHECK(os::write_atomic(ws + "/.tk/change.diff", job.change.diff, 0600));
  return os::write_atomic(ws + "/.tk/suppress", job.suppress, 0600);
}

}  // namespace tk::tools::demo_tool
