#include "core/journal/merkle.hpp"

#include <bit>
#include <cstring>

namespace tk::journal::merkle {
namespace {

// The largest power of two below n; n > 1.
Size split(Size n) { return std::bit_floor(n - 1); }

// The root over [begin, end); begin is a multiple of the power of two that is not smaller than end - begin.
Result<Digest> range(Size begin, Size end, const Nodes& nodes) {
  auto n = end - begin;
  if (std::has_single_bit(n)) {
    auto height = static_cast<unsigned>(std::countr_zero(n));
    return nodes(height, begin >> height);
  }
  auto middle = begin + split(n);
  TK_TRY(auto left, range(begin, middle, nodes));
  TK_TRY(auto right, range(middle, end, nodes));
  return node(left, right);
}

// PATH(m, D[n]) of section 2.1.3.1.
Result<void> path_to(Size index, Size begin, Size end, const Nodes& nodes, Path& out) {
  if (end - begin == 1) return {};
  auto middle = begin + split(end - begin);
  bool left = index < middle;
  TK_CHECK(path_to(index, left ? begin : middle, left ? middle : end, nodes, out));
  TK_TRY(auto sibling, range(left ? middle : begin, left ? end : middle, nodes));
  out.push_back(sibling);
  return {};
}

// SUBPROOF(m, D[n], b) of section 2.1.4.1; `known`: who checks has the root over [begin, old).
Result<void> subproof(Size old, Size begin, Size end, bool known, const Nodes& nodes, Path& out) {
  if (old == end) {
    if (known) return {};
    TK_TRY(auto whole, range(begin, end, nodes));
    out.push_back(whole);
    return {};
  }
  auto middle = begin + split(end - begin);
  bool left = old <= middle;
  TK_CHECK(subproof(old, left ? begin : middle, left ? middle : end, known && left, nodes, out));
  TK_TRY(auto other, range(left ? middle : begin, left ? end : middle, nodes));
  out.push_back(other);
  return {};
}

}  // namespace

Digest leaf(std::string_view entry) {
  std::string bytes(1, '\0');
  bytes += entry;
  return crypto::sha256(bytes);
}

Digest node(const Digest& left, const Digest& right) {
  char bytes[65] = {1};
  std::memcpy(bytes + 1, left.data(), 32);
  std::memcpy(bytes + 33, right.data(), 32);
  return crypto::sha256({bytes, sizeof bytes});
}

Digest fold(std::string_view hashes) {
  std::vector<Digest> level(hashes.size() / sizeof(Digest));
  std::memcpy(level.data(), hashes.data(), level.size() * sizeof(Digest));
  for (auto n = level.size() / 2; n > 0; n /= 2)
    for (std::size_t i = 0; i < n; ++i) level[i] = node(level[2 * i], level[2 * i + 1]);
  return level.front();
}

Result<Digest> root(Size size, const Nodes& nodes) {
  if (size == 0) return crypto::sha256("");
  return range(0, size, nodes);
}

Result<Path> inclusion(Size index, Size size, const Nodes& nodes) {
  Path out;
  TK_CHECK(path_to(index, 0, size, nodes, out));
  return out;
}

Result<Path> consistency(Size old, Size size, const Nodes& nodes) {
  Path out;
  TK_CHECK(subproof(old, 0, size, true, nodes, out));
  return out;
}

// Section 2.1.3.2.
bool included(const Digest& leaf, Size index, Size size, const Path& path, const Digest& root) {
  if (index >= size) return false;
  auto here = index, last = size - 1;
  auto hash = leaf;
  for (const auto& p : path) {
    if (last == 0) return false;
    if (here % 2 == 1 || here == last) {
      hash = node(p, hash);
      while (here % 2 == 0 && here != 0) here /= 2, last /= 2;
    } else {
      hash = node(hash, p);
    }
    here /= 2, last /= 2;
  }
  return last == 0 && hash == root;
}

// Section 2.1.4.2.
bool consistent(Size old, Size size, const Path& path, const Digest& old_root, const Digest& root) {
  if (old == 0 || old > size) return false;
  if (old == size) return path.empty() && old_root == root;
  if (path.empty()) return false;
  auto here = old - 1, last = size - 1;
  while (here % 2 == 1) here /= 2, last /= 2;
  // Where the old tree is complete, its root is the first hash of the walk and not in the proof.
  auto next = path.begin();
  auto old_hash = std::has_single_bit(old) ? old_root : *next++;
  auto hash = old_hash;
  for (; next != path.end(); ++next) {
    if (last == 0) return false;
    if (here % 2 == 1 || here == last) {
      old_hash = node(*next, old_hash);
      hash = node(*next, hash);
      while (here % 2 == 0 && here != 0) here /= 2, last /= 2;
    } else {
      hash = node(hash, *next);
    }
    here /= 2, last /= 2;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace tk::journal::merkle
