// Who holds what: each grant, the roles that come with it, and the declared actors that it reaches, by way of groups
// and patterns too. For reviews and audits, which look at what is given and not at one question.
#pragma once

#include <set>
#include <vector>

#include "core/law/index.hpp"

namespace tk::law {

struct GrantView {
  std::string_view id, context, role, to;  // to: as it is written, a pattern it may be
  std::string_view file;
  int line = 0;
  std::uint32_t number = 0;
  std::set<std::uint32_t> roles;  // the role and all that it inherits, by number
  std::string ref() const;        // grant:context/id
};
std::vector<GrantView> grants_of(const Index& index);

struct Reach {
  EntityView actor;
  std::uint32_t grant = 0;  // GrantView::number
  std::string_view via;     // the groups between, "" where it is granted directly
};
// Every user and agent with every grant that reaches it, whether it is active or not.
std::vector<Reach> reach_of(const Index& index);

}  // namespace tk::law
