// TOML 1.0 to a tree with positions, at most 1 MiB and 64 levels in one statement. Strict reading is the reader's affair: Table::unknown() finds
// the key that nobody asked for. toml++ is included in this room's one file only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::toml {

struct Node;

// One TOML value: `value` holds scalars; tables and arrays hold nodes.
struct Node {
  enum class Kind { scalar, table, array } kind = Kind::scalar;
  Value value;
  std::map<std::string, Node, std::less<>> table;
  std::vector<Node> array;
  Where where;

  bool is_table() const { return kind == Kind::table; }
  bool is_array() const { return kind == Kind::array; }
  const Node* find(std::string_view key) const;
  // The whole subtree as a Value (positions dropped).
  Value to_value() const;

  // Typed access: missing key gives `otherwise`; a wrong type is an error at its position.
  Result<std::string> text(std::string_view key, std::string_view otherwise = {}) const;
  Result<std::string> required_text(std::string_view key) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t otherwise) const;
  Result<std::vector<std::string>> texts(std::string_view key) const;  // one text or a list of them
  // Refuses the first key that is not in `known`, with the nearest one as the hint.
  Result<void> only(const std::vector<std::string>& known) const;
};

Result<Node> parse(std::string_view text, std::string_view name);

}  // namespace tk::toml
