// Compiles law, commit after commit: the repository stays open and files that did not change are not
// read or parsed again. Needs git and XML, so only programs that compile link it. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/git/repository.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

// No index of law is there any more: the next who asks compiles it.
Result<void> forget_law(const Workspace& workspace);

// Reads HEAD's declarations from a repository that is open, and writes .tk/law.idx.
Result<void> compile_law(const Workspace& workspace, const git::Repository& repository);

class LawCompiler {
 public:
  static Result<LawCompiler> open(const Workspace& workspace);
  LawCompiler(const Workspace& workspace, git::Repository repository) : workspace_(workspace), repository_(std::move(repository)) {}

  // The bytes of the index (law/index.hpp) of this commit.
  Result<std::string> compile(const std::string& commit);
  // The same with contents laid over it, as it would be committed: it must be valid as a whole, configuration included.
  Result<std::string> compile(const std::string& commit, const std::vector<git::Change>& over);
  // HEAD's law, kept and published.
  Result<void> follow_head();
  // Puts the index where every process of this boot maps it, and wakes those that wait on the workspace.
  Result<void> publish(std::string_view index) const;
  // Puts it where it outlives the machine's end, flushed.
  Result<void> keep(std::string_view index) const;
  // The same for a commit that no law can be made of: who waits shall look, and find that out.
  void announce_broken(const std::string& commit) const;
  Result<std::string> head_commit() const { return repository_.head_commit(); }

 private:
  Workspace workspace_;
  git::Repository repository_;
  // The files with what they declare; a change's content by its path.
  Result<Files> read(const std::vector<git::Repository::Difference>& files, const std::map<std::string, const std::string*>& contents);
  // What they declare together; of the same files as before it is not joined again.
  Result<law::Model*> joined(Files files);
  Files joined_;
  law::Model model_;
  // What the files that were read last declared, by path and blob.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const FileDeclares>> read_;
};

}  // namespace tk::workspace
