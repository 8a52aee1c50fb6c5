#include "core/record/events.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/os/file.hpp"
#include "core/record/detail/builtin.hpp"
#include "core/record/detail/event_table.hpp"

namespace tk::record {
namespace {

std::string shape_of(const json::Type& type) {
  using Kind = json::Type::Kind;
  switch (type.kind) {
    case Kind::text: case Kind::bytes: return "text";
    case Kind::integer: return "int";
    case Kind::number: return "number";
    case Kind::boolean: return "bool";
    case Kind::list: return "[" + shape_of(*type.item) + "]";
    default: return "json";
  }
}

// What one event type is emitted with: by which types of records, as a new one or not, and every input of it.
struct Emitted {
  std::set<std::string> entities;
  std::map<std::string, std::string> input;
  bool fresh = false, migrates = false;

  void take(const std::map<std::string, json::Type>& types) {
    for (const auto& [name, type] : types) {
      auto shape = shape_of(type);
      auto [at, added] = input.emplace(name, shape);
      if (!added && at->second != shape) at->second = "json";
    }
  }
};
using EmittedTypes = std::map<std::string, Emitted>;

// An input may be left out, one that is too long lies in the store of contents, and law may have changed it.
std::string payload_of(const Emitted& e) {
  std::string members;
  for (const auto& [name, shape] : e.input)
    members += (members.empty() ? "" : ", ") + name + "?: " + (shape == "json" ? shape : shape + "|json");
  auto out = "{input: {" + members + "}, arguments?: json";
  if (e.migrates) out += ", migrate: {definition: text, version: int}";
  if (e.fresh) out += ", record?: {context: text, definition: text, name: text, parent: text}";
  return out + "}";
}

void emitted_by(const Definition& d, bool migrates, EmittedTypes& out) {
  auto add = [&](const std::string& name) -> Emitted& {
    auto& e = out[name];
    e.entities.insert(d.type);
    return e;
  };
  auto& made = add(d.create_event);
  made.fresh = true;
  made.take(d.fields);
  for (const auto& t : d.transitions) {
    if (!t.event_type.empty()) {
      add(t.event_type).take(t.input);
      continue;
    }
    // As Store::guard names it: by whether the record comes to rest somewhere else.
    auto stays = [&](const std::string& from) { return t.internal() || d.leaf(t.to) == d.leaf(from); };
    if (std::any_of(t.from.begin(), t.from.end(), stays)) add(d.type + ".updated").take(t.input);
    if (!std::all_of(t.from.begin(), t.from.end(), stays)) add(d.type + ".state_changed").take(t.input);
  }
  if (migrates) add(d.type + ".migrated").migrates = true;
}

std::string joined(const std::set<std::string>& words) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

// The finer names that a machine has for what the catalogue calls created, updated, state_changed and deleted of its
// type: a lease is no longer "updated", it is used.
void finer_names(const Definition& d, std::map<std::string, std::set<std::string>>& out) {
  auto is_end = [&](const std::string& state) {
    return std::none_of(d.transitions.begin(), d.transitions.end(), [&](const auto& t) {
      return !t.internal() && t.to != state && std::find(t.from.begin(), t.from.end(), state) != t.from.end();
    });
  };
  std::set<std::string> all;
  out[d.type + ".created"].insert(d.create_event);
  for (const auto& t : d.transitions) {
    if (t.event_type.empty()) continue;
    all.insert(t.event_type);
    out[d.type + (t.internal() ? ".updated" : ".state_changed")].insert(t.event_type);
    if (!t.internal() && is_end(t.to)) out[d.type + ".deleted"].insert(t.event_type);
  }
  if (auto& updated = out[d.type + ".updated"]; updated.empty()) updated = all;
}

Result<EmittedTypes> emitted_by_tk(std::map<std::string, std::set<std::string>>& finer) {
  EmittedTypes out;
  for (const auto& type : entity_types()) {
    TK_TRY(auto d, parse_definition(detail::entity_definition(type), "(built in)", "."));
    // A galaxy stands in the root context, where no grant can: nobody may change one yet.
    if (type == "galaxy") d.transitions.clear();
    emitted_by(d, false, out);
  }
  for (const auto& builtin : detail::kBuiltins) {
    TK_TRY(auto d, parse_definition(builtin.text, "(built in)", "."));
    emitted_by(d, false, out);
    finer_names(d, finer);
  }
  return out;
}

constexpr std::string_view kRefusals[] = {"transition.denied", "transition.failed", "transition.parked"};
constexpr const char* kRecord = "record?: {context: text, definition: text, name: text, parent: text}";

EventType named(const detail::EventName& n) {
  EventType e{std::string(n.name), n.layer, std::string(n.entity), std::string(n.meaning), {}, false, {}, false, {}};
  e.payload = "{input: " + std::string(n.input.empty() ? "{*: json}" : n.input) + ", arguments?: json, " + kRecord + "}";
  // A refused attempt is kept as it was asked, and may have been refused before it could be read.
  if (std::find(std::begin(kRefusals), std::end(kRefusals), n.name) != std::end(kRefusals)) {
    e.emitted = true;
    e.payload = "null|{input: {*: json}, arguments?: json, migrate?: json, " + std::string(kRecord) + "}";
  } else if (n.name == "acl.denied") {
    e.emitted = true;
    e.payload = "null";
  }
  return e;
}

}  // namespace

Result<std::vector<EventType>> event_catalogue() {
  std::map<std::string, EventType> all;
  for (const auto& [type, layer] : detail::kEntityNames)
    for (const auto& [what, meaning] : {std::pair("created", " was declared or made"), std::pair("updated", " changed and kept its state"),
                                        std::pair("deleted", " was taken away"), std::pair("state_changed", " went into another state")}) {
      // What is declared is taken away by who synchronises declarations: the organisation.
      int by = layer == 3 && std::string_view(what) == "deleted" ? 6 : layer;
      EventType e{std::string(type) + "." + what, by, std::string(type), std::string(type) + meaning, {}, false, {}, false, {}};
      e.payload = "{input: {ref?: text, file?: text, attributes?: json}, arguments?: json, " + std::string(kRecord) + "}";
      all.emplace(e.name, std::move(e));
    }
  for (const auto& n : detail::kEventNames) all.insert_or_assign(std::string(n.name), named(n));
  std::map<std::string, std::set<std::string>> finer;
  TK_TRY(auto emitted, emitted_by_tk(finer));
  for (const auto& [name, how] : emitted) {
    auto it = all.find(name);
    if (it == all.end()) return fail(Code::bug, "event type " + name + " is emitted and stands in no catalogue");
    it->second.emitted = true;
    it->second.entity = joined(how.entities);
    it->second.payload = payload_of(how);
  }
  std::vector<EventType> out;
  for (auto& [name, e] : all) {
    if (auto it = finer.find(name); it != finer.end() && !e.emitted) {
      e.said_by.assign(it->second.begin(), it->second.end());
      for (const auto& [type, layer] : detail::kEntityNames)
        if (type == e.entity) e.layer = layer;
    }
    out.push_back(std::move(e));
  }
  return out;
}

Result<std::vector<EventType>> event_types(Definitions& definitions, const std::string& root) {
  TK_TRY(auto out, event_catalogue());
  auto files = os::list_directory(root + "/records");
  if (!files) return out;
  EmittedTypes own;
  for (const auto& file : *files) {
    if (!file.ends_with(".toml")) continue;
    TK_TRY(auto d, definitions.current(file.substr(0, file.size() - 5)));
    emitted_by(*d, true, own);
  }
  auto tks = out.size();
  for (const auto& [name, how] : own) {
    EventType e{name, 0, joined(how.entities), "of the workspace's own " + joined(how.entities), payload_of(how), true, {}, true, {}};
    auto end = out.begin() + static_cast<std::ptrdiff_t>(tks);
    auto same = std::find_if(out.begin(), end, [&](const auto& other) { return other.name == name; });
    if (same != end) e.note = "the catalogue has this name for: " + same->meaning;
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace tk::record
