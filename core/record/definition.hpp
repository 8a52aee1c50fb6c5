// Record definitions: the state machine of a record type (FORMATS.md, Record definition), read from
// records/<type>.toml or built in. A record is pinned to the hash of its definition's text. States may stand
// in each other; a record is always in a leaf. Expressions are CEL, compiled when the definition is read:
// what they name is known then, or the definition is refused with the place.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/expr/program.hpp"
#include "core/json/type.hpp"

namespace tk::record {

struct Expression {
  std::string text;
  expr::Program program;
  Where where;
};

// A condition with the reason that a person reads when it is unmet.
struct Condition {
  Expression when;
  std::string reason;
};

struct Assignment {
  std::string field;
  Expression to;  // null takes the field away
};

// What must happen between the question and the deed: "approval" (n answers of those who hold `of`),
// "four-eyes" (an answer of anybody else whom law lets answer), "reason" (the asker says why).
struct Obligation {
  std::string kind, of;
  std::int64_t n = 1;
  auto operator<=>(const Obligation&) const = default;
};

struct State {
  std::string name, parent, initial;  // initial: the child that is entered
  bool final = false, compound = false;
  std::vector<std::string> tools;  // exposed to agents while the record is in it
  std::vector<Assignment> on_enter, on_exit;
  Where where;
};

struct Transition {
  std::string event, to, action, event_type;  // to "=": internal, the state stays and nothing is left
  std::vector<std::string> from;
  std::map<std::string, json::Type> input;  // a name equal to a field's sets that field
  std::vector<Condition> guard;             // all of them must hold
  std::vector<Obligation> obligations;
  std::vector<Assignment> set;  // each sees the record as it was before the first
  Where where;
  bool internal() const { return to == "="; }
};

struct Definition {
  std::string type;
  std::int64_t version = 1;
  std::string initial;
  std::string create_action, create_event;  // law's action and the event type of a new record
  std::map<std::string, json::Type> fields;
  std::map<std::string, std::string> pii;  // personal fields → the field that names the subject; empty = the record itself
  Value::Map defaults;  // of fields that a new record was not given
  std::vector<State> states;
  std::vector<Transition> transitions;
  std::vector<Condition> invariants;
  std::map<std::string, std::string> migrate_states;  // states of an older definition → states of this one
  std::string hash;  // SHA-256 of `text`, hex
  std::string text;

  const State* state(std::string_view name) const;
  // The state itself, its parent, … outermost last; empty for a state that is not there.
  std::vector<const State*> line(std::string_view name) const;
  // Where one comes to rest when `name` is entered: the initial child of the initial child …
  const std::string& leaf(const std::string& name) const;
  std::vector<std::string> leaves() const;
  // The transitions of an event in a leaf: those of the nearest state that has the event, in the order of
  // the file. They ask law for the same action and take the same input; the first whose guard holds is taken.
  std::vector<const Transition*> candidates(std::string_view event, std::string_view leaf) const;
  const Transition* find(std::string_view event, std::string_view leaf) const;
  std::vector<std::string> events_from(std::string_view leaf) const;
  std::vector<std::string> tools_in(std::string_view leaf) const;
  // What law is asked for by this definition, each once.
  std::vector<std::string> actions() const;
};

Result<Definition> parse_definition(std::string_view text, std::string_view file,
                                    const std::string& root);

// The definitions of a workspace: its own files first, then the built-in ones; entities (user, agent,
// role …) share one. Read once a process.
class Definitions {
 public:
  explicit Definitions(std::string root) : root_(std::move(root)) {}
  Result<std::shared_ptr<const Definition>> current(const std::string& type);
  std::shared_ptr<const Definition> known(const std::string& hash) const;  // null: not yet
  // The pinned one: known by hash, or parsed from the text that the journal kept.
  Result<std::shared_ptr<const Definition>> pinned(const std::string& hash, std::string_view text);

 private:
  std::string root_;
  std::map<std::string, std::shared_ptr<const Definition>, std::less<>> by_type_, by_hash_;
};

// Types whose declaration is XML in git; their records share one state machine.
bool is_entity_type(std::string_view type);
const std::vector<std::string>& entity_types();
// Types that commands of tk drive (run, step, cast, token, parked): not to be made or stepped by hand.
bool is_driven_type(std::string_view type);
const std::vector<std::string>& driven_types();
// Types that tk brings until records/<type>.toml says otherwise, with the actions that law is asked about them.
const std::map<std::string, std::vector<std::string>>& open_types();

}  // namespace tk::record
