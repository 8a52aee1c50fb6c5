// The one journal of a workspace: .tk/journal.db, append-only, hash-chained. Rows, the state that
// they change and the outbox commit in one transaction, which the record room drives. Readers never
// block; writers wait at most 30 s. A Journal belongs to one thread.
//
// Group commit (FORMATS.md, Durability): a commit is visible before it is durable. settle(seq) waits
// until the row is on disk; of all processes that wait, one flushes for all whose commit it covers.
// Nothing is acknowledged, published or followed before. A flush that failed poisons the workspace for
// every process until mend(), or a new boot: what the disk lost shows only then.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/journal/live.hpp"
#include "core/journal/row.hpp"
#include "core/store/sqlite.hpp"

namespace tk::journal {

struct Head {
  std::int64_t seq = 0;
  crypto::Digest hash{};
};

struct Stored {
  Row row;
  std::string payload, changes;  // canonical JSON, or empty
};

struct Filter {
  std::string trace, actor, entity, borrow, event, kind, context;
  std::int64_t since_ns = 0, until_ns = 0;  // 0 = open
  std::int64_t after_seq = 0, until_seq = 0;  // until: and that one too; 0 = open
  std::int64_t limit = 0;   // 0 = all
  bool newest_first = false;
};

struct Verdict {
  bool ok = true;
  std::int64_t rows = 0;
  std::int64_t bad_seq = 0;  // the first row that is wrong
  std::string problem;
};

namespace detail {
Result<void> walk(store::Database& db, const Filter& filter, const std::function<Result<bool>(const Stored&)>& visit);
}

class Journal;

// Between begin() and commit() this process alone writes; the destructor takes back what was not
// committed.
class Transaction {
 public:
  Transaction(Transaction&& o) noexcept : journal_(std::exchange(o.journal_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();  // visible, not yet durable: Journal::settle

 private:
  friend class Journal;
  explicit Transaction(Journal* journal) : journal_(journal) {}
  Journal* journal_;
};

class Snapshot {
 public:
  explicit Snapshot(store::Database* db) : db_(db) {}
  Snapshot(Snapshot&& o) noexcept : db_(std::exchange(o.db_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot() {
    if (db_) db_->rollback();
  }

 private:
  store::Database* db_;
};

class Journal {
 public:
  Journal(Journal&&) = default;
  Journal& operator=(Journal&&) = delete;
  ~Journal();
  // Makes the database where there is none (write modes). A newer format is refused.
  static Result<Journal> open(const std::string& path, store::Mode mode);

  store::Database& db() { return db_; }
  Result<Head> head();
  Result<Transaction> begin();
  // Returns when row `seq` is durable; an error when it may never be.
  Result<void> settle(std::int64_t seq);
  // What other processes say; null where there is no page and none can be made (a read-only disk).
  Live* live();
  // The highest row that is known to be durable. `see_to_it`: flushes what is visible, for a writer that
  // died before it did.
  Result<std::int64_t> durable(bool see_to_it = false);
  // After a failed flush: writes everything anew, verifies, and lets work go on.
  Result<Verdict> mend();

  // Inside a transaction: completes seq and hash, writes the row and its side bytes, moves the head.
  Result<void> append(Row& row, std::string_view payload, std::string_view changes);
  // The open transaction may take a right away: Live::standing moves with its commit.
  void touches_standing() { standing_ = true; }
  // So many actors are halted when the open transaction is committed.
  void leaves_halted(std::int64_t n) { halted_ = n; }

  Result<void> each(const Filter& filter, const std::function<Result<bool>(const Stored&)>& visit);
  Result<std::optional<Stored>> by_key(std::string_view idempotency_key);
  // Walks chain and tree, and everything beside them that can be wrong. `progress` hears how far it is.
  Result<Verdict> verify(const std::function<void(std::int64_t rows)>& progress = {});
  // While it lives all reads see the journal of one moment, whatever others write.
  Result<Snapshot> snapshot();

 private:
  friend class Transaction;
  Journal(store::Database db, std::optional<Live> live) : db_(std::move(db)), live_(std::move(live)) {}
  friend struct WithoutTree;  // tests/bench/journal: what the tree costs
  Result<void> flush_for_all(std::int64_t seq);
  void leave();
  store::Database db_;
  std::optional<Live> live_;
  std::int64_t appended_ = 0;  // the highest seq of the open transaction
  bool standing_ = false;
  std::int64_t halted_ = -1;
  bool tree_ = true;
};

}  // namespace tk::journal
