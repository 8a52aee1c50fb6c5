// HEAD without libgit2: enough for `tk law can` to know which commit law decides on. Reads .git (a
// folder or a worktree's file), HEAD, loose refs and packed-refs.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace tk::git {

struct Head {
  std::string commit;  // 40 hex digits; empty on a branch without commits
  std::string ref;     // refs/heads/main; empty when detached
};

Result<Head> read_head(const std::string& worktree);

}  // namespace tk::git
