// The hash tree of RFC 9162 section 2.1 (that of RFC 6962): its root, the two kinds of proof, and how whoever
// holds a proof checks it. Pure: where the hashes of complete subtrees come from is the caller's affair. An index
// counts from 0.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/crypto/digest.hpp"

namespace tk::journal::merkle {

using crypto::Digest;
using Size = std::uint64_t;
using Path = std::vector<Digest>;
// The hash of the complete subtree over the leaves index · 2^height and the 2^height - 1 behind it.
using Nodes = std::function<Result<Digest>(unsigned height, Size index)>;

Digest leaf(std::string_view entry);  // SHA-256(0x00 ‖ entry)
Digest node(const Digest& left, const Digest& right);
// The root over these very hashes, 2^n of them, each of 32 bytes.
Digest fold(std::string_view hashes);

Result<Digest> root(Size size, const Nodes& nodes);
// That the leaf `index` is in the tree of `size` leaves; index < size.
Result<Path> inclusion(Size index, Size size, const Nodes& nodes);
// That the tree of `size` leaves begins with the one of `old` leaves; 0 < old <= size.
Result<Path> consistency(Size old, Size size, const Nodes& nodes);

bool included(const Digest& leaf, Size index, Size size, const Path& path, const Digest& root);
bool consistent(Size old, Size size, const Path& path, const Digest& old_root, const Digest& root);

}  // namespace tk::journal::merkle
