// The one journal of a workspace: .tk/journal.db, append-only, hash-chained. Rows, the state that
// they change and the outbox commit in one transaction, which the record room drives. Readers never
// block; writers wait at most 30 s. A Journal belongs to one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

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
  std::string trace, actor, entity, event, kind, context;
  std::int64_t since_ns = 0, until_ns = 0;  // 0 = open
  std::int64_t after_seq = 0;
  std::int64_t limit = 0;   // 0 = all
  bool newest_first = false;
};

struct Verdict {
  bool ok = true;
  std::int64_t rows = 0;
  std::int64_t bad_seq = 0;  // the first row that is wrong
  std::string problem;
};

class Journal {
 public:
  // Makes the database where there is none (write modes). A newer format is refused.
  static Result<Journal> open(const std::string& path, store::Mode mode);

  store::Database& db() { return db_; }
  Result<Head> head();

  // Inside a transaction: completes seq and hash, writes the row and its side bytes, moves the head.
  Result<void> append(Row& row, std::string_view payload, std::string_view changes);

  Result<void> each(const Filter& filter, const std::function<Result<bool>(const Stored&)>& visit);
  Result<std::optional<Stored>> by_key(std::string_view idempotency_key);
  Result<Verdict> verify();

 private:
  explicit Journal(store::Database db) : db_(std::move(db)) {}
  Result<std::string> check_side_tables(std::int64_t& bad);
  store::Database db_;
};

}  // namespace tk::journal
