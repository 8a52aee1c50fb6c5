// .tk/hierarchy.json: the organisation of HEAD's tree, compiled (PROMISES C2). One header, one line for each galaxy,
// system and space, the digest of all that at the end. The same commit gives the same bytes, whatever machine, locale
// or clock; a file of another tree, or one that somebody edited, is ws_hierarchy and never used.
#pragma once

#include <string>

#include "core/base/value.hpp"
#include "core/git/repository.hpp"
#include "core/workspace/configuration.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

// Configuration as a commit has it. The repository must stay.
ConfigReader committed_config(const git::Repository& repository, const std::string& commit);

// Of HEAD, into its place. Needs XML.
Result<void> compile_hierarchy(const Workspace& workspace, const git::Repository& repository);

// The file that lies there, checked against HEAD's tree: reads HEAD's commit and this one file, no XML.
class Hierarchy {
 public:
  static Result<Hierarchy> open(const Workspace& workspace, const git::Repository& repository);
  // The item of a context path; ws_entity_unknown where there is none.
  Result<Value> item(const std::string& path) const;
  Result<Value> all() const;  // the document as it is

 private:
  explicit Hierarchy(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace tk::workspace
