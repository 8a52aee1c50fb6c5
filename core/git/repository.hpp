// A git repository through libgit2: reading trees, writing objects that nothing refers to yet,
// moving a ref by compare-and-swap, and updating single paths of the working tree. No hooks run.
#pragma once

#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"

struct git_index;
struct git_repository;

namespace tk::git {

struct Author {
  std::string name, email;
};

struct Change {
  std::string path;
  std::optional<std::string> content;  // nothing = removed
  std::string blob = {};               // its id, where the content is in the repository already (store())
};

enum class Path { clean, dirty, absent };

// A copy shares what was read; all of them are of one thread.
class Repository {
 public:
  // More files than these are written as one packfile, flushed together, and what can be is done beside each other.
  static constexpr std::size_t kMany = 64;

  static Result<Repository> init(const std::string& folder);
  static Result<Repository> open(const std::string& folder);  // looks upwards too

  const std::string& worktree() const { return worktree_; }
  std::vector<std::string> folders() const;  // where git keeps its own files: of this worktree, and of all
  git_repository* raw() const { return repo_.get(); }

  Result<void> configure(const std::string& key, const std::string& value) const;  // in .git/config
  Result<std::string> head_commit() const;  // hex; empty when there is none yet
  Result<std::string> resolve(const std::string& revision) const;  // the commit that HEAD~3, a branch … means
  Result<std::string> head_ref() const;     // refs/heads/…

  struct File {
    std::string path, blob;
    bool executable = false;
  };
  Result<std::string> ref_commit(const std::string& ref) const;  // empty when there is none
  // A commit of this very message between `from` (not included) and `head`; empty when there is none.
  Result<std::string> find_message(const std::string& head, const std::string& from,
                                   const std::string& message) const;
  // The commits that `head` reaches and `before` does not, newest first.
  Result<std::vector<std::string>> history(const std::string& head, const std::string& before = {}) const;
  // Whether `commit` is `head` or one of its ancestors.
  Result<bool> reaches(const std::string& head, const std::string& commit) const;

  // Every file of the commit's tree below a folder ("" = all), sorted by path.
  Result<std::vector<File>> files(const std::string& commit, const std::string& below = {}) const;
  Result<std::string> blob_at(const std::string& commit, const std::string& path) const;  // empty: nothing is there
  Result<std::string> read_blob(const std::string& blob) const;
  static std::string blob_of(std::string_view content);  // the id that it has, or would have
  static std::size_t blobs_read();  // by this process, so far
  // The file at a path of a commit; nothing when it is not there.
  Result<std::optional<std::string>> read(const std::string& commit, const std::string& path) const;

  // The same, from the working tree where it is there as it was committed: its id tells.
  Result<std::optional<std::string>> read_nearest(const std::string& commit, const std::string& path) const;

  // The contents as blobs that nothing refers to yet; each change knows its own then. May run beside another copy's work.
  static Result<void> store(const std::string& folder, std::vector<Change>& changes);
  // Objects for the parent's tree with the changes laid over it; the commit's id. No ref moves.
  Result<std::string> write_commit(const std::string& parent, const std::vector<Change>& changes,
                                   const Author& author, const std::string& message) const;
  // Moves `ref` from `from` to `to`; git_moved when it does not stand at `from` any more.
  Result<void> move_ref(const std::string& ref, const std::string& from, const std::string& to,
                        const std::string& message) const;
  // Does `work` for each number below `count`: of many the second half beside the first, by a repository of its own
  // (libgit2's is of one thread).
  Result<void> each(std::size_t count, const std::function<Result<void>(const Repository&, std::size_t)>& work) const;
  // How the working tree's file compares with the commit and the index.
  Result<Path> path_state(const std::string& commit, const std::string& path) const;
  // Whether file and index hold what one of the two commits has: nobody's own edit is there.
  Result<bool> untouched(const std::string& a, const std::string& b, const std::string& path) const;
  // Writes the commit's content of these paths to the working tree and the index; unfinished files
  // stand in `scratch`.
  Result<void> check_out(const std::string& commit, const std::vector<std::string>& paths,
                         const std::string& scratch) const;
  // Files that differ between two commits (either may be empty), in git's order. Folders of the same id are not opened.
  struct Difference {
    std::string path, blob;  // as it is after; empty when it is gone
  };
  using Skip = std::function<bool(std::string_view folder)>;  // folders that are not opened, though they differ
  Result<std::vector<Difference>> differences(const std::string& from, const std::string& to, const Skip& skip = {}) const;
  Result<std::vector<std::string>> changed_paths(const std::string& from, const std::string& to) const;

 private:
  struct Local {  // what stands in the working tree and in the index, by the ids of blobs; empty: nothing
    std::string file, staged;
  };
  Result<std::shared_ptr<git_index>> index() const;
  Result<Local> local(const std::string& path) const;
  struct Folders;  // those of the commits that were read last, by their names
  std::shared_ptr<git_repository> repo_;
  std::shared_ptr<Folders> folders_;
  std::shared_ptr<std::optional<timespec>> index_time_;  // when the index was written that was read; nothing: none was
  // What the last commit written here holds, by its blobs: it is not read back to put it in place.
  using Written = std::unordered_map<std::string, std::string>;
  std::shared_ptr<Written> written_;
  std::string worktree_;
};

}  // namespace tk::git
