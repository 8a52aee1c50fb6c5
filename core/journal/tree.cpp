#include "core/journal/tree.hpp"

#include <cstring>

namespace tk::journal {
namespace {

constexpr std::size_t kTileBytes = Tree::kHash * Tree::kWidth;

std::string_view bytes_of(const crypto::Digest& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}
std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::span<const std::uint8_t> blob_of(std::string_view bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<std::string> Tree::stored(unsigned level, std::int64_t n) {
  TK_TRY(auto s, db_.prepare("SELECT hashes FROM tile WHERE at = ?"));
  s.bind(place(level, n));
  TK_TRY(bool there, s.step());
  return there ? std::string(text_of(s.blob(0))) : std::string();
}

Result<void> Tree::append(std::int64_t seq, const crypto::Digest& leaf) {
  auto size = seq;  // of the tree, with this leaf in it
  if (size % kWidth != 0) {
    TK_TRY(auto s, db_.prepare("INSERT INTO leaf VALUES (?,?)"));
    return s.bind(seq).bind_blob(leaf).run();
  }
  TK_TRY(auto full, tile(0, size / kWidth - 1));
  full += bytes_of(leaf);
  if (full.size() != kTileBytes)
    return fail(Code::journal_broken, "the journal's tree lacks leaves before row " + std::to_string(seq), "run `tk log verify`");
  TK_CHECK(db_.exec("DELETE FROM leaf"));
  // A tile that is full is one hash of the level above, which may fill the tile there.
  for (unsigned level = 0;; ++level) {
    auto n = (size - 1) / kWidth;
    TK_TRY(auto s, db_.prepare("INSERT OR REPLACE INTO tile VALUES (?,?)"));
    TK_CHECK(s.bind(place(level, n)).bind_blob(blob_of(full)).run());
    if (full.size() < kTileBytes) return {};
    auto hash = merkle::fold(full);
    size /= kWidth;
    TK_TRY(full, stored(level + 1, (size - 1) / kWidth));
    full += bytes_of(hash);
  }
}

Result<std::string> Tree::tile(unsigned level, std::int64_t n) {
  TK_TRY(auto full, stored(level, n));
  if (!full.empty() || level > 0) return full;
  TK_TRY(auto s, db_.prepare("SELECT hash FROM leaf WHERE seq > ? ORDER BY seq"));
  s.bind(n * kWidth);
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) return full;
    full += text_of(s.blob(0));
  }
}

Result<crypto::Digest> Tree::node(unsigned height, merkle::Size index) {
  auto level = height / kHeight;
  auto wide = merkle::Size{1} << height % kHeight;  // so many hashes of that level are below it
  auto first = index * wide;
  auto n = static_cast<std::int64_t>(first / kWidth);
  auto [it, unknown] = seen_.try_emplace(place(level, n));
  if (unknown) {
    TK_TRY(it->second, tile(level, n));
  }
  auto at = first % kWidth * kHash;
  if (it->second.size() < at + wide * kHash)
    return fail(Code::journal_broken, "the journal's tree lacks hashes of level " + std::to_string(level), "run `tk log verify`");
  return merkle::fold(std::string_view(it->second).substr(at, wide * kHash));
}

merkle::Nodes Tree::nodes() {
  seen_.clear();
  return [this](unsigned height, merkle::Size index) { return node(height, index); };
}

Result<crypto::Digest> Tree::root(std::int64_t size) { return merkle::root(static_cast<merkle::Size>(size), nodes()); }

Result<crypto::Digest> Tree::leaf(std::int64_t index) { return nodes()(0, static_cast<merkle::Size>(index)); }

Result<merkle::Path> Tree::inclusion(std::int64_t index, std::int64_t size) {
  return merkle::inclusion(static_cast<merkle::Size>(index), static_cast<merkle::Size>(size), nodes());
}

Result<merkle::Path> Tree::consistency(std::int64_t old, std::int64_t size) {
  return merkle::consistency(static_cast<merkle::Size>(old), static_cast<merkle::Size>(size), nodes());
}

}  // namespace tk::journal
