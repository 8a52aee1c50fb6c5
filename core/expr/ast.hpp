// The syntax tree of a CEL expression (cel-spec doc/langdef.md), as it was written: operators are calls with
// the names of the spec (`_+_`, `_&&_`, `_?_:_`, `@in`), macros are kept as macros. For whoever renders an
// expression as something else (SQL, TypeScript) or reports a place in it. Positions are byte offsets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::expr {

struct Node {
  enum class Kind : std::uint8_t {
    literal,  // value
    name,     // text; a leading '.' stands in it
    select,   // children[0].text; `test` = has(…), `optional` = .?
    call,     // text(children…); `member`: children[0] is what it is called on
    list,     // [children…]
    map,      // {children[0]: children[1], …}
    message,  // text{field: …}; names in `names`, values in children
    macro,    // children[0].text(names…, children[1…]): all exists exists_one map filter …
  };
  Kind kind = Kind::literal;
  bool member = false, test = false, optional = false;
  std::uint32_t at = 0;
  std::string text;
  Value value;
  std::vector<std::string> names;       // variables of a macro, fields of a message
  std::vector<std::uint32_t> optionals;  // which children of a list, map or message are written with ?
  std::vector<Node> children;
};

// A whole expression, or the first error with its line and column in `text` (Where.file stays empty).
// Bounded: 1 MiB of text, 250 levels of nesting, a tree of 500 levels (a chain of operators is as high as it is
// long): whoever walks a tree by recursion needs no more stack than that.
Result<Node> parse(std::string_view text);

// An expression again, with no more parentheses than it needs; parse(unparse(n)) is n but for positions.
std::string unparse(const Node& node);

}  // namespace tk::expr
