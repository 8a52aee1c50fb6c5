// The parser behind parse(): with the switch that only a conformance suite turns.
#pragma once

#include "core/expr/ast.hpp"

namespace tk::expr {

inline constexpr std::size_t kMaxText = 1 << 20;
inline constexpr std::uint32_t kMaxNesting = 250;  // brackets, calls, unary operators in each other
inline constexpr std::uint32_t kMaxHeight = 500;   // of the tree: a chain a+b+c… is as high as it is long

// macros = false: has(), all() and the others are calls like any other.
Result<Node> parse(std::string_view text, bool macros);

// The name that cel.iterVar(n, m) or cel.accuVar(n, m) stands for, which the block extension uses as a
// variable; empty when the node is none of them.
std::string block_variable(const Node& node);

}  // namespace tk::expr
