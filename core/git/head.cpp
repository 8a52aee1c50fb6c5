#include "core/git/head.hpp"

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::git {
namespace {

constexpr std::size_t kRefLimit = 64u << 20;

// The git folder of this worktree, and the one that holds the refs shared by all worktrees.
Result<std::pair<std::string, std::string>> folders(const std::string& worktree) {
  auto git = worktree + "/.git";
  if (os::is_directory(git)) return std::pair(git, git);
  auto link = os::read_file(git, 4096);
  if (!link || !link->starts_with("gitdir: "))
    return fail(Code::git_no_repository, worktree + " is not a git repository");
  auto own = std::string(text::trim(std::string_view(*link).substr(8)));
  if (!own.starts_with('/')) own = worktree + "/" + own;
  auto common = os::read_file(own + "/commondir", 4096);
  if (!common) return std::pair(own, own);
  auto shared = std::string(text::trim(*common));
  return std::pair(own, shared.starts_with('/') ? shared : own + "/" + shared);
}

Result<std::string> packed(const std::string& folder, const std::string& ref) {
  auto bytes = os::read_file(folder + "/packed-refs", kRefLimit);
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
  if (auto loose = os::read_file(folder.second + "/" + head.ref, 4096)) {
    head.commit = std::string(text::trim(*loose));
  } else {
    TK_TRY(head.commit, packed(folder.second, head.ref));
  }
  return head;
}

}  // namespace tk::git
