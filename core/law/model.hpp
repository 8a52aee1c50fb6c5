// Law as it is declared: entities, memberships, roles, rules and grants of one commit, with the place
// of each. compile() checks it as a whole and makes the index that decisions are taken from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"
#include "core/law/ref.hpp"

namespace tk::law {

// What an attribute holds, as conditions see it; `any` where entities differ in it.
enum class Kind : std::uint32_t { text, integer, number, boolean, timestamp, duration, json, any };

struct Attribute {
  std::string text;  // as it is written
  Value value;       // null = the text
};

struct Entity {
  Ref ref;
  std::string id;     // UUIDv7, or empty where none is declared
  std::string state;  // active where nothing is said
  std::map<std::string, Attribute> attributes;
  Where where;
};

struct Member {
  Ref group;
  std::string member;  // reference or pattern: agent:acme.web/analyst, agent:**
  Where where;
};

struct Role {
  Ref ref;
  std::vector<std::pair<std::string, Where>> inherits;
  Where where;
  bool active = true;  // one that is not gives nothing to those who hold or inherit it
};

struct Rule {
  std::string id, context;
  bool permit = false;
  std::string role;
  std::vector<std::string> actions;
  std::string resource;
  Where where;
  struct Expression {
    std::string text;  // CEL; empty = none
    Where where;       // of its first character
  };
  Expression when = {};
  struct Set {  // modify: the argument gets this value
    std::string argument;
    Expression to;
  };
  std::vector<Set> sets = {};
  struct Obligation {  // ask: what has to happen first
    std::string kind, of;
    int n = 1;
  };
  std::vector<Obligation> obligations = {};
};

struct Grant {
  std::string id, context;
  std::string role, to;
  Where where;
};

// Stands in MANIFEST.xml (<law combining="…"/>) and in every explanation.
enum class Combining : std::uint32_t { forbid_overrides, permit_overrides };
std::string_view to_string(Combining combining);

struct Model {
  std::string commit;  // hex
  Combining combining = Combining::forbid_overrides;
  std::vector<Entity> entities;
  std::vector<Member> members;
  std::vector<Role> roles;
  std::vector<Rule> rules;
  std::vector<Grant> grants;
  std::vector<std::string> actions;  // of the workspace's own record definitions and <action> entities
  std::map<std::string, Kind> known;  // attributes that conditions may name although no entity has them
  struct File {
    std::string path;
    std::int64_t size = 0, mtime_ns = 0;  // of the working tree, to notice uncommitted edits
  };
  std::vector<File> files;
};

// The bytes of the index (law/index.hpp reads them). Every problem is an error at its place; nothing
// unknown is skipped. `policy_hash` = SHA-256 in hex over the model without commit and file times,
// computed by the caller through `digest` (law does no I/O and links no crypto).
Result<std::string> compile(const Model& model, std::string (*digest)(std::string_view));

}  // namespace tk::law
