// The walk of `tk log verify` over a range of rows: chain, digests, types of the values, side bytes and full tiles
// of the tree, without a copy of a row. A journal is cut at a tile's edge and walked by two threads at once.
#pragma once

#include <array>
#include <atomic>
#include <string>

#include "core/journal/tree.hpp"

namespace tk::journal::detail {

// The indexes of the table journal: each by a column, numbered as the walk reads them; some leave empty values out.
struct Index {
  const char* name;
  const char* column;
  int number;
  bool partial;
};
inline constexpr std::array<Index, 6> kIndexes = {{{"journal_entity", "entity_id", 14, false},
                                                   {"journal_trace", "trace_id", 4, false},
                                                   {"journal_actor", "actor_id", 8, false},
                                                   {"journal_key", "idempotency_key", 29, true},
                                                   {"journal_behalf", "on_behalf_of", 9, true},
                                                   {"journal_borrow", "borrow_id", 11, true}}};
// The sum of the keyed hashes (SipHash-1-3) of an index's entries, in whatever order they come: who does not know
// the secret, which is drawn for each verification, cannot make two sets of entries that have the same.
using Prints = std::array<std::uint64_t, kIndexes.size()>;
using Secret = std::array<std::uint64_t, 2>;
std::uint64_t print_of(const Secret& secret, std::string_view value, std::int64_t seq);

struct Range {
  std::int64_t first = 1, last = 0;  // first - 1 is a multiple of Tree::kWidth
};

struct Walked {
  std::int64_t bad_seq = 0;  // 0: all is well
  std::string problem;
  crypto::Digest hash{};     // of the last row
  std::string tiles;         // the hash of each full tile
  std::string rest;          // the leaves behind the last full tile
  Prints prints{};           // what the rows put into each index
};

inline std::string row_name(std::int64_t seq) { return "row " + std::to_string(seq); }

// `done` counts the rows of all walks; the first ends the others when it finds something. An error is not of the journal.
Result<Walked> walk_range(store::Database& db, Range range, const Secret& secret, std::atomic<std::int64_t>& done);

// The print of the entries that the index has for rows up to `last`; `problem` says where they are not in order.
Result<std::uint64_t> print_index(store::Database& db, const Index& index, const Secret& secret, std::int64_t last, std::string& problem);

}  // namespace tk::journal::detail
