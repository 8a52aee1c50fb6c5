#include "core/workspace/relation.hpp"

#include <algorithm>

namespace tk::workspace {
namespace {

using record::AttributeType;
using Visit = std::function<void(const Relation&)>;

bool refers(const AttributeType& type) { return type.kind == "reference" || type.kind == "references" || type.kind == "pattern"; }

void words(std::string_view value, const std::function<void(std::string_view)>& visit) {
  while (!value.empty()) {
    auto end = std::min(value.find_first_of(" ,"), value.size());
    if (end > 0) visit(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

void attribute(const AttributeType& type, std::string_view name, std::string_view value, const Visit& visit) {
  bool names = !refers(type) && !type.refers.empty();
  if (!names && !refers(type)) return;
  words(value, [&](std::string_view word) {
    bool plain = names && word.find(':') == word.npos;
    visit({name, plain ? std::string(type.leads_to()) + ":" + std::string(word) : std::string(word), type.required});
  });
}

// The level that an entity stands in: the space, system or galaxy of its context.
std::string level_of(const law::Ref& ref) {
  static constexpr std::string_view kLevels[] = {"galaxy", "system", "space"};
  auto depth = std::count(ref.context.begin(), ref.context.end(), '.');
  if (ref.context.empty() || depth > 2) return {};
  auto dot = ref.context.rfind('.');
  law::Ref level{std::string(kLevels[depth]), dot == ref.context.npos ? "" : ref.context.substr(0, dot),
                 dot == ref.context.npos ? ref.context : ref.context.substr(dot + 1)};
  return level.str();
}

}  // namespace

void each_relation(const Entity& entity, const Visit& visit) {
  const auto* type = record::find_entity_type(entity.ref.type);
  if (!type) return;
  for (const auto& [name, value] : entity.attributes)
    if (const auto* a = type->find(name)) attribute(*a, a->name, value, visit);
  for (const auto& child : entity.children) {
    auto known = std::find_if(type->children.begin(), type->children.end(), [&](const auto& c) { return c.name == child.name; });
    if (known == type->children.end()) continue;
    for (const auto& [name, value] : child.attributes) {
      auto a = std::find_if(known->attributes.begin(), known->attributes.end(), [&n = name](const auto& c) { return c.name == n; });
      if (a == known->attributes.end()) continue;
      // A list loses an entry when what it names goes; the entity stays.
      auto loose = *a;
      loose.required = false;
      attribute(loose, a->name == "ref" ? known->name : a->name, value, visit);
    }
  }
  if (auto level = level_of(entity.ref); !level.empty()) visit({"in", std::move(level), true});
}

}  // namespace tk::workspace
