// A record definition of any bytes: what is accepted is a whole state machine.
#include <algorithm>

#include "core/record/definition.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

TK_FUZZ(record_definition) {
  // A root that is not there: paths of JSON Schema files are tried and not found.
  auto def = record::parse_definition(bytes, "records/f.toml", "/nonexistent");
  if (!def) {
    TK_PROMISE(!def.error().message.empty());
    return;
  }
  auto is_state = [&](const std::string& name) {
    return std::count(def->states.begin(), def->states.end(), name) == 1;
  };
  TK_PROMISE(def->text == bytes && def->hash.size() == 64 && !def->create_event.empty());
  TK_PROMISE(is_state(def->initial));
  for (const auto& t : def->transitions) {
    TK_PROMISE(!t.from.empty() && (t.to == "=" || is_state(t.to)));
    for (const auto& from : t.from) TK_PROMISE(is_state(from) && def->find(t.event, from) == &t);
  }
  for (const auto& state : def->states)
    for (const auto& event : def->events_from(state)) TK_PROMISE(def->find(event, state));
  for (const auto& [name, type] : def->fields) {
    auto again = json::parse_type(type.str(), "/nonexistent");
    TK_PROMISE(again && again->str() == type.str());
  }
}
