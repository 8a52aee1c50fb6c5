#include "core/record/definition.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/record/detail/builtin.hpp"
#include "core/toml/toml.hpp"

namespace tk::record {
namespace {

using toml::Node;

tl::unexpected<Error> invalid(const Where& where, std::string why, std::string hint = {}) {
  return fail_at(Code::record_definition, where, std::move(why), std::move(hint));
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// `name = "text"` or `name = { type = "text" }`
Result<std::map<std::string, json::Type>> read_types(const Node* table, const std::string& root) {
  std::map<std::string, json::Type> out;
  if (!table) return out;
  if (!table->is_table()) return invalid(table->where, "must be a table of names and types");
  for (const auto& [name, node] : table->table) {
    if (node.is_table()) TK_CHECK(node.only({"type"}));
    const auto* word = node.is_table() ? node.find("type") : &node;
    if (!word || !word->value.as_text()) return invalid(node.where, "`" + name + "` needs a type");
    auto type = json::parse_type(*word->value.as_text(), root);
    if (!type) return invalid(word->where, type.error().message, type.error().hint);
    out.emplace(name, std::move(*type));
  }
  return out;
}

Result<Transition> read_transition(const Node& node, const Definition& def, const std::string& root) {
  for (const char* later : {"guard", "obligations"})
    if (const auto* n = node.find(later))
      return fail_at(Code::record_not_yet, n->where, std::string("`") + later + "` is not yet accepted",
                     "guards and obligations arrive with CEL; they are never ignored");
  TK_CHECK(node.only({"event", "from", "to", "action", "input", "event_type"}));
  Transition t;
  t.where = node.where;
  TK_TRY(t.event, node.required_text("event"));
  TK_TRY(t.to, node.required_text("to"));
  TK_TRY(t.from, node.texts("from"));
  TK_TRY(t.action, node.text("action", def.type + "." + t.event));
  TK_TRY(t.event_type, node.text("event_type"));
  TK_TRY(t.input, read_types(node.find("input"), root));
  if (t.from.empty()) return invalid(node.where, "`from` is missing");
  for (const auto& state : t.from)
    if (!has(def.states, state))
      return invalid(node.where, "`from` names no state: " + state,
                     "states are " + text::join(def.states, ", "));
  if (t.to != "=" && !has(def.states, t.to))
    return invalid(node.where, "`to` names no state: " + t.to,
                   "states are " + text::join(def.states, ", "));
  if (t.action.find('.') == std::string::npos)
    return invalid(node.where, "an action is <noun>.<verb>, not " + t.action);
  return t;
}

}  // namespace

const Transition* Definition::find(std::string_view event, std::string_view from) const {
  for (const auto& t : transitions)
    if (t.event == event && has(t.from, from)) return &t;
  return nullptr;
}

std::vector<std::string> Definition::events_from(std::string_view state) const {
  std::vector<std::string> out;
  for (const auto& t : transitions)
    if (has(t.from, state)) out.push_back(t.event);
  return out;
}

Result<Definition> parse_definition(std::string_view text, std::string_view file,
                                    const std::string& root) {
  TK_TRY(auto doc, toml::parse(text, file));
  TK_CHECK(doc.only({"record", "version", "initial", "create", "fields", "state", "transition"}));
  Definition def;
  def.text = std::string(text);
  def.hash = crypto::sha256_hex(text);
  TK_TRY(def.type, doc.required_text("record"));
  TK_TRY(def.version, doc.integer("version", 1));
  TK_TRY(def.initial, doc.required_text("initial"));
  def.create_action = def.type + ".new";
  if (const auto* create = doc.find("create")) {
    if (!create->is_table()) return invalid(create->where, "`create` must be a table");
    TK_CHECK(create->only({"action", "event_type"}));
    TK_TRY(def.create_action, create->text("action", def.create_action));
    TK_TRY(def.create_event, create->text("event_type"));
  }
  if (def.create_event.empty()) def.create_event = def.type + ".created";
  TK_TRY(def.fields, read_types(doc.find("fields"), root));
  for (const char* list : {"state", "transition"})
    if (const auto* n = doc.find(list); n && !n->is_array())
      return invalid(n->where, std::string("`") + list + "` must be a list of tables",
                     std::string("write [[") + list + "]]");
  if (const auto* states = doc.find("state"))
    for (const auto& s : states->array) {
      TK_CHECK(s.only({"name"}));
      TK_TRY(auto name, s.required_text("name"));
      if (has(def.states, name)) return invalid(s.where, "state " + name + " stands twice");
      def.states.push_back(name);
    }
  if (!has(def.states, def.initial))
    return invalid(doc.find("initial")->where, "`initial` names no state: " + def.initial,
                   "add [[state]] with name = \"" + def.initial + "\"");
  if (const auto* transitions = doc.find("transition"))
    for (const auto& node : transitions->array) {
      TK_TRY(auto t, read_transition(node, def, root));
      for (const auto& from : t.from)
        if (def.find(t.event, from))
          return invalid(t.where, "event " + t.event + " from " + from + " stands twice");
      def.transitions.push_back(std::move(t));
    }
  return def;
}

const std::vector<std::string>& entity_types() {
  static const std::vector<std::string> types = {"galaxy", "system", "space", "user", "agent",
                                                 "group",  "role",   "rule",  "grant"};
  return types;
}

bool is_entity_type(std::string_view type) { return has(entity_types(), type); }

bool is_driven_type(std::string_view type) {
  return std::any_of(std::begin(detail::kBuiltins), std::end(detail::kBuiltins),
                     [&](const auto& b) { return b.type == type; });
}

Result<std::shared_ptr<const Definition>> Definitions::current(const std::string& type) {
  if (auto it = by_type_.find(type); it != by_type_.end()) return it->second;
  auto keep = [&](Definition def) {
    auto shared = std::make_shared<const Definition>(std::move(def));
    by_hash_[shared->hash] = shared;
    return by_type_[type] = shared;
  };
  if (is_entity_type(type)) {
    TK_TRY(auto def, parse_definition("record = \"" + type + "\"" + std::string(detail::kEntity),
                                      "(built in)", root_));
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
    return fail(Code::record_unknown, "no record type " + type, "declare it in " + file);
  }
  TK_TRY(auto def, parse_definition(*bytes, file, root_));
  if (def.type != type)
    return fail_at(Code::record_definition, {file, 1, 1}, "declares record \"" + def.type + "\"");
  return keep(std::move(def));
}

Result<std::shared_ptr<const Definition>> Definitions::pinned(const std::string& hash,
                                                              std::string_view text) {
  if (auto it = by_hash_.find(hash); it != by_hash_.end()) return it->second;
  TK_TRY(auto def, parse_definition(text, "(pinned definition " + hash.substr(0, 10) + ")", root_));
  if (def.hash != hash)
    return fail(Code::journal_broken, "the definition " + hash.substr(0, 10) + " was changed");
  auto shared = std::make_shared<const Definition>(std::move(def));
  return by_hash_[hash] = shared;
}

}  // namespace tk::record
