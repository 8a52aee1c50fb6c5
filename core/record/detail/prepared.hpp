// What the parts of the write path hand to each other.
#pragma once

#include "core/record/store.hpp"

namespace tk::record {

// A change on its way through the steps.
struct Store::Prepared {
  Change change;
  Record before, after;
  std::shared_ptr<const Definition> definition;
  std::shared_ptr<const Definition> next;  // of a migration: what the record is pinned to afterwards
  std::vector<const Transition*> candidates;  // of the event in this state
  const Transition* transition = nullptr;     // the one whose guard holds
  bool fresh = false;  // a new record
  std::string action, event_type, payload;
  Ruling ruling;
  std::optional<Value::Map> asked;      // the input as it was asked for, where law changed it
  std::vector<std::string> labels;      // of what the run has seen before
  bool of_history = false;              // the ruling rests on the journal: it is taken again inside the commit
  std::uint64_t standing = 0;           // Live::standing when law was asked: if it moves, law is asked again
  std::vector<Obligation> unmet;        // step 6: the transition waits for these
  std::string binding;                  // what an approval is bound to
  std::unique_ptr<Prepared> discharge;  // the parked item that this carries out, closed in the same commit
  std::vector<Prepared> spent;          // the uses of the leases whose right this is, in the same commit
  std::vector<Effect> effects;
  std::optional<journal::Stored> stored;  // of a known idempotency key
  int step = 0;                           // 1-based, the one that is under way
  std::int64_t now_ns = 0;                // one look at the clock: guards, the row and the record have the same
  journal::Row row;

  Moment moment() const;
  const Value::Map& asked_input() const { return asked ? *asked : change.input; }
};

namespace detail {

// What a row says of who asked for what; `ruling` is law's word on it.
void fill_row(journal::Row& row, const Change& c, const Record& r, const Ruling& ruling);
// Who acts, for law and guards: the one on whose behalf it is, where there is one.
const std::string& whose(const Actor& actor);

}  // namespace detail
}  // namespace tk::record
