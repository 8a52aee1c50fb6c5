// TOML of any bytes: a tree whose positions lie in the text, and whose value can be written as JSON.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/json/json.hpp"
#include "core/toml/toml.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

void check(const toml::Node& node, std::string_view key, int lines, int depth) {
  TK_PROMISE(depth <= 256);
  TK_PROMISE(node.where.line >= 0 && node.where.line <= lines);
  for (const auto& [name, child] : node.table) check(child, name, lines, depth + 1);
  for (const auto& item : node.array) check(item, key, lines, depth + 1);
  // Typed access to a key that is there either gives it or names its place.
  for (const auto& [name, child] : node.table) {
    auto text = node.required_text(name);
    TK_PROMISE(text.has_value() == (child.value.as_text() != nullptr));
    TK_PROMISE(node.integer(name, 7).has_value() == (child.value.as_int() != nullptr));
    if (auto texts = node.texts(name); !texts) TK_PROMISE(!texts.error().message.empty());
  }
  if (!node.table.empty()) TK_PROMISE(!node.only({"name", "versions"}) || node.table.size() <= 2);
}

}  // namespace

TK_FUZZ(toml) {
  auto tree = toml::parse(bytes, "f.toml");
  if (!tree) {
    TK_PROMISE(!tree.error().message.empty());
    return;
  }
  TK_PROMISE(tree->is_table());
  check(*tree, "", static_cast<int>(std::count(bytes.begin(), bytes.end(), '\n')) + 2, 0);
  auto value = tree->to_value();
  TK_PROMISE(text::invalid_utf8(json::compact(value)) == std::string::npos);
}
