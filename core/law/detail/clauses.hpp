// The clauses of a condition: what its outermost && joins. Views into the tree.
#pragma once

#include <vector>

#include "core/expr/ast.hpp"

namespace tk::law::detail {

inline void clauses_of(const expr::Node& n, std::vector<const expr::Node*>& out) {
  if (n.kind == expr::Node::Kind::call && n.text == "_&&_") {
    for (const auto& child : n.children) clauses_of(child, out);
  } else {
    out.push_back(&n);
  }
}

}  // namespace tk::law::detail
