// HEAD without libgit2: enough for `tk law can` to know which commit law decides on. Reads .git (a
// folder or a worktree's file), HEAD, loose refs and packed-refs.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::git {

struct Head {
  std::string commit;  // 40 hex digits; empty on a branch without commits
  std::string ref;     // refs/heads/main; empty when detached
};

Result<Head> read_head(const std::string& worktree);

// The folders in which something changes when HEAD moves to another commit: for os::Watch. Those that
// are not there yet stand for themselves by the one above.
Result<std::vector<std::string>> head_folders(const std::string& worktree);

}  // namespace tk::git
