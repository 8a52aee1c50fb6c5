#include "core/git/head.hpp"

#include <optional>

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::git {
namespace {

constexpr std::size_t kRefLimit = 64u << 20;

// A file that is not there is no failure; one that cannot be read is, never taken for a missing one.
Result<std::optional<std::string>> read_if_there(const std::string& path, std::size_t limit) {
  auto bytes = os::read_file(path, limit);
  if (bytes) return std::optional(std::move(*bytes));
  if (bytes.error().code != Code::os_not_found) return fail(bytes.error());
  return std::optional<std::string>();
}

// The git folder of this worktree, and the one that holds the refs shared by all worktrees.
Result<std::pair<std::string, std::string>> folders(const std::string& worktree) {
  auto git = worktree + "/.git";
  if (os::is_directory(git)) return std::pair(git, git);
  TK_TRY(auto link, read_if_there(git, 4096));
  if (!link || !link->starts_with("gitdir: "))
    return fail(Code::git_no_repository, worktree + " is not a git repository");
  auto own = std::string(text::trim(std::string_view(*link).substr(8)));
  if (!own.starts_with('/')) own = worktree + "/" + own;
  TK_TRY(auto common, read_if_there(own + "/commondir", 4096));
  if (!common) return std::pair(own, own);
  auto shared = std::string(text::trim(*common));
  return std::pair(own, shared.starts_with('/') ? shared : own + "/" + shared);
}

Result<std::string> packed(const std::string& folder, const std::string& ref) {
  TK_TRY(auto bytes, read_if_there(folder + "/packed-refs", kRefLimit));
  if (!bytes) return std::string();
  for (auto line : text::split(*bytes, '\n'))
    if (line.size() > 41 && line.substr(41) == ref) return std::string(line.substr(0, 40));
  return std::string();
}

}  // namespace

Result<Head> read_head(const std::string& worktree) {
  TK_TRY(auto folder, folders(worktree));
  TK_TRY(auto bytes, os::read_file(folder.first + "/HEAD", 4096));
  auto line = std::string(text::trim(bytes));
  Head head;
  if (!line.starts_with("ref: ")) {
    head.commit = line;
    return head;
  }
  head.ref = line.substr(5);
  TK_TRY(auto loose, read_if_there(folder.second + "/" + head.ref, 4096));
  if (loose) {
    head.commit = std::string(text::trim(*loose));
  } else {
    TK_TRY(head.commit, packed(folder.second, head.ref));
  }
  return head;
}

Result<std::vector<std::string>> head_folders(const std::string& worktree) {
  TK_TRY(auto folder, folders(worktree));
  std::vector<std::string> out{folder.first};  // HEAD
  if (folder.second != folder.first) out.push_back(folder.second);  // packed-refs
  TK_TRY(auto head, read_head(worktree));
  // A ref is a file that is renamed into its folder; `a/b/c` may be packed and its folders come later.
  for (auto slash = head.ref.find('/'); slash != head.ref.npos; slash = head.ref.find('/', slash + 1)) {
    auto below = folder.second + "/" + head.ref.substr(0, slash);
    if (!os::is_directory(below)) break;
    out.push_back(below);
  }
  return out;
}

}  // namespace tk::git
