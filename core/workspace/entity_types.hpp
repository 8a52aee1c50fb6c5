// The one table of entity types. Needs neither git nor XML.
#pragma once

#include <string_view>
#include <vector>

namespace tk::workspace {

struct EntityType {
  std::string_view name;
  std::vector<std::string_view> attributes;  // its own, beside the common ones
  std::vector<std::string_view> required;
  std::vector<std::string_view> children;    // elements that may stand inside
  std::vector<std::string_view> pii = {};    // attributes that hold only what is sealed under the entity's key
};
const EntityType* find_entity_type(std::string_view name);
const std::vector<EntityType>& entity_type_table();

}  // namespace tk::workspace
