// Entities as they are declared: the XML files below galaxies/, read from a commit or from the
// working tree, checked against one table of types, and turned into law's model.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/git/repository.hpp"
#include "core/law/model.hpp"
#include "core/record/entity_types.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {

struct SourceFile {
  std::string path, content;
};

// What a workspace declares, with every problem found; `problems` empty means valid.
struct Declared {
  law::Model model;
  std::vector<Error> problems;
};
Declared read_declarations(const std::vector<SourceFile>& files);

// An entity as its file says it, beyond what law needs of it.
struct Entity {
  law::Ref ref;
  std::string id, state;
  int line = 0;
  std::vector<std::pair<std::string, std::string>> attributes;
  struct Child {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
  };
  std::vector<Child> children;
};

// What a record of the entity holds: its attributes but for what the record says elsewhere, and its children by their name.
Value::Map attributes_of(const Entity& entity);

// The same in steps, for who keeps what did not change: one file alone, then all of them.
struct FileDeclares {
  Declared declared;
  std::vector<Entity> entities;
  std::set<std::string> listed;  // the galaxies of a manifest
  // What only the whole can judge, each with its place.
  struct Reference {
    std::string from, attribute, to;
    std::string_view types;  // it may lead to: user|agent
    bool names;              // plain names instead of references
    Where where;
  };
  struct Setting {
    std::string context, key;  // of the workspace's defaults: no context
    bool lock;
    Where where;
  };
  struct Account {
    std::string ref, unix_name;
    Where where;
  };
  struct Galaxy {
    std::string href, sha256;
    Where where;
  };
  std::vector<Reference> references;
  std::vector<Setting> settings;
  std::vector<Account> accounts;
  std::vector<Galaxy> galaxies;
  std::string sha256;         // of a galaxy's file
  bool reads_others = false;  // its verdict rests on a file that declares nothing itself: a JSON Schema
};
using Files = std::vector<std::pair<std::string, std::shared_ptr<const FileDeclares>>>;
// Without `entities` where only law and what the whole can judge are wanted.
FileDeclares read_file(const SourceFile& file, bool entities = true);
Declared join_files(const Files& files);
// The same of files that nobody else looks at: what they declare is moved out of them.
using FreshFiles = std::vector<std::pair<std::string, std::shared_ptr<FileDeclares>>>;
Declared join_files(const FreshFiles& files);
// What is wrong between files beyond law: references that lead nowhere or to the wrong kind, two names that a file system
// or Unix takes for one, a locked setting set again, galaxies in a circle. Law does without; declaring does not.
std::vector<Error> check_together(const Files& files, const std::vector<law::Entity>& entities);

// Whether a file of the workspace declares something.
bool declares(std::string_view path);
// The files that matter (MANIFEST.xml, galaxies/**.xml, records/*.toml) of a commit or on disk.
Result<std::vector<SourceFile>> committed_sources(const git::Repository& repo,
                                                  const std::string& commit);
// Their paths and blobs; without the spaces that are not read (materialised.hpp).
Result<std::vector<git::Repository::Difference>> declared_files(const git::Repository& repo, const std::string& commit);
Result<std::vector<SourceFile>> working_sources(const std::string& root);

// The first problem of a whole set of sources, law included.
Result<void> check_sources(std::vector<SourceFile> sources);

// acme.web.api ↔ galaxies/acme/systems/web/spaces/api
std::string context_folder(std::string_view context);
std::string entity_path(const law::Ref& ref);

// One entity's element as a file of its own.
std::string write_entity(const law::Ref& ref, const std::string& id,
                         const std::vector<std::pair<std::string, std::string>>& attributes,
                         const std::vector<Entity::Child>& children = {});
// A manifest with one more galaxy on its list, behind the others.
Result<std::string> list_galaxy(const std::string& manifest, const std::string& galaxy);

}  // namespace tk::workspace
