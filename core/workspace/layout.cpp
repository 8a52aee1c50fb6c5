#include "core/workspace/layout.hpp"

#include <algorithm>
#include <functional>

#include "core/base/ids.hpp"
#include "core/record/entity_types.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {
namespace {

using Names = std::vector<std::string_view>;

void sort_attributes(xml::Element& e, const Names& order) {
  auto rank = [&](const xml::Attribute& a) { return std::find(order.begin(), order.end(), a.name) - order.begin(); };
  std::stable_sort(e.attributes.begin(), e.attributes.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

template <class... Lists>
Names names_of(Names out, const Lists&... lists) {
  auto add = [&](const auto& list) {
    for (const auto& item : list) out.push_back(item.name);
  };
  (add(lists), ...);
  return out;
}

void sort_children(xml::Element& e, const std::vector<record::ChildType>& types) {
  for (auto& child : e.children)
    for (const auto& type : types)
      if (type.name == child.name) {
        sort_attributes(child, names_of({}, type.attributes));
        sort_children(child, type.children);
      }
}

// Every entity that stands in a document.
void each_entity(xml::Element& root, const std::function<void(xml::Element&, const record::EntityType&)>& visit) {
  if (const auto* one = record::find_entity_type(root.name)) return visit(root, *one);
  if (const auto* many = record::entity_type_of_list(root.name))
    for (auto& child : root.children) visit(child, *many);
}

std::string with_ids(xml::Document& doc) {
  std::vector<std::size_t> places;
  each_entity(doc.root, [&](xml::Element& e, const record::EntityType& type) {
    if (!type.named_by_id() && !e.find("id")) places.push_back(e.open_end);
  });
  auto out = doc.source;
  std::vector<std::string> made(places.size());
  for (auto& id : made) id = ids::uuid7();
  for (auto i = places.size(); i-- > 0;) out.insert(places[i], " id=\"" + made[i] + "\"");
  return out;
}

bool same(const xml::Element& a, const xml::Element& b) {
  auto has = [&](const xml::Attribute& x) {
    const auto* y = b.find(x.name);
    return y && y->value == x.value;
  };
  return a.name == b.name && a.text == b.text && a.attributes.size() == b.attributes.size() &&
         std::all_of(a.attributes.begin(), a.attributes.end(), has) &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(), same);
}

}  // namespace

Result<std::string> lay_out(std::string_view content, const std::string& name, bool ids) {
  TK_TRY(auto doc, xml::parse(content, name));
  if (ids) {
    auto more = with_ids(doc);
    TK_TRY(doc, xml::parse(more, name));
  }
  auto before = doc.root;
  if (doc.root.name == "manifest") {
    sort_attributes(doc.root, names_of({}, record::manifest_type().attributes));
    sort_children(doc.root, record::manifest_type().children);
  }
  each_entity(doc.root, [](xml::Element& e, const record::EntityType& type) {
    sort_attributes(e, names_of({"id", "name"}, type.attributes, record::common_attributes()));
    sort_children(e, record::children_of(type));
  });
  TK_TRY(auto out, xml::layout(doc));
  TK_TRY(auto after, xml::parse(out, name));
  if (!same(before, after.root)) return fail_at(Code::bug, {name, 0, 0}, "another layout would mean something else", "the file stays as it is");
  return out;
}

}  // namespace tk::workspace
