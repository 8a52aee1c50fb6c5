// What one entity says of others, read off the one table of types: every attribute and child whose kind is a reference
// or a pattern, or that names entities of a type, is a relation of that name. Where it stands is one too: "in".
#pragma once

#include <functional>

#include "core/workspace/entities.hpp"

namespace tk::workspace {

struct Relation {
  std::string_view name;  // member, inherits, sponsor, owner …
  std::string target;     // a reference, short perhaps, or a pattern
  bool required = false;  // without it the entity is not valid
};

void each_relation(const Entity& entity, const std::function<void(const Relation&)>& visit);

}  // namespace tk::workspace
