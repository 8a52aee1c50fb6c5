#include "tools/session/seal.hpp"

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/journal/checkpoint.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::tools {

CheckpointSeal::CheckpointSeal(const workspace::Workspace& ws) : root_(ws.root()), lock_(ws.state("run/checkpoint.lock")) {
  each_ = std::strtoll(ws.config("journal.checkpoint").value_or("0").c_str(), nullptr, 10);
}

CheckpointSeal::~CheckpointSeal() {
  constexpr int kPatienceMs = 30'000, kStepMs = 100;
  for (int waited = 0; child_ && waited < kPatienceMs; waited += kStepMs) look_after(kStepMs);
}

// Whether it has ended, and what it said.
void CheckpointSeal::look_after(int wait_ms) {
  std::vector<os::Child*> children{&*child_};
  os::Child::pump(children, wait_ms);
  if (!child_->finished()) return;
  auto done = child_->take();
  if (done.status != 0) cli::note("no checkpoint of the journal: " + text::shorten(text::printable(done.error_tail), 400));
  child_.reset();
  mine_.reset();
}

void CheckpointSeal::committed(journal::Journal& journal, std::int64_t last_seq) {
  if (child_) look_after(0);
  if (child_ || each_ <= 0 || last_seq / each_ <= tried_) return;
  auto due = [&] {
    auto last = journal::stored_checkpoint(journal);
    return last && (!*last || (*last)->size / each_ < last_seq / each_);
  };
  if (due()) {
    auto mine = os::Lock::take(lock_, Code::journal_busy);
    if (!mine) return;  // another process is at it
    mine_.emplace(std::move(*mine));
    os::Spawn spawn;
    spawn.argv = {workspace::libexec() + "/tk-log", "checkpoint", "--quiet"};
    spawn.environment = os::current_environment();
    spawn.environment.push_back("TK_WORKSPACE=" + root_);
    spawn.output_limit = 1u << 16;
    auto child = due() ? os::Child::start(std::move(spawn)) : Result<os::Child>(fail(Code::journal_busy, ""));
    if (child) child_.emplace(std::move(*child));
    else mine_.reset();
    if (!child && child.error().code != Code::journal_busy) cli::note("no checkpoint of the journal: " + child.error().message);
  }
  tried_ = last_seq / each_;
}

}  // namespace tk::tools
