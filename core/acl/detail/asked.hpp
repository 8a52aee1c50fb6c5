// A question on its way through the gate.
#pragma once

#include "core/acl/gate.hpp"

namespace tk::acl {

struct Gate::Asked {
  const record::Question& q;
  std::uint32_t action;
  const std::string& name;  // of the action that law is asked for
  law::Target target;
  law::Facts facts;
  // What a modify makes of the arguments.
  Result<void> change(law::Engine& law, const law::EntityView& actor, const law::Decision& decision, record::Ruling& out);
};

}  // namespace tk::acl
