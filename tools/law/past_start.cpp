// tk-law's side of past.hpp: it becomes law-journal where the journal is asked.
#include "core/journal/live.hpp"
#include "core/os/file.hpp"
#include "core/workspace/compiled_law.hpp"
#include "tools/law/past.hpp"
#include "tools/session/become.hpp"

namespace tk::tools::law_tool {
namespace {

Result<void> become_journal() {
  return tools::become("law-journal");
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
