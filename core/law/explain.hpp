// Why: the chain Actor → Groups → Grant → Role → Rule → Resource of every determining rule, or the first link
// that is missing; and for a deny that no rule forbids the nearest permit: the smallest set of changes to what
// is declared that makes the answer allow, found among the unmet clauses of the permits that cover the question
// and proved by supposing it and deciding again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/law/engine.hpp"

namespace tk::law {

struct RuleHit {
  std::string_view id, file, resource, role, grant, grant_file, grant_context, via, when;
  int line = 0, grant_line = 0;
  bool permit = false;
  std::vector<std::string_view> inheritance;  // role, then the roles that led to the rule's own
};

struct NearestPermit {
  struct Change {
    std::string kind;    // role, attribute, context, state, clause (nothing but a wish), rule
    std::string clause;  // what is unmet: `actor.clearance >= resource.class`, "role role:reader"
    std::string mend;    // what to change, in one line
  };
  std::string_view rule, file;  // empty when no permit covers the question: then a rule is missing
  int line = 0;
  std::vector<Change> changes;
};

struct Decision {
  Answer answer = Answer::deny;
  bool allow = false;                // the answer is allow or modify
  bool error = false;                // denied because a condition failed
  std::vector<RuleHit> determining;  // the forbids, else the permits
  std::string reason;                // one line; for a default deny the first missing link
  std::string_view policy_hash;
  std::string_view algorithm;        // how rules are combined
  std::vector<RuleView::Obligation> obligations;  // of an ask
  std::optional<NearestPermit> nearest;
};

// With `nearest` a deny is searched for what would allow it.
Decision explain(Engine& engine, const EntityView& actor, std::uint32_t action, const Target& resource,
                 const Facts& facts, bool nearest = false);

std::optional<NearestPermit> nearest_permit(Engine& engine, const EntityView& actor, std::uint32_t action,
                                            const Target& resource, const Facts& facts);

}  // namespace tk::law
