#include "core/record/definition.hpp"
#include "core/record/entity_types.hpp"

#include <algorithm>

#include "core/os/file.hpp"
#include "core/record/detail/builtin.hpp"

namespace tk::record {
namespace {

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void add_once(std::vector<std::string>& list, const std::string& word) {
  if (!has(list, word)) list.push_back(word);
}

}  // namespace

const State* Definition::state(std::string_view name) const {
  auto it = std::find_if(states.begin(), states.end(), [&](const State& s) { return s.name == name; });
  return it == states.end() ? nullptr : &*it;
}

std::vector<const State*> Definition::line(std::string_view name) const {
  std::vector<const State*> out;
  for (const auto* s = state(name); s && out.size() <= states.size(); s = state(s->parent)) out.push_back(s);
  return out;
}

const std::string& Definition::leaf(const std::string& name) const {
  const auto* s = state(name);
  while (s && s->compound) s = state(s->initial);
  return s ? s->name : name;
}

std::vector<std::string> Definition::leaves() const {
  std::vector<std::string> out;
  for (const auto& s : states)
    if (!s.compound) out.push_back(s.name);
  return out;
}

std::vector<const Transition*> Definition::candidates(std::string_view event, std::string_view leaf) const {
  std::vector<const Transition*> out;
  for (const auto* s : line(leaf)) {
    for (const auto& t : transitions)
      if (t.event == event && has(t.from, s->name)) out.push_back(&t);
    if (!out.empty()) break;
  }
  return out;
}

const Transition* Definition::find(std::string_view event, std::string_view leaf) const {
  auto all = candidates(event, leaf);
  return all.empty() ? nullptr : all.front();
}

std::vector<std::string> Definition::events_from(std::string_view leaf) const {
  std::vector<std::string> out;
  for (const auto* s : line(leaf))
    for (const auto& t : transitions)
      if (has(t.from, s->name)) add_once(out, t.event);
  return out;
}

std::vector<std::string> Definition::tools_in(std::string_view leaf) const {
  std::vector<std::string> out;
  for (const auto* s : line(leaf))
    for (const auto& tool : s->tools) add_once(out, tool);
  return out;
}

std::vector<std::string> Definition::actions() const {
  std::vector<std::string> out = {create_action};
  for (const auto& t : transitions) add_once(out, t.action);
  add_once(out, type + ".migrate");
  return out;
}

const std::vector<std::string>& entity_types() {
  static const std::vector<std::string> types = [] {
    std::vector<std::string> out;
    for (const auto& t : entity_type_table())
      if (t.home == EntityType::Home::git) out.emplace_back(t.name);
    return out;
  }();
  return types;
}

bool is_entity_type(std::string_view type) { return has(entity_types(), type); }

const std::vector<std::string>& driven_types() {
  static const std::vector<std::string> types = [] {
    std::vector<std::string> out;
    for (const auto& b : detail::kBuiltins) out.emplace_back(b.type);
    return out;
  }();
  return types;
}

const std::map<std::string, std::vector<std::string>>& open_types() {
  static const auto types = [] {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& b : detail::kOpenBuiltins)
      if (auto def = parse_definition(b.text, "(built in)", ".")) out.emplace(b.type, def->actions());
    return out;
  }();
  return types;
}

bool is_driven_type(std::string_view type) { return has(driven_types(), type); }

Result<std::shared_ptr<const Definition>> Definitions::current(const std::string& type) {
  if (auto it = by_type_.find(type); it != by_type_.end()) return it->second;
  auto keep = [&](Definition def) {
    auto shared = std::make_shared<const Definition>(std::move(def));
    by_hash_[shared->hash] = shared;
    return by_type_[type] = shared;
  };
  if (is_entity_type(type)) {
    TK_TRY(auto def, parse_definition(detail::entity_definition(type), "(built in)", root_));
    return keep(std::move(def));
  }
  for (const auto& builtin : detail::kBuiltins)
    if (builtin.type == type) {
      TK_TRY(auto def, parse_definition(builtin.text, "(built in)", root_));
      return keep(std::move(def));
    }
  auto file = "records/" + type + ".toml";
  auto bytes = os::read_file(root_ + "/" + file, 1u << 20);
  if (!bytes) {
    if (bytes.error().code != Code::os_not_found) return fail(bytes.error());
    for (const auto& builtin : detail::kOpenBuiltins)
      if (builtin.type == type) {
        TK_TRY(auto def, parse_definition(builtin.text, "(built in)", root_));
        return keep(std::move(def));
      }
    return fail(Code::record_unknown, "no record type " + type, "declare it in " + file);
  }
  TK_TRY(auto def, parse_definition(*bytes, file, root_));
  if (def.type != type)
    return fail_at(Code::record_definition, {file, 1, 1}, "declares record \"" + def.type + "\"");
  return keep(std::move(def));
}

std::shared_ptr<const Definition> Definitions::known(const std::string& hash) const {
  auto it = by_hash_.find(hash);
  return it == by_hash_.end() ? nullptr : it->second;
}

Result<std::shared_ptr<const Definition>> Definitions::pinned(const std::string& hash,
                                                              std::string_view text) {
  if (auto before = known(hash)) return before;
  TK_TRY(auto def, parse_definition(text, "(pinned definition " + hash.substr(0, 10) + ")", root_));
  if (def.hash != hash)
    return fail(Code::journal_broken, "the definition " + hash.substr(0, 10) + " was changed");
  auto shared = std::make_shared<const Definition>(std::move(def));
  return by_hash_[hash] = shared;
}

}  // namespace tk::record
