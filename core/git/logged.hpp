// What a commit says of itself, and what it changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/git/repository.hpp"

namespace tk::git {

// What its header says.
struct CommitHeader {
  std::string tree;
  std::vector<std::string> parents;
  std::int64_t time_ns = 0;  // of the committer
};
Result<CommitHeader> commit_header(const Repository& repo, const std::string& commit);

struct Logged {
  std::string id, message;
  Author author;
  std::vector<std::string> changed;  // against every parent: what a merge only joins is not its own
  // The value of a trailer (`Tk-Seq: 12`); empty where there is none. The last one counts.
  std::string trailer(std::string_view key) const;
};
Result<Logged> logged(const Repository& repo, const std::string& commit);

}  // namespace tk::git
