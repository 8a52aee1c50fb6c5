// Record definitions: the state machine of a record type (FORMATS.md, Record definition), read from
// records/<type>.toml or built in. A record is pinned to the hash of its definition's text.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/json/type.hpp"

namespace tk::record {

struct Transition {
  std::string event, to, action, event_type;
  std::vector<std::string> from;
  std::map<std::string, json::Type> input;  // a name equal to a field's sets that field
  Where where;
};

struct Definition {
  std::string type;
  std::int64_t version = 1;
  std::string initial;
  std::string create_action, create_event;  // law's action and the event type of a new record
  std::map<std::string, json::Type> fields;
  std::vector<std::string> states;
  std::vector<Transition> transitions;
  std::string hash;  // SHA-256 of `text`, hex
  std::string text;

  const Transition* find(std::string_view event, std::string_view from) const;
  std::vector<std::string> events_from(std::string_view state) const;
};

Result<Definition> parse_definition(std::string_view text, std::string_view file,
                                    const std::string& root);

// The definitions of a workspace: its own files first, then the built-in ones; entities (user, agent,
// role …) share one. Read once a process.
class Definitions {
 public:
  explicit Definitions(std::string root) : root_(std::move(root)) {}
  Result<std::shared_ptr<const Definition>> current(const std::string& type);
  // The pinned one: known by hash, or parsed from the text that the journal kept.
  Result<std::shared_ptr<const Definition>> pinned(const std::string& hash, std::string_view text);

 private:
  std::string root_;
  std::map<std::string, std::shared_ptr<const Definition>, std::less<>> by_type_, by_hash_;
};

// Types whose declaration is XML in git; their records share one state machine.
bool is_entity_type(std::string_view type);
const std::vector<std::string>& entity_types();
// Types that commands of tk drive (run, step, cast, token): not to be made or stepped by hand.
bool is_driven_type(std::string_view type);

}  // namespace tk::record
