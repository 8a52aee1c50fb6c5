// Payloads that were removed when their time was over (`tk log prune`). Only the bytes go: the row keeps their digest,
// so chain, tree and proofs stay as they were. A payload may be missing where a row `log.pruned` names its row, and
// nowhere else. What a record is made of stays: the changes of every row, and the payload of one that begins a record
// or brings it to another definition.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/journal/journal.hpp"

namespace tk::journal {

using SeqRange = std::pair<std::int64_t, std::int64_t>;  // first and last

// What the rows log.pruned of a journal say.
class Pruned {
 public:
  Pruned() = default;
  static Result<Pruned> read(store::Database& db);
  bool has(std::int64_t seq) const;

 private:
  std::vector<SeqRange> all_;  // in order, none touches another
};

// Rows behind `after` whose payload could go and whose time is over by the word of `over`, as ranges; at most `most` rows.
struct Prunable {
  std::vector<SeqRange> ranges;
  std::int64_t rows = 0;
};
Result<Prunable> prunable(Journal& journal, std::int64_t after, std::int64_t most,
                          const std::function<bool(std::string_view event_type, std::int64_t ts_ns)>& over);

// Inside the transaction of the row that tells of it: removes exactly these payloads.
Result<void> prune(Journal& journal, const Prunable& what);

}  // namespace tk::journal
