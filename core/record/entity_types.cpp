#include "core/record/entity_types.hpp"

#include <cstdlib>
#include <map>
#include <memory>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/expr/regex.hpp"

namespace tk::record {
namespace {

template <class List>
auto find_in(const List& list, std::string_view name) -> decltype(list.data()) {
  for (const auto& item : list)
    if (item.name == name) return &item;
  return nullptr;
}

// A kind with its pattern compiled.
struct Checker {
  const ValueKind* kind;
  std::unique_ptr<expr::Regex> whole;
};

const std::map<std::string_view, Checker>& checkers() {
  static const auto all = [] {
    std::map<std::string_view, Checker> out;
    for (const auto& kind : value_kinds()) {
      Checker c{&kind, nullptr};
      if (!kind.pattern.empty()) {
        auto whole = expr::Regex::compile("^(?:" + std::string(kind.pattern) + ")$");
        if (!whole) std::abort();  // the table is ours
        c.whole = std::move(*whole);
      }
      out.emplace(kind.name, std::move(c));
    }
    return out;
  }();
  return all;
}

}  // namespace

const AttributeType* EntityType::find(std::string_view attribute) const {
  if (const auto* own = find_in(attributes, attribute)) return own;
  return find_in(common_attributes(), attribute);
}

const std::vector<ChildType>& children_of(const EntityType& type) {
  static const auto all = [] {
    std::map<std::string_view, std::vector<ChildType>> out;
    for (const auto& t : entity_type_table()) {
      auto& children = out[t.name];
      children = t.children;
      children.push_back(attr_child());
    }
    return out;
  }();
  return all.find(type.name)->second;
}

const EntityType* find_entity_type(std::string_view name) { return find_in(entity_type_table(), name); }

const EntityType* entity_type_of_list(std::string_view plural) {
  for (const auto& t : entity_type_table())
    if (t.plural == plural && !t.level()) return &t;
  return nullptr;
}

std::vector<std::string> words_of(std::string_view kind) {
  std::vector<std::string> out;
  if (checkers().contains(kind)) return out;
  for (auto word : text::split(kind, '|')) out.emplace_back(word);
  return out;
}

std::string shown_value(std::string_view value) {
  std::string out;
  for (char c : text::printable(text::shorten(value, 80))) {
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else out += c;
  }
  return out;
}

std::string check_value(const AttributeType& type, std::string_view value) {
  auto it = checkers().find(type.kind);
  if (it != checkers().end()) {
    if (!it->second.whole || it->second.whole->found_in(value)) return {};
    return std::string(type.name) + " must be " + std::string(it->second.kind->help) + ", not \"" + shown_value(value) + "\"";
  }
  auto words = words_of(type.kind);
  for (const auto& word : words)
    if (word == value) return {};
  auto last = words.back();
  words.pop_back();
  return std::string(type.name) + " must be " + text::join(words, ", ") + (words.empty() ? "" : " or ") + last + ", not \"" +
         shown_value(value) + "\"";
}

std::string kept_of(std::string_view type, std::string_view attribute, const std::string& value) {
  return type == "secret" && attribute == "value" && !value.empty() ? "sha256:" + crypto::sha256_hex(value) : value;
}

}  // namespace tk::record
