// .tk/index.db: the entities that a commit declares, as rows. It is made of git alone and can be thrown away, which is
// what happens to one that is damaged, of another format, or made for another table of types. From one commit to the
// next only files that changed are read: what git does not say is different is never opened. One process brings it up to
// date at a time, others wait. A file's own problems, an entity that is declared twice and a galaxy that no manifest
// lists are refused here; what the entities say of each other is for the law to judge.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/store/sqlite.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/materialised.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

class EntityIndex {
 public:
  struct Read {  // what bringing it up to date took
    std::size_t files = 0, entities = 0;
    bool anew = false;
  };
  using Visit = std::function<Result<void>(const Entity&, const std::string& file)>;

  // Of HEAD. A commit with problems is refused with the first of them.
  static Result<EntityIndex> open(const Workspace& workspace, const git::Repository& repository);
  // Of any commit, in a file of its own.
  static Result<EntityIndex> open_at(const std::string& path, const git::Repository& repository, const std::string& commit);

  const std::string& commit() const { return commit_; }
  const Read& read() const { return read_; }
  // All of a type, in the order of type, context and name; an empty type: all.
  Result<void> each(std::string_view type, const Visit& visit);
  // Those that one file declares.
  Result<void> in_file(const std::string& path, const Visit& visit);
  // That one, where it is declared.
  Result<void> find(const law::Ref& ref, const Visit& visit);
  Result<std::size_t> size();
  store::Database& db() { return db_; }

 private:
  explicit EntityIndex(store::Database db) : db_(std::move(db)) {}
  static Result<EntityIndex> try_open(const std::string& path, const git::Repository& repository, const std::string& commit);
  Result<std::string> indexed_commit();
  Result<void> bring_up(const git::Repository& repository, const std::string& commit);
  Result<void> rebuild(const git::Repository& repository, const std::string& commit);
  Result<void> apply(const git::Repository& repository, const std::vector<git::Repository::Difference>& changed);
  Result<void> check_manifest(const git::Repository& repository, const std::string& commit, const std::vector<git::Repository::Difference>& changed);
  Result<void> drop_file(const std::string& path);
  struct FileRows;
  static Result<FileRows> read_rows(const git::Repository& repository, const std::string& path, const std::string& blob);
  Result<std::vector<FileRows>> read_all(const git::Repository& repository, const std::vector<git::Repository::Difference>& files);
  Result<void> insert(const std::vector<FileRows>& files);

  std::string mark() const;

  store::Database db_;
  Materialised materialised_;
  std::string commit_;
  Read read_;
};

}  // namespace tk::workspace
