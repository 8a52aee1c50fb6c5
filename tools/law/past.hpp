// What law asks of the journal, for commands that answer questions. The journal needs SQLite and more, and a plain
// `tk law can` must not pay for them at each start: tk-law only notices that history is asked for, and becomes
// law-journal, the same command with the journal linked in.
#pragma once

#include <memory>

#include "core/cli/spec.hpp"
#include "core/law/engine.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::tools::law_tool {

class Memory : public tk::law::History {
 public:
  static Result<std::unique_ptr<Memory>> open(const workspace::Workspace& workspace);
  // After a decision: goes on, or becomes the program that can tell. Reads nothing of stdin before.
  virtual Result<void> settle() { return {}; }
};

// In law-journal; tk-law becomes it.
Result<Exit> run_replay(const cli::Args& args);
Result<Exit> run_simulate(const cli::Args& args);
Result<Exit> run_draft(const cli::Args& args);
Result<Exit> run_halt(const cli::Args& args);
Result<Exit> run_resume(const cli::Args& args);
Result<Exit> run_review(const cli::Args& args);

}  // namespace tk::tools::law_tool
