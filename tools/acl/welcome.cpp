#include "tools/acl/welcome.hpp"

#include "core/base/ids.hpp"
#include "tools/session/declare.hpp"

namespace tk::tools::acl_tool {

namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

Attributes of_user(const Newcomer& n) {
  return n.unix_name.empty() ? Attributes{} : Attributes{{"unix", n.unix_name}};
}
Attributes of_grant(const Newcomer& n) { return {{"role", n.role}, {"to", n.user.str()}}; }

Value::Map map_of(const Attributes& attributes) {
  Value::Map out;
  for (const auto& [k, v] : attributes) out.emplace(k, v);
  return out;
}

}  // namespace

Newcomer newcomer(const std::string& context, const std::string& name, const std::string& role, const std::string& invitation) {
  return {{"user", context, name}, {"grant", context, "invitation-" + invitation}, ids::uuid7(), ids::uuid7(), "", role};
}

std::vector<git::Change> Newcomer::files() const {
  return {{workspace::entity_path(user), workspace::write_entity(user, user_id, of_user(*this))},
          {workspace::entity_path(grant), workspace::write_entity(grant, grant_id, of_grant(*this))}};
}

std::vector<record::Change> Newcomer::changes(const Session& s) const {
  return {change_for(s, user, user_id, workspace::entity_path(user), map_of(of_user(*this))),
          change_for(s, grant, grant_id, workspace::entity_path(grant), map_of(of_grant(*this)))};
}

}  // namespace tk::tools::acl_tool
