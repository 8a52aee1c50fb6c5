// A record definition of any bytes: what is accepted is a whole state machine that can be drawn, linted, walked and,
// where every expression has a translation, mirrored.
#include <algorithm>

#include "core/record/graph.hpp"
#include "core/record/lint.hpp"
#include "core/record/mirror.hpp"
#include "core/record/walk.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

void check_states(const record::Definition& def) {
  auto leaves = def.leaves();
  auto is_leaf = [&](const std::string& name) { return std::count(leaves.begin(), leaves.end(), name) == 1; };
  TK_PROMISE(def.state(def.initial) && is_leaf(def.leaf(def.initial)));
  for (const auto& s : def.states) {
    TK_PROMISE(is_leaf(def.leaf(s.name)) && s.compound != is_leaf(s.name));
    TK_PROMISE(def.line(s.name).back()->parent.empty());
  }
  for (const auto& t : def.transitions) {
    TK_PROMISE(!t.from.empty() && (t.internal() || def.state(t.to)));
    for (const auto& from : t.from) TK_PROMISE(def.state(from) && !def.state(from)->final);
  }
  for (const auto& leaf : leaves)
    for (const auto& event : def.events_from(leaf)) {
      auto all = def.candidates(event, leaf);
      TK_PROMISE(!all.empty() && def.find(event, leaf) == all.front());
      for (const auto* t : all) TK_PROMISE(t->action == all.front()->action);
    }
}

}  // namespace

TK_FUZZ(record_definition) {
  // A root that is not there: paths of JSON Schema files are tried and not found.
  auto def = record::parse_definition(bytes, "records/f.toml", "/nonexistent");
  if (!def) {
    TK_PROMISE(!def.error().message.empty());
    return;
  }
  TK_PROMISE(def->text == bytes && def->hash.size() == 64 && !def->create_event.empty());
  check_states(*def);
  for (const auto& [name, type] : def->fields) {
    auto again = json::parse_type(type.str(), "/nonexistent");
    TK_PROMISE(again && again->str() == type.str());
  }
  record::lint(*def);
  TK_PROMISE(!record::mermaid(*def).empty() && !record::dot(*def).empty() && !record::xstate(*def).empty());
  auto mirrored = record::typescript(*def);
  TK_PROMISE(mirrored || (mirrored.error().code == Code::record_mirror && !mirrored.error().message.empty()));
  auto walked = record::walk(*def, 1, 50);
  TK_PROMISE(walked.taken() <= walked.edges.size());
}
