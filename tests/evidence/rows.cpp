// Puts rows into the journal of the workspace that law would never let in: what an audit has to find. A line of stdin is
// {"type", "name"?, "context"?, "parent"?, "input", "by"} for a new record, {"id", "event", "input", "by"} for a
// transition; its answer is "ID SEQ". `rows walk` makes every record of tk's own types and takes every transition of it.
#include <deque>
#include <iostream>
#include <set>

#include "core/json/json.hpp"
#include "tools/session/session.hpp"

namespace {

using namespace tk;

Result<record::Outcome> put(tools::Session& s, const Value& line) {
  record::Change c;
  TK_TRY(auto ref, law::parse_ref(line["by"].text()));
  TK_TRY(c.actor, acl::actor_of(s.law.index(), ref));
  c.type = line["type"].text();
  c.name = line["name"].text();
  c.context = line["context"].text();
  c.parent = line["parent"].text();
  c.id = line["id"].text();
  c.event = line["event"].text();
  if (const auto* input = line["input"].as_map()) c.input = *input;
  c.trace = s.trace;
  c.owed = "compensation";
  return s.store.apply(std::move(c));
}

Value sample(const json::Type& type) {
  using Kind = json::Type::Kind;
  switch (type.kind) {
    case Kind::text: case Kind::bytes: return "x";
    case Kind::integer: return std::int64_t{0};
    case Kind::number: return 0.5;
    case Kind::boolean: return true;
    case Kind::list: return Value::List{sample(*type.item)};
    default: return Value::Map{{"a", 1}};
  }
}
Value::Map samples(const std::map<std::string, json::Type>& types) {
  Value::Map out;
  for (const auto& [name, type] : types) out.emplace(name, sample(type));
  return out;
}

// The events that lead from the initial state to `to`.
std::vector<const record::Transition*> way(const record::Definition& d, const std::string& to) {
  std::deque<std::pair<std::string, std::vector<const record::Transition*>>> open{{d.initial, {}}};
  std::set<std::string> seen;
  while (!open.empty()) {
    auto [at, path] = open.front();
    open.pop_front();
    if (at == to) return path;
    if (!seen.insert(at).second) continue;
    for (const auto& t : d.transitions)
      if (!t.internal() && std::find(t.from.begin(), t.from.end(), at) != t.from.end()) {
        auto further = path;
        further.push_back(&t);
        open.emplace_back(t.to, std::move(further));
      }
  }
  return {};
}

Result<void> walk(tools::Session& s, const std::string& by) {
  auto types = record::driven_types();
  types.insert(types.end(), record::entity_types().begin(), record::entity_types().end());
  for (const auto& type : types) {
    TK_TRY(auto d, s.store.definitions().current(type));
    auto make = [&]() { return put(s, Value::Map{{"type", type}, {"input", samples(d->fields)}, {"by", by}}); };
    TK_TRY(auto alone, make());
    for (const auto& t : d->transitions) {
      TK_TRY(auto made, make());
      auto path = way(*d, t.from.front());
      path.push_back(&t);
      for (const auto* step : path)
        TK_CHECK(put(s, Value::Map{{"id", made.record.id}, {"event", step->event}, {"input", samples(step->input)}, {"by", by}}));
    }
  }
  return {};
}

}  // namespace

int main(int argc, char**) {
  auto session = tools::Session::open();
  if (!session) return std::cerr << describe(session.error()) << "\n", 1;
  auto& s = **session;
  if (argc > 1) {
    auto done = walk(s, s.actor.ref);
    if (!done) std::cerr << describe(done.error()) << "\n";
    return done ? 0 : 1;
  }
  for (std::string text; std::getline(std::cin, text);) {
    auto line = json::parse(text);
    auto done = line ? put(s, *line) : Result<record::Outcome>(fail(line.error()));
    if (!done) return std::cerr << describe(done.error()) << "\n", 1;
    std::cout << done->record.id << " " << done->seq << std::endl;
  }
}
