// tk-law's side of past.hpp: it becomes law-journal where the journal is asked.
#include "core/journal/live.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/workspace/compiled_law.hpp"
#include "tools/law/past.hpp"

namespace tk::tools::law_tool {
namespace {

Result<void> become_journal() {
  // The words as they were given: a command does not keep them.
  TK_TRY(auto words, os::read_file("/proc/self/cmdline", 16u << 20));
  std::vector<std::string> argv;
  for (std::size_t at = 0; at < words.size();) {
    auto end = words.find('\0', at);
    argv.push_back(words.substr(at, end - at));
    at = end == words.npos ? words.size() : end + 1;
  }
  if (argv.empty()) return fail(Code::bug, "no command line");
  argv[0] = workspace::libexec() + "/law-journal";
  return fail(os::replace_process(argv));
}

class Noticing : public Memory {
 public:
  expr::Cell tell(const expr::Input&, const tk::law::EntityView&, const tk::law::Ref&, const tk::law::Facts&) override {
    asked_ = true;
    return {};
  }
  Result<void> settle() override { return asked_ ? become_journal() : Result<void>{}; }

 private:
  bool asked_ = false;
};

Result<Exit> become(const cli::Args&) {
  TK_CHECK(become_journal());
  return Exit::bug;
}

}  // namespace

// Where somebody is halted, or that cannot be told from here, the journal has to be asked.
Result<std::unique_ptr<Memory>> Memory::open(const workspace::Workspace& ws) {
  if (os::exists(ws.journal_path())) {
    auto live = journal::Live::look(ws.journal_path());
    if (!live || live->halted() != 0) TK_CHECK(become_journal());
  }
  return std::unique_ptr<Memory>(std::make_unique<Noticing>());
}

Result<Exit> run_replay(const cli::Args& args) { return become(args); }
Result<Exit> run_simulate(const cli::Args& args) { return become(args); }
Result<Exit> run_draft(const cli::Args& args) { return become(args); }
Result<Exit> run_halt(const cli::Args& args) { return become(args); }
Result<Exit> run_resume(const cli::Args& args) { return become(args); }
Result<Exit> run_review(const cli::Args& args) { return become(args); }

}  // namespace tk::tools::law_tool
