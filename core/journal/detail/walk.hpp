// The walk of `tk log verify` over a range of rows: chain, digests, types of the values, side bytes and full tiles
// of the tree, without a copy of a row. A journal is cut at a tile's edge and walked by two threads at once.
#pragma once

#include <atomic>
#include <string>

#include "core/journal/tree.hpp"

namespace tk::journal::detail {

struct Range {
  std::int64_t first = 1, last = 0;  // first - 1 is a multiple of Tree::kWidth
};

struct Walked {
  std::int64_t bad_seq = 0;  // 0: all is well
  std::string problem;
  crypto::Digest hash{};     // of the last row
  std::string tiles;         // the hash of each full tile
  std::string rest;          // the leaves behind the last full tile
};

inline std::string row_name(std::int64_t seq) { return "row " + std::to_string(seq); }

// `done` counts the rows of all walks; the first ends the others when it finds something. An error is not of the journal.
Result<Walked> walk_range(store::Database& db, Range range, std::atomic<std::int64_t>& done);

}  // namespace tk::journal::detail
