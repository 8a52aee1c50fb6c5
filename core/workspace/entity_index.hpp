// .tk/index.db: the entities that a commit declares, as rows. It is made of git alone and can be thrown away; from one
// commit to the next only files that changed are read. One process brings it up to date at a time, others wait.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/store/sqlite.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

class EntityIndex {
 public:
  struct Read {  // what bringing it up to date took
    std::size_t files = 0, entities = 0;
    bool anew = false;
  };

  // Of HEAD. A commit with problems is refused with the first of them.
  static Result<EntityIndex> open(const Workspace& workspace, const git::Repository& repository);

  const std::string& commit() const { return commit_; }
  const Read& read() const { return read_; }
  // All of a type, in the order of context and name; an empty type: all.
  Result<void> each(std::string_view type, const std::function<Result<void>(const Entity&, const std::string& file)>& visit);
  store::Database& db() { return db_; }

 private:
  explicit EntityIndex(store::Database db) : db_(std::move(db)) {}
  Result<void> bring_up(const Workspace& workspace, const git::Repository& repository, const std::string& head);
  Result<void> drop_file(const std::string& path);
  Result<void> add_file(const git::Repository& repository, const git::Repository::File& file);

  store::Database db_;
  std::string commit_;
  Read read_;
};

}  // namespace tk::workspace
