// Group commit: who writes, who flushes, and what a failed flush means.
#include <algorithm>

#include "core/base/clock.hpp"
#include "core/journal/journal.hpp"
#include "core/os/write_log.hpp"

namespace tk::journal {
namespace {

constexpr int kQueueMs = 30'000, kGatherMs = 2, kMoveMs = 1000;
constexpr std::int64_t kPatienceNs = 1'000'000'000;

tl::unexpected<Error> poisoned() {
  return fail(Code::journal_poisoned, "a flush of the journal failed earlier: nothing more is acknowledged",
              "tk doctor --mend writes it anew and verifies it");
}

}  // namespace

Journal::~Journal() {
  if (!db_.close() && live_ && live_->writable()) live_->poison();
}

Result<Transaction> Journal::begin() {
  if (!live_ || !live_->writable()) return fail(Code::os_readonly, "the journal was opened to read");
  if (live_->poisoned()) return poisoned();
  TK_TRY(bool mine, live_->queue(kQueueMs));
  if (!mine) return fail(Code::journal_busy, "another process has been writing for 30 s", "try again");
  auto begun = live_->poisoned() ? poisoned() : db_.begin();  // perhaps while we stood in the queue
  if (!begun) {
    live_->leave();
    return fail(begun.error());
  }
  appended_ = 0;
  standing_ = false;
  halted_ = -1;
  return Transaction(this);
}

Result<void> Transaction::commit() {
  auto& journal = *std::exchange(journal_, nullptr);
  auto& db = journal.db_;
  auto& live = *journal.live_;
  // Somebody halted is never overlooked: the higher number stands before the commit, the lower one after it.
  if (journal.halted_ > live.halted()) live.set_halted(journal.halted_);
  auto done = db.commit();
  if (done && journal.halted_ >= 0) live.set_halted(journal.halted_);
  if (!done) db.rollback();
  else if (journal.appended_ > 0) live.committed(journal.appended_, journal.standing_);
  // Somebody removed the page: who looks at the one that was made since hears of it too.
  if (done && journal.standing_ && live.replaced())
    if (auto other = Live::open(journal.db_.path())) other->committed(0, true);
  journal.leave();
  return done;
}

Transaction::~Transaction() {
  if (!journal_) return;
  journal_->db_.rollback();
  journal_->leave();
}

void Journal::leave() {
  if (db_.flush_failed()) live_->poison();
  live_->leave();
}

Result<void> Journal::settle(std::int64_t seq) {
  if (!live_ || !live_->writable()) return fail(Code::os_readonly, "the journal was opened to read");
  auto began = clock::monotonic_ns();
  for (;;) {
    auto seen = live_->generation();
    if (live_->poisoned()) return poisoned();
    if (live_->durable_seq() >= seq) {
      os::acknowledged(seq);
      return {};
    }
    if (live_->try_flushing()) {
      TK_CHECK(flush_for_all(seq));
    } else if (clock::monotonic_ns() - began < kPatienceNs) {
      live_->wait(seen, 100);  // should the one who flushes be killed, another takes over
    } else {
      // He is stopped or stuck. Being the only one saves work; it is not what makes a flush good.
      auto covers = std::max(live_->head_seq(), seq);
      auto done = db_.flush();
      if (done) live_->flushed(covers, true);
      if (db_.flush_failed()) live_->poison();
      TK_CHECK(done);
    }
  }
}

// By the one who flushes; who has done so when this returns.
Result<void> Journal::flush_for_all(std::int64_t seq) {
  // Somebody else may have done it, or failed, since we looked.
  if (live_->poisoned() || live_->durable_seq() >= seq) {
    live_->stop_flushing();
    return {};
  }
  // Who queues to write gets his turn first, so that this flush is his too; nobody waits for a slow writer.
  if (live_->queue(kGatherMs).value_or(false)) live_->leave();
  auto covers = std::max(live_->head_seq(), seq);  // what was committed before the flush begins
  auto done = db_.flush();
  bool move = done && db_.wal_is_long();
  if (done) live_->flushed(covers, move);
  // While nobody can append, so that the WAL begins anew.
  if (move && live_->queue(kMoveMs).value_or(false)) {
    done = db_.checkpoint();
    live_->leave();
  }
  if (db_.flush_failed()) live_->poison();
  if (move || !done) live_->stop_flushing();
  return done;
}

Live* Journal::live() {
  // A reader that stays needs more than a look: it may have to flush for a writer that died.
  if (!live_ || !live_->writable())
    if (auto made = Live::open(db_.path())) live_.emplace(std::move(*made));
  return live_ ? &*live_ : nullptr;
}

Result<std::int64_t> Journal::durable(bool see_to_it) {
  TK_TRY(auto last, head());
  if (see_to_it) static_cast<void>(live());
  if (!live_ || live_->durable_seq() >= last.seq) return last.seq;
  if (!see_to_it || !live_->writable() || live_->poisoned()) return live_->durable_seq();
  TK_CHECK(settle(last.seq));
  return last.seq;
}

Result<Verdict> Journal::mend() {
  if (!live_ || !live_->writable()) return fail(Code::os_readonly, "the journal was opened to read");
  TK_TRY(bool mine, live_->queue(kQueueMs));
  if (!mine) return fail(Code::journal_busy, "another process has been writing for 30 s", "try again");
  // If the WAL's bytes are still right in memory, writing them into the database puts them on the disk by
  // another way, and its flush tells whether that one works. If they are not, nothing is written over.
  auto verdict = verify();
  if (verdict && verdict->ok) {
    auto written = db_.checkpoint(true);
    verdict = written ? verify() : Result<Verdict>(fail(written.error()));
  }
  auto last = head();
  if (verdict && verdict->ok && last) live_->mended(last->seq);
  live_->leave();
  return verdict;
}

}  // namespace tk::journal
