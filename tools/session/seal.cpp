#include "tools/session/seal.hpp"

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/journal/checkpoint.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::tools {

CheckpointSeal::CheckpointSeal(const workspace::Workspace& ws) : root_(ws.root()), lock_(ws.state("run/checkpoint.lock")) {
  each_ = std::strtoll(ws.config("journal.checkpoint").value_or("0").c_str(), nullptr, 10);
}

void CheckpointSeal::committed(journal::Journal& journal, std::int64_t last_seq) {
  if (each_ <= 0 || last_seq / each_ <= tried_) return;
  auto due = [&] {
    auto last = journal::stored_checkpoint(journal);
    return last && (!*last || (*last)->size / each_ < last_seq / each_);
  };
  if (due()) {
    auto mine = os::Lock::take(lock_, Code::journal_busy);
    if (!mine) return;  // another process is at it
    os::Spawn spawn;
    spawn.argv = {workspace::libexec() + "/tk-log", "checkpoint", "--quiet"};
    spawn.environment = os::current_environment();
    spawn.environment.push_back("TK_WORKSPACE=" + root_);
    spawn.output_limit = 1u << 16;
    if (due()) {
      auto done = os::run(spawn, 30'000);
      if (!done) cli::note("no checkpoint of the journal: " + done.error().message);
      else if (done->status != 0) cli::note("no checkpoint of the journal: " + text::shorten(text::printable(done->error_tail), 400));
    }
  }
  tried_ = last_seq / each_;
}

}  // namespace tk::tools
