// The commits that lead to one, newest first, with what each of them changed.
#pragma once

#include <string>
#include <vector>

#include "core/git/repository.hpp"

namespace tk::git {

struct Logged {
  std::string id, message;
  Author author;
  std::vector<std::string> changed;  // against every parent: what a merge only joins is not its own
  // The value of a trailer (`Tk-Seq: 12`); empty where there is none. The last one counts.
  std::string trailer(std::string_view key) const;
};

// At most `most` commits.
Result<std::vector<Logged>> history(const Repository& repo, const std::string& head, std::size_t most);

}  // namespace tk::git
