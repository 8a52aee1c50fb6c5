#include "core/toml/toml.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "core/base/text.hpp"

namespace tk::toml {
namespace {

Where where_of(const ::toml::source_region& region, std::string_view name) {
  return {std::string(name), static_cast<int>(region.begin.line),
          static_cast<int>(region.begin.column)};
}

std::string streamed(const auto& v) {
  std::ostringstream out;
  out << v;
  return out.str();
}

Node convert(const ::toml::node& node, std::string_view name) {
  Node out;
  out.where = where_of(node.source(), name);
  if (const auto* table = node.as_table()) {
    out.kind = Node::Kind::table;
    for (const auto& [key, child] : *table)
      out.table.emplace(std::string(key.str()), convert(child, name));
  } else if (const auto* array = node.as_array()) {
    out.kind = Node::Kind::array;
    for (const auto& child : *array) out.array.push_back(convert(child, name));
  } else if (const auto* s = node.as_string()) {
    out.value = s->get();
  } else if (const auto* i = node.as_integer()) {
    out.value = i->get();
  } else if (const auto* d = node.as_floating_point()) {
    out.value = d->get();
  } else if (const auto* b = node.as_boolean()) {
    out.value = b->get();
  } else if (const auto* when = node.as_date_time()) {
    out.value = streamed(when->get());
  } else if (const auto* date = node.as_date()) {
    out.value = streamed(date->get());
  } else if (const auto* time = node.as_time()) {
    out.value = streamed(time->get());
  }
  return out;
}

std::string kind_of(const Node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a " + std::string(node.value.kind());
}

tl::unexpected<Error> wrong(const Node& node, std::string_view key, std::string_view wanted) {
  return fail_at(Code::toml_type, node.where,
                 "`" + std::string(key) + "` must be " + std::string(wanted) + ", not " +
                     kind_of(node));
}

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kMaxDepth = 64;

// toml++ bounds brackets but not dotted keys: `a.a.a.…=1` makes a tree as deep as the text is long,
// and trees are freed by recursion. Counts both before the parse; offset of what is too much, or npos.
class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : s_(text) {}

  std::size_t run() {
    while (at_ < s_.size()) {
      char c = s_[at_];
      if (c == '"' || c == '\'') {
        skip_text(c);
        continue;
      }
      if (c == '#') {
        at_ = std::min(s_.find('\n', at_), s_.size());
        continue;
      }
      if (c == '.') ++dots_;
      if (c == ',' || c == '\n') dots_ = 0;
      if (c == '[' || c == '{') open_.push_back(std::exchange(dots_, 0)), held_ += open_.back() + 1;
      if ((c == ']' || c == '}') && !open_.empty()) {
        dots_ = open_.back();
        held_ -= dots_ + 1;
        open_.pop_back();
      }
      if (held_ + dots_ > kMaxDepth) return at_;
      ++at_;
    }
    return s_.npos;
  }

 private:
  // Behind a text in one or three quotes; an unterminated one is toml++'s to report.
  void skip_text(char quote) {
    bool three = s_.substr(at_, 3) == std::string(3, quote);
    at_ += three ? 3 : 1;
    while (at_ < s_.size()) {
      if (s_[at_] == '\\' && quote == '"') {
        at_ += 2;
      } else if (three ? s_.substr(at_, 3) == std::string(3, quote) : s_[at_] == quote) {
        at_ += three ? 3 : 1;
        for (int n = 0; three && n < 2 && at_ < s_.size() && s_[at_] == quote; ++n) ++at_;  // """""
        return;
      } else if (!three && s_[at_] == '\n') {
        return;
      } else {
        ++at_;
      }
    }
  }

  std::string_view s_;
  std::size_t at_ = 0, dots_ = 0, held_ = 0;  // dots of this key, levels of those around it
  std::vector<std::size_t> open_;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
  auto it = table.find(key);
  return it == table.end() ? nullptr : &it->second;
}

Value Node::to_value() const {
  if (kind == Kind::array) {
    Value::List list;
    for (const auto& item : array) list.push_back(item.to_value());
    return list;
  }
  if (kind == Kind::table) {
    Value::Map map;
    for (const auto& [key, child] : table) map.emplace(key, child.to_value());
    return map;
  }
  return value;
}

Result<std::string> Node::text(std::string_view key, std::string_view otherwise) const {
  const auto* node = find(key);
  if (!node) return std::string(otherwise);
  if (!node->value.as_text()) return wrong(*node, key, "a text");
  return *node->value.as_text();
}

Result<std::string> Node::required_text(std::string_view key) const {
  if (!find(key))
    return fail_at(Code::toml_key, where, "`" + std::string(key) + "` is missing",
                   "add a line: " + std::string(key) + " = \"…\"");
  return text(key);
}

Result<std::int64_t> Node::integer(std::string_view key, std::int64_t otherwise) const {
  const auto* node = find(key);
  if (!node) return otherwise;
  if (!node->value.as_int()) return wrong(*node, key, "an integer");
  return *node->value.as_int();
}

Result<std::vector<std::string>> Node::texts(std::string_view key) const {
  std::vector<std::string> out;
  const auto* node = find(key);
  if (!node) return out;
  if (const auto* one = node->value.as_text()) return std::vector<std::string>{*one};
  if (!node->is_array()) return wrong(*node, key, "a text or a list of texts");
  for (const auto& item : node->array) {
    if (!item.value.as_text()) return wrong(item, key, "a list of texts");
    out.push_back(*item.value.as_text());
  }
  return out;
}

Result<void> Node::only(const std::vector<std::string>& known) const {
  for (const auto& [key, child] : table) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    auto near = text::nearest(key, known);
    return fail_at(Code::toml_key, child.where, "unknown key `" + text::printable(key) + "`",
                   near.empty() ? "known here: " + text::join(known, ", ")
                                : "did you mean `" + near + "`?");
  }
  return {};
}

Result<Node> parse(std::string_view text, std::string_view name) {
  if (auto bad = text::invalid_utf8(text); bad != text.npos) {
    auto p = text::position(text, bad);
    return fail_at(Code::toml_syntax, Where{std::string(name), p.line, p.column}, "not UTF-8");
  }
  if (text.size() > kMaxBytes)
    return fail_at(Code::toml_syntax, Where{std::string(name), 1, 1}, "larger than 1 MiB");
  if (auto deep = DepthScan(text).run(); deep != text.npos) {
    auto p = text::position(text, deep);
    return fail_at(Code::toml_syntax, Where{std::string(name), p.line, p.column},
                   "nested deeper than 64 levels");
  }
  try {
    return convert(::toml::parse(text, name), name);
  } catch (const ::toml::parse_error& e) {
    return fail_at(Code::toml_syntax, where_of(e.source(), name),
                   text::printable(e.description()));
  }
}

}  // namespace tk::toml
