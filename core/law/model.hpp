// Law as it is declared: entities, memberships, roles, rules and grants of one commit, with the place
// of each. compile() checks it as a whole and makes the index that decisions are taken from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/law/ref.hpp"

namespace tk::law {

struct Entity {
  Ref ref;
  std::string id;     // UUIDv7, or empty where none is declared
  std::string state;  // active where nothing is said
  std::map<std::string, std::string> attributes;
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
};

struct Grant {
  std::string id, context;
  std::string role, to;
  Where where;
};

struct Model {
  std::string commit;  // hex
  std::vector<Entity> entities;
  std::vector<Member> members;
  std::vector<Role> roles;
  std::vector<Rule> rules;
  std::vector<Grant> grants;
  std::vector<std::string> actions;  // of the workspace's own record definitions
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
