// What the declared organisation wants on a computer: accounts, groups, keys, sudo, folders. Users and agents are made
// by the same lines of code; they differ in what they declare only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/provision/ids.hpp"
#include "core/workspace/entity_index.hpp"

namespace tk::provision {

struct Account {
  std::string ref, entity;  // user:acme/alice, its UUID
  std::string name, home, shell, gecos;
  std::uint32_t uid = 0;  // the group of the same name has it too
  bool locked = false;    // suspended or retired
  bool keep = false;      // lock="delete": never removed
  bool still = false;     // lock="all": never changed either
  std::string keys;       // authorized_keys
};

struct Group {
  std::string ref, entity, name;
  std::uint32_t gid = 0;
  std::set<std::string> members;  // names of accounts
};

struct SudoFile {
  std::string ref, name, content;  // of sudoers.d
};

struct Folder {
  std::string ref, path, spec;  // as a plan says it: MODE:UID:GID:ACL;DEFAULT
};

struct Desired {
  std::map<std::string, Account> accounts;  // by Unix name
  std::map<std::string, Group> groups;      // beside those of the accounts
  std::map<std::string, SudoFile> sudo;     // by file name
  std::map<std::string, Folder> folders;    // by path
  std::vector<Error> problems;
};

// The Unix group of a space: acme-web-api.
std::string name_of_space(std::string context);

// Whether an entity of that type can say something of a computer, and which of them are accounts.
bool concerns(std::string_view type);
bool is_account(std::string_view type);
std::string attribute_of(const workspace::Entity& entity, std::string_view name);  // empty where it has none
std::string shell_of(const workspace::Entity& account);
bool fits_passwd(std::string_view field);

// Ids that are missing are given out in `ids`.
Result<Desired> desired_of(workspace::EntityIndex& index, Ids& ids);

}  // namespace tk::provision
