// The user and the grant that an invitation makes, as files of the workspace.
#pragma once

#include "core/git/repository.hpp"
#include "core/law/ref.hpp"
#include "core/record/store.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::acl_tool {

struct Newcomer {
  law::Ref user, grant;
  std::string user_id, grant_id;
  std::string unix_name;  // empty: tokens only
  std::string role;
  std::vector<git::Change> files() const;
  std::vector<record::Change> changes(const Session& session) const;
};

// `invitation`: its id, which names the grant.
Newcomer newcomer(const std::string& context, const std::string& name, const std::string& role, const std::string& invitation);

}  // namespace tk::tools::acl_tool
