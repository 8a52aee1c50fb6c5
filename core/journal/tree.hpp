// The journal's hash tree as it lies in journal.db: leaf i is that of row i + 1 (FORMATS.md, Journal row). Tiles
// are those of C2SP tlog-tiles, of height 8: `tile` holds the full ones of level 0 and, of each level above, one
// hash for each full tile below; `leaf` holds the leaves since the last full tile. Roots and proofs are computed
// from these and stand nowhere. Errors: journal_broken where a part of it is missing.
#pragma once

#include <map>
#include <string>

#include "core/journal/merkle.hpp"
#include "core/store/sqlite.hpp"

namespace tk::journal {

class Tree {
 public:
  static constexpr unsigned kHeight = 8;
  static constexpr std::int64_t kWidth = 1 << kHeight;
  static constexpr std::size_t kHash = sizeof(crypto::Digest);

  explicit Tree(store::Database& db) : db_(db) {}
  // Inside the transaction that appends row `seq`, which is the next.
  Result<void> append(std::int64_t seq, const crypto::Digest& leaf);

  // What the database holds of it now; the caller keeps to sizes that are there, and to one snapshot.
  Result<crypto::Digest> root(std::int64_t size);
  Result<crypto::Digest> leaf(std::int64_t index);
  Result<merkle::Path> inclusion(std::int64_t index, std::int64_t size);
  Result<merkle::Path> consistency(std::int64_t old, std::int64_t size);
  // Tile n of a level, at most 256 hashes; of level 0 also the one that is not yet full.
  Result<std::string> tile(unsigned level, std::int64_t n);

  // Where a tile lies in the table.
  static std::int64_t place(unsigned level, std::int64_t n) { return (std::int64_t{level} << 48) + n; }

 private:
  Result<crypto::Digest> node(unsigned height, merkle::Size index);
  merkle::Nodes nodes();
  Result<std::string> stored(unsigned level, std::int64_t n);
  store::Database& db_;
  std::map<std::int64_t, std::string> seen_;
};

}  // namespace tk::journal
