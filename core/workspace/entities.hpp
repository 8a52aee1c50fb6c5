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

// The same in two steps, for who keeps what did not change: one file alone, then all of them.
struct FileDeclares {
  Declared declared;
  std::vector<Entity> entities;
  std::set<std::string> listed;  // the galaxies of a manifest
};
FileDeclares read_file(const SourceFile& file);
Declared join_files(const std::vector<std::pair<std::string, std::shared_ptr<const FileDeclares>>>& files);

// Whether a file of the workspace declares something.
bool declares(std::string_view path);
// The files that matter (MANIFEST.xml, galaxies/**.xml, records/*.toml) of a commit or on disk.
Result<std::vector<SourceFile>> committed_sources(const git::Repository& repo,
                                                  const std::string& commit);
// Their paths and blobs; without the spaces that are not read (materialised.hpp).
Result<std::vector<git::Repository::Difference>> declared_files(const git::Repository& repo, const std::string& commit);
Result<std::vector<SourceFile>> working_sources(const std::string& root);

// The law of a whole set of sources, compiled.
Result<std::string> compile_sources(std::vector<SourceFile> sources);
// The first problem of a whole set of sources, law included.
Result<void> check_sources(std::vector<SourceFile> sources);

// acme.web.api ↔ galaxies/acme/systems/web/spaces/api
std::string context_folder(std::string_view context);
std::string entity_path(const law::Ref& ref);

// One entity's element as a file of its own.
std::string write_entity(const law::Ref& ref, const std::string& id,
                         const std::vector<std::pair<std::string, std::string>>& attributes,
                         const std::vector<std::pair<std::string, std::string>>& children = {});

}  // namespace tk::workspace
