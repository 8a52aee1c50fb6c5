// Nobody gives more than they hold: whether a change of what is declared lets somebody do what the one who makes
// the change may not do. It is decided rule by rule and not by today's answers, so that it holds for the entities
// to come: a rule that reaches somebody anew has to be covered by a right of the maker's that has no condition,
// the same condition, or one that holds by what is declared; the witness of a pattern stands for all that it
// covers. A forbid that somebody loses counts as all their permits given anew.
#pragma once

#include <optional>
#include <string>

#include "core/law/index.hpp"

namespace tk::law {

struct Escalated {
  std::string actor, action, resource;
  std::string rule, file;  // what gives it
  int line = 0;
};

// The first thing that the maker has no right to give; nothing when there is none. The maker is of `before`.
Result<std::optional<Escalated>> escalation(const Index& before, const Index& after, const Ref& maker);

}  // namespace tk::law
