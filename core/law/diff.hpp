// Two laws compared: every (actor, action, resource, context) whose answer changed, exactly. Only what can have
// changed is asked: actors, resources and rules that are the same on both sides are left out by their digests.
// A condition's context is tried with the values that the conditions compare it with, and one beside each.
#pragma once

#include <string>
#include <vector>

#include "core/law/search.hpp"

namespace tk::law {

struct Changed {
  std::string actor, action, resource;
  Value::Map context;      // empty: whatever it is
  Answer before = Answer::deny, after = Answer::deny;
  std::string rule, file;  // of the rule that decides after, or that did before: the witness
  int line = 0;
  bool declared = true;    // false: the resource is a witness of what patterns cover
};

struct Difference {
  std::vector<Changed> allowed, denied;  // newly: from deny to something else, and back
  std::vector<Changed> otherwise;        // allowed on both sides, but asked or modified on one
  std::uint64_t decisions = 0;           // how many were taken
  // Inputs of conditions that were not tried with every value that matters: time and history at one, what
  // conditions compute with at some. Empty: the lists are exact.
  std::vector<std::string> assumed;
};

Difference difference(const Index& before, const Index& after, std::int64_t now_ns);

}  // namespace tk::law
