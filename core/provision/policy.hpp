// What a commit says of accounts as a whole: <provision> of MANIFEST.xml, and the ids that were given out (ids.lock).
#pragma once

#include <string>

#include "core/git/repository.hpp"
#include "core/provision/ids.hpp"

namespace tk::provision {

struct Policy {
  IdRange range;
  std::string max_removals;
};

Result<Policy> policy_of(const git::Repository& repository, const std::string& commit);
Result<Ids> read_ids(const git::Repository& repository, const std::string& commit, const Policy& policy);
Result<Ids> read_ids(const git::Repository& repository, const std::string& commit);

}  // namespace tk::provision
