#include "core/workspace/grammar.hpp"

#include <algorithm>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"

namespace tk::workspace {
namespace {

template <class List>
auto find_in(const List& list, std::string_view name) -> decltype(list.data()) {
  for (const auto& item : list)
    if (item.name == name) return &item;
  return nullptr;
}

template <class... Lists>
std::vector<std::string> names_of(const Lists&... lists) {
  std::vector<std::string> out;
  auto add = [&](const auto& list) {
    for (const auto& item : list) out.emplace_back(item.name);
  };
  (add(lists), ...);
  return out;
}

std::string mend(const std::string& near, const std::vector<std::string>& known, const std::string& none) {
  return !near.empty() ? "did you mean " + near + "?" : known.empty() ? none : "known: " + text::join(known, ", ");
}

// An id that is a name: of rules and grants.
const record::AttributeType& id_as_name() {
  static const record::AttributeType type = {"id", "name", "what it is called"};
  return type;
}

}  // namespace

void Grammar::problem(Code code, std::size_t at, std::string message, std::string hint) {
  problems_.push_back(Error{code, std::move(message), doc_.where(at), std::move(hint), nullptr});
}

void Grammar::manifest(const xml::Element& root) {
  plain(root, record::manifest_type().attributes, {});
  children(root, record::manifest_type().children);
}

void Grammar::entity(const xml::Element& e, const record::EntityType& type, bool listed) {
  if (!e.text.empty()) problem(Code::ws_entity_invalid, e.at, "<" + e.name + "> holds no text", "what it says stands in attributes");
  const auto& common = record::common_attributes();
  for (const auto& a : e.attributes) {
    const auto* known = type.find(a.name);
    if (!known) unknown(e, a, type.attributes, common);
    else if (known->personal()) personal(e, a);
    else attribute(e, a, a.name == "id" && type.named_by_id() ? id_as_name() : *known);
  }
  auto needs = [&](std::string_view name) {
    problem(Code::ws_entity_invalid, e.at, "<" + e.name + "> needs " + std::string(name), "add " + std::string(name) + "=\"…\"");
  };
  for (const auto& known : type.attributes)
    if (known.required && !e.find(known.name)) needs(known.name);
  // What stands in a list has no file to be named by; a grant is named by what it grants.
  if (listed && type.name != "grant" && !e.find("name") && !(type.named_by_id() && e.find("id"))) needs(type.named_by_id() ? "id" : "name");
  children(e, record::children_of(type));
}

void Grammar::plain(const xml::Element& e, const Attributes& own, const Attributes& common) {
  if (!e.text.empty()) problem(Code::ws_entity_invalid, e.at, "<" + e.name + "> holds no text", "what it says stands in attributes");
  for (const auto& a : e.attributes) {
    if (const auto* known = find_in(own, a.name)) attribute(e, a, *known);
    else unknown(e, a, own, common);
  }
  for (const auto& known : own)
    if (known.required && !e.find(known.name))
      problem(Code::ws_entity_invalid, e.at, "<" + e.name + "> needs " + std::string(known.name), "add " + std::string(known.name) + "=\"…\"");
}

void Grammar::attribute(const xml::Element& e, const xml::Attribute& a, const record::AttributeType& type) {
  auto wrong = record::check_value(type, a.value);
  if (wrong.empty() && type.required && a.value.empty()) wrong = "<" + e.name + "> needs " + a.name + ", and it is empty";
  if (wrong.empty()) return;
  auto near = text::nearest(a.value, record::words_of(type.kind));
  problem(Code::ws_entity_invalid, a.value_at, wrong,
          !near.empty()           ? "did you mean " + near + "?"
          : !type.example.empty() ? "write it like " + a.name + "=\"" + std::string(type.example) + "\""
                                  : "`tk repo types TYPE` shows what each may hold");
}

void Grammar::unknown(const xml::Element& e, const xml::Attribute& a, const Attributes& own, const Attributes& common) {
  auto known = names_of(own, common);
  problem(Code::ws_entity_invalid, a.name_at, "<" + e.name + "> has no attribute " + text::printable(text::shorten(a.name, 80)),
          mend(text::nearest(a.name, known), known, "take it out"));
}

// git never forgets: what is personal stands there sealed, or not at all.
void Grammar::personal(const xml::Element& e, const xml::Attribute& a) {
  static const record::AttributeType type = {"", "personal", ""};
  if (record::check_value(type, a.value).empty()) return;
  auto set = "tk repo set " + e.name + ":" + (e.get("name").empty() ? "NAME" : e.get("name")) + " " + a.name + "=…";
  problem(Code::pii_field, a.value_at, a.name + " is personal and stands here in clear",
          "take the attribute out and commit that; then `" + set + "` seals it" +
              (e.get("id").empty() ? ", once the element has an id=\"" + ids::uuid7() + "\"" : ""));
}

void Grammar::children(const xml::Element& e, const Children& known) {
  for (const auto& child : e.children) {
    if (const auto* type = find_in(known, child.name)) {
      plain(child, type->attributes, {});
      children(child, type->children);
      continue;
    }
    auto names = names_of(known);
    problem(Code::ws_entity_invalid, child.at, "<" + e.name + "> cannot hold <" + text::printable(text::shorten(child.name, 80)) + ">",
            mend(text::nearest(child.name, names), names, "take it out"));
  }
}

bool Grammar::belongs(const xml::Element& list, const record::EntityType& type, const xml::Element& child) {
  if (child.name == type.name) return true;
  problem(Code::ws_entity_invalid, child.at,
          "<" + list.name + "> holds <" + std::string(type.name) + "> only, not <" + text::printable(text::shorten(child.name, 80)) + ">",
          "put it into a file of its own");
  return false;
}

void Grammar::no_type(const xml::Element& root, std::string hint) {
  auto names = names_of(record::entity_type_table());
  auto near = text::nearest(root.name, names);
  problem(Code::ws_entity_invalid, root.at, "<" + text::printable(text::shorten(root.name, 80)) + "> is no entity type",
          near.empty() ? std::move(hint) : "did you mean <" + near + ">?");
}

Judged judge(std::string_view content, const std::string& name) {
  Judged out;
  auto doc = xml::parse(content, name);
  if (!doc) return out.problems.push_back(doc.error()), out;
  Grammar grammar(*doc, out.problems);
  const auto& root = doc->root;
  auto entity = [&](const xml::Element& e, const record::EntityType& type, bool listed) {
    ++out.entities;
    grammar.entity(e, type, listed);
  };
  if (root.name == "manifest") grammar.manifest(root);
  else if (const auto* one = record::find_entity_type(root.name)) entity(root, *one, false);
  else if (const auto* many = record::entity_type_of_list(root.name)) grammar.list(root, *many, [&](const auto& e) { entity(e, *many, true); });
  else grammar.no_type(root, "`tk repo types` lists them");
  return out;
}

}  // namespace tk::workspace
