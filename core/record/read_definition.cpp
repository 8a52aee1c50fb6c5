// A definition from its TOML: strict, each problem with its place.
#include <algorithm>
#include <set>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/law/ref.hpp"
#include "core/record/definition.hpp"
#include "core/record/detail/expressions.hpp"
#include "core/toml/toml.hpp"

namespace tk::record {
namespace {

using detail::Expressions;
using toml::Node;

tl::unexpected<Error> invalid(const Where& where, std::string why, std::string hint = {}) {
  return fail_at(Code::record_definition, where, std::move(why), std::move(hint));
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string nearest_or(const std::string& word, const std::vector<std::string>& known, const std::string& noun) {
  auto near = text::nearest(word, known);
  if (!near.empty()) return "did you mean \"" + near + "\"?";
  return known.empty() ? "there are no " + noun : noun + " are " + text::join(known, ", ");
}

std::vector<std::string> names(const std::map<std::string, json::Type>& types) {
  std::vector<std::string> out;
  for (const auto& [name, type] : types) out.push_back(name);
  return out;
}

Result<bool> read_bool(const Node& node, std::string_view key) {
  const auto* n = node.find(key);
  if (!n) return false;
  if (!n->value.as_bool())
    return fail_at(Code::toml_type, n->where, "`" + std::string(key) + "` must be true or false");
  return *n->value.as_bool();
}

// The tables of a list of tables, or one table alone.
Result<std::vector<const Node*>> tables(const Node* node, const std::string& key) {
  std::vector<const Node*> out;
  if (!node) return out;
  if (node->is_table()) return std::vector<const Node*>{node};
  for (const auto& item : node->array) out.push_back(&item);
  if (!node->is_array() || std::any_of(out.begin(), out.end(), [](auto* n) { return !n->is_table(); }))
    return invalid(node->where, "`" + key + "` must be a list of tables");
  return out;
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& root) : root_(root) {
    def_.text = std::string(text);
    def_.hash = crypto::sha256_hex(text);
  }

  Result<Definition> read(const Node& doc) {
    TK_CHECK(doc.only({"record", "version", "initial", "create", "fields", "state", "transition", "invariant",
                       "migrate"}));
    TK_TRY(def_.type, doc.required_text("record"));
    TK_TRY(def_.version, doc.integer("version", 1));
    TK_TRY(def_.initial, doc.required_text("initial"));
    TK_CHECK(read_create(doc.find("create")));
    TK_CHECK(read_types(doc.find("fields"), def_.fields, &def_.defaults));
    TK_CHECK(check_pii(doc.find("fields")));
    for (const char* list : {"state", "transition", "invariant"})
      if (const auto* n = doc.find(list); n && !n->is_array())
        return invalid(n->where, std::string("`") + list + "` must be a list of tables",
                       std::string("write [[") + list + "]]");
    TK_CHECK(read_states(doc.find("state")));
    if (!def_.state(def_.initial))
      return invalid(doc.find("initial")->where, "`initial` names no state: " + def_.initial,
                     names_.empty() ? "add [[state]] with name = \"" + def_.initial + "\""
                                    : nearest_or(def_.initial, names_, "states"));
    if (const auto* transitions = doc.find("transition"))
      for (const auto& node : transitions->array) TK_CHECK(read_transition(node));
    Expressions plain(def_.text, def_.fields, nullptr);
    TK_CHECK(read_conditions(doc.find("invariant"), "invariant", plain, def_.invariants));
    TK_CHECK(read_migrate(doc.find("migrate")));
    return std::move(def_);
  }

 private:
  Result<void> read_create(const Node* create) {
    def_.create_action = def_.type + ".new";
    if (create) {
      if (!create->is_table()) return invalid(create->where, "`create` must be a table");
      TK_CHECK(create->only({"action", "event_type"}));
      TK_TRY(def_.create_action, create->text("action", def_.create_action));
      TK_TRY(def_.create_event, create->text("event_type"));
    }
    if (def_.create_event.empty()) def_.create_event = def_.type + ".created";
    return {};
  }

  // `name = "text"` or `name = { type = "text", default = "" }`
  Result<void> read_types(const Node* table, Types& out, Value::Map* defaults) {
    if (!table) return {};
    if (!table->is_table()) return invalid(table->where, "must be a table of names and types");
    for (const auto& [name, node] : table->table) {
      if (node.is_table()) {
        if (defaults) TK_CHECK(node.only({"type", "default", "pii"}));
        else TK_CHECK(node.only({"type"}));
      }
      const auto* word = node.is_table() ? node.find("type") : &node;
      if (!word || !word->value.as_text()) return invalid(node.where, "`" + name + "` needs a type");
      auto type = json::parse_type(*word->value.as_text(), root_);
      if (!type) return invalid(word->where, type.error().message, type.error().hint);
      if (const auto* otherwise = node.is_table() ? node.find("default") : nullptr) {
        auto value = otherwise->to_value();
        if (auto fits = json::check(*type, value, "default"); !fits)
          return invalid(otherwise->where, fits.error().message);
        defaults->emplace(name, std::move(value));
      }
      if (const auto* mark = defaults && node.is_table() ? node.find("pii") : nullptr) TK_CHECK(read_pii(name, node, *mark, *type));
      out.emplace(name, std::move(*type));
    }
    return {};
  }

  // pii = true: of the record itself; pii = "<field>": of whom that field names.
  Result<void> read_pii(const std::string& name, const Node& field, const Node& mark, const json::Type& type) {
    const auto* word = mark.value.as_text();
    if (!word && !mark.value.as_bool())
      return fail_at(Code::toml_type, mark.where, "`pii` must be true, or the field that names the subject");
    if (!word && !*mark.value.as_bool()) return {};
    if (type.kind != json::Type::Kind::text) return invalid(mark.where, "only a text can be personal, not " + type.str());
    if (const auto* otherwise = field.find("default"))
      return invalid(otherwise->where, "`" + name + "` is personal and can have no default: it would stand here in clear");
    def_.pii.emplace(name, word ? *word : "");
    return {};
  }

  // Once all fields are known.
  Result<void> check_pii(const Node* fields) {
    for (const auto& [name, subject] : def_.pii) {
      if (subject.empty()) continue;
      auto it = def_.fields.find(subject);
      auto where = fields->find(name)->find("pii")->where;
      if (it == def_.fields.end())
        return invalid(where, "`pii` names no field: " + subject, nearest_or(subject, names(def_.fields), "fields"));
      if (it->second.kind != json::Type::Kind::text || def_.pii.contains(subject))
        return invalid(where, "`" + subject + "` cannot say whose data it is", "it must be a text that is not personal itself");
    }
    return {};
  }

  // An expression sees only what is sealed, and a sealed value holds for one field only.
  Result<void> check_set(const Where& where, const Assignment& a) {
    if (!def_.pii.contains(a.field) || text::trim(a.to.text) == "null") return {};
    return invalid(where, "`" + a.field + "` is personal: only an input gives it a value", "null takes it away");
  }

  Result<void> read_states(const Node* states) {
    if (!states) return {};
    Expressions plain(def_.text, def_.fields, nullptr);
    for (const auto& node : states->array) {
      TK_CHECK(node.only({"name", "parent", "initial", "final", "tools", "on_enter", "on_exit"}));
      State s;
      s.where = node.where;
      TK_TRY(s.name, node.required_text("name"));
      if (s.name == "=") return invalid(node.where, "a state cannot be called =");
      if (has(names_, s.name)) return invalid(node.where, "state " + s.name + " stands twice");
      TK_TRY(s.parent, node.text("parent"));
      TK_TRY(s.initial, node.text("initial"));
      TK_TRY(s.final, read_bool(node, "final"));
      TK_TRY(s.tools, node.texts("tools"));
      TK_CHECK(read_assignments(node.find("on_enter"), "on_enter", plain, s.on_enter));
      TK_CHECK(read_assignments(node.find("on_exit"), "on_exit", plain, s.on_exit));
      names_.push_back(s.name);
      def_.states.push_back(std::move(s));
    }
    return check_hierarchy(*states);
  }

  Result<void> check_hierarchy(const Node& nodes) {
    auto at = [&](std::size_t i, const char* key) {
      const auto* n = nodes.array[i].find(key);
      return n ? n->where : nodes.array[i].where;
    };
    for (std::size_t i = 0; i < def_.states.size(); ++i) {
      const auto& s = def_.states[i];
      if (s.parent.empty()) continue;
      auto it = std::find(names_.begin(), names_.end(), s.parent);
      if (it == names_.end())
        return invalid(at(i, "parent"), "`parent` names no state: " + s.parent,
                       nearest_or(s.parent, names_, "states"));
      def_.states[static_cast<std::size_t>(it - names_.begin())].compound = true;
    }
    for (std::size_t i = 0; i < def_.states.size(); ++i) {
      const auto& s = def_.states[i];
      std::vector<std::string> way = {s.name};
      for (const auto* p = def_.state(s.parent); p; p = def_.state(p->parent)) {
        bool again = has(way, p->name);
        way.push_back(p->name);
        if (again)
          return invalid(at(i, "parent"), "states stand in each other in a circle: " + text::join(way, " in "),
                         "a state is not its own parent, nor its parent's");
      }
      TK_CHECK(check_initial(s, at(i, "initial")));
      if (s.final && s.compound) return invalid(s.where, s.name + " is final and has states in it");
    }
    return {};
  }

  Result<void> check_initial(const State& s, const Where& where) {
    std::vector<std::string> children;
    for (const auto& c : def_.states)
      if (c.parent == s.name) children.push_back(c.name);
    if (children.empty() && s.initial.empty()) return {};
    if (children.empty())
      return invalid(where, s.name + " has no states in it, so none can be `initial`",
                     "a state in it says parent = \"" + s.name + "\"");
    if (s.initial.empty())
      return invalid(where, s.name + " has states in it and needs `initial`",
                     "add initial = \"" + children.front() + "\"");
    if (has(children, s.initial)) return {};
    return invalid(where, "`initial` names no state in " + s.name + ": " + s.initial,
                   nearest_or(s.initial, children, "states in it"));
  }

  Result<void> read_conditions(const Node* node, const std::string& key, Expressions& expressions,
                               std::vector<Condition>& out) {
    TK_TRY(auto list, tables(node, key));
    for (const auto* n : list) {
      TK_CHECK(n->only({"when", "reason"}));
      Condition c;
      TK_TRY(c.reason, n->required_text("reason"));
      if (text::trim(c.reason).empty()) return invalid(n->find("reason")->where, "`reason` says nothing");
      TK_CHECK(n->required_text("when"));
      TK_TRY(c.when, expressions.condition(*n->find("when")));
      out.push_back(std::move(c));
    }
    return {};
  }

  Result<void> check_field(const Where& where, const std::string& name) {
    if (def_.fields.contains(name)) return {};
    return invalid(where, "sets no field of a " + def_.type + ": " + name,
                   nearest_or(name, names(def_.fields), "fields"));
  }

  Result<void> read_assignments(const Node* node, const std::string& key, Expressions& expressions,
                                std::vector<Assignment>& out) {
    TK_TRY(auto list, tables(node, key));
    for (const auto* n : list) {
      TK_CHECK(n->only({"set", "to"}));
      Assignment a;
      TK_TRY(a.field, n->required_text("set"));
      TK_CHECK(check_field(n->find("set")->where, a.field));
      TK_CHECK(n->required_text("to"));
      TK_TRY(a.to, expressions.value(*n->find("to"), def_.fields.at(a.field)));
      TK_CHECK(check_set(n->find("to")->where, a));
      out.push_back(std::move(a));
    }
    return {};
  }

  // set = { field = "CEL" }
  Result<void> read_set(const Node* node, Expressions& expressions, std::vector<Assignment>& out) {
    if (!node) return {};
    if (!node->is_table()) return invalid(node->where, "`set` must be a table: { field = \"expression\" }");
    for (const auto& [field, to] : node->table) {
      TK_CHECK(check_field(to.where, field));
      if (!to.value.as_text())
        return fail_at(Code::toml_type, to.where, "`" + field + "` must be an expression, as a text");
      Assignment a;
      a.field = field;
      TK_TRY(a.to, expressions.value(to, def_.fields.at(field)));
      TK_CHECK(check_set(to.where, a));
      out.push_back(std::move(a));
    }
    return {};
  }

  Result<void> read_obligations(const Node* node, std::vector<Obligation>& out) {
    static const std::vector<std::string> kinds = {"approval", "four-eyes", "reason"};
    TK_TRY(auto list, tables(node, "obligations"));
    for (const auto* n : list) {
      Obligation o;
      TK_TRY(o.kind, n->required_text("kind"));
      if (!has(kinds, o.kind))
        return invalid(n->find("kind")->where, "no such obligation: " + o.kind, nearest_or(o.kind, kinds, "kinds"));
      if (o.kind == "approval") {
        TK_CHECK(n->only({"kind", "of", "n"}));
        TK_TRY(o.of, n->required_text("of"));
        TK_TRY(o.n, n->integer("n", 1));
        auto colon = o.of.find(':');
        auto type = o.of.substr(0, colon);
        if (colon == o.of.npos || !has({"role", "group", "user"}, type) || !law::parse_ref(o.of))
          return invalid(n->find("of")->where, "`of` names no role, group or user: " + text::printable(o.of),
                         "write of = \"role:lead\"");
        if (o.n < 1 || o.n > 100) return invalid(n->where, "`n` is 1 to 100");
      } else {
        TK_CHECK(n->only({"kind"}));
      }
      out.push_back(std::move(o));
    }
    return {};
  }

  Result<void> read_transition(const Node& node) {
    TK_CHECK(node.only({"event", "from", "to", "action", "input", "event_type", "guard", "obligations", "set"}));
    Transition t;
    t.where = node.where;
    TK_TRY(t.event, node.required_text("event"));
    TK_TRY(t.to, node.text("to", "="));
    TK_TRY(t.from, node.texts("from"));
    TK_TRY(t.action, node.text("action", def_.type + "." + t.event));
    TK_TRY(t.event_type, node.text("event_type"));
    TK_CHECK(read_types(node.find("input"), t.input, nullptr));
    for (const auto& [name, subject] : def_.pii)
      if (auto it = t.input.find(name); it != t.input.end() && it->second.kind != json::Type::Kind::text)
        return invalid(node.find("input")->where, "`" + name + "` is a personal field: it is given as text, not " + it->second.str());
    if (t.from.empty()) return invalid(node.where, "`from` is missing");
    for (const auto& from : t.from) {
      const auto* s = def_.state(from);
      if (!s) return invalid(node.find("from")->where, "`from` names no state: " + from,
                             nearest_or(from, names_, "states"));
      if (s->final) return invalid(node.find("from")->where, from + " is final: nothing leads out of it");
    }
    if (!t.internal() && !def_.state(t.to))
      return invalid(node.find("to")->where, "`to` names no state: " + t.to, nearest_or(t.to, names_, "states"));
    if (t.action.find('.') == std::string::npos)
      return invalid(node.find("action")->where, "an action is <noun>.<verb>, not " + t.action);
    Expressions expressions(def_.text, def_.fields, &t.input);
    TK_CHECK(read_conditions(node.find("guard"), "guard", expressions, t.guard));
    TK_CHECK(read_set(node.find("set"), expressions, t.set));
    TK_CHECK(read_obligations(node.find("obligations"), t.obligations));
    TK_CHECK(check_beside(t));
    def_.transitions.push_back(std::move(t));
    return {};
  }

  // Several transitions of one event and state are told apart by their guards, and ask law the same.
  Result<void> check_beside(const Transition& t) {
    auto guard_of = [](const Transition& x) {
      std::multiset<std::string> out;
      for (const auto& c : x.guard) out.insert(c.when.text);
      return out;
    };
    auto input_of = [](const Transition& x) {
      std::map<std::string, std::string> out;
      for (const auto& [name, type] : x.input) out.emplace(name, type.str());
      return out;
    };
    std::set<std::string> seen;
    for (const auto& from : t.from) {
      auto twice = "event " + t.event + " from " + from + " stands twice";
      if (!seen.insert(from).second) return invalid(t.where, twice);
      for (const auto& other : def_.transitions) {
        if (other.event != t.event || !has(other.from, from)) continue;
        if (other.guard.empty() || guard_of(other) == guard_of(t))
          return invalid(t.where, twice, "the first one is always taken; only a guard tells them apart");
        if (other.action != t.action || input_of(other) != input_of(t))
          return invalid(t.where, twice + " with another action or input",
                         "law is asked and the input is checked before the guards choose");
      }
    }
    return {};
  }

  Result<void> read_migrate(const Node* node) {
    if (!node) return {};
    if (!node->is_table()) return invalid(node->where, "`migrate` must be a table");
    TK_CHECK(node->only({"states"}));
    const auto* states = node->find("states");
    if (!states) return {};
    if (!states->is_table()) return invalid(states->where, "`states` must be a table: { old = \"new\" }");
    for (const auto& [old, to] : states->table) {
      TK_TRY(auto name, states->text(old));
      if (!def_.state(name))
        return invalid(to.where, "`" + old + "` leads to no state: " + name, nearest_or(name, names_, "states"));
      def_.migrate_states.emplace(old, name);
    }
    return {};
  }

  const std::string& root_;
  Definition def_;
  std::vector<std::string> names_;  // of the states, as they stand
};

}  // namespace

Result<Definition> parse_definition(std::string_view text, std::string_view file,
                                    const std::string& root) {
  TK_TRY(auto doc, toml::parse(text, file));
  return Reader(text, root).read(doc);
}

}  // namespace tk::record
