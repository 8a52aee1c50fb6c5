// The closed catalogue of event types: what a row of the journal can say happened, in every layer of tk. What tk's
// own machines emit is read off their definitions (what each says and with what payload cannot differ from them);
// a name that none of them has is said by finer ones, or belongs to a layer that is still to come. A workspace's own
// records add their own.
#pragma once

#include <string>
#include <vector>

#include "core/record/definition.hpp"

namespace tk::record {

struct EventType {
  std::string name;
  int layer = 0;         // that emits it: 1 interface, 2 hive, 3 law, 4 agents and workflows, 5 MCP, 6 organisation
  std::string entity;    // the type of the row's entity; more than one joined by a blank
  std::string meaning;
  std::string payload;   // the shape of the row's payload, in the language of cli/shape
  bool emitted = false;  // by the tk that runs; else by its layer, when that comes
  std::vector<std::string> said_by;  // the finer names that a machine of tk has for it and emits instead
  bool own = false;      // of the workspace's records/*.toml
  std::string note;      // an own type that has a name of the catalogue
};

// What is tk's own, sorted by name.
Result<std::vector<EventType>> event_catalogue();
// That, and what the definitions in `root`/records emit.
Result<std::vector<EventType>> event_types(Definitions& definitions, const std::string& root);

}  // namespace tk::record
