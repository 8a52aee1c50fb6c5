#include "core/workspace/entity_types.hpp"

namespace tk::workspace {

const std::vector<EntityType>& entity_type_table() {
  static const std::vector<EntityType> table = {
      {"galaxy", {"inherits", "hive_channel"}, {}, {}},
      {"system", {"galaxy", "env"}, {}, {}},
      {"space", {"system", "tools", "packages", "venv"}, {}, {}},
      {"user", {"uid", "shell", "home", "ssh-keys", "groups", "email", "full-name", "unix", "title"}, {}, {},
       {"email", "full-name"}},
      {"agent", {"template", "backend", "model", "mode", "machine_ids", "sponsor", "title"},
       {"sponsor"}, {}},
      {"group", {"gid"}, {}, {"member"}},
      {"role", {}, {}, {"inherits"}},
      {"rule", {"effect", "role", "actions", "resource", "when", "borrowable"},
       {"effect", "role", "actions", "resource"}, {"set", "obligation"}},
      {"grant", {"role", "to", "borrowable"}, {"role", "to"}, {}},
      {"resource", {"uri", "kind", "borrowable"}, {}, {}},
      {"action", {"command", "tool", "args", "approval", "borrowable"}, {}, {}},
      {"credential", {"provider", "account", "secret-ref", "expires", "borrowable"}, {"provider"}, {}},
  };
  return table;
}

const EntityType* find_entity_type(std::string_view name) {
  for (const auto& t : entity_type_table())
    if (t.name == name) return &t;
  return nullptr;
}

}  // namespace tk::workspace
