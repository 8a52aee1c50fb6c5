// A plan: what turns the observed accounts into the desired ones, with what turns them back, as the text that
// plugins/apply-unix reads (plugins/apply-unix/plan.hpp has the format) and a person can read too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/provision/desired.hpp"
#include "core/provision/observed.hpp"

namespace tk::provision {

using Line = std::vector<std::string>;  // an operation: its word and fields

struct Finding {  // something that a person has to know
  std::string what, mend;
};

struct Plan {
  std::string id, commit, target, by, made;
  std::vector<Line> operations, inverse;
  std::size_t created = 0, changed = 0, locked = 0, removed = 0;  // accounts
  std::vector<std::string> about;                                 // one line an account, group, file or folder that it touches, for people
  std::vector<Finding> waiting;                                   // what another plan can do later
  bool empty() const { return operations.empty(); }
};

struct PlanOptions {
  bool purge = false;  // accounts that are gone and locked are removed, their homes put aside
};

// Problems (foreign rows in the way …) come as the first of them. `today` is in days since 1970, as shadow counts.
Result<Plan> make_plan(const Desired& desired, const Observed& observed, const Ids& ids, std::int64_t today, PlanOptions options);

std::string write_plan(const Plan& plan, const crypto::SigningKey& key);
// The words and operations of a plan's text; its signature is not looked at.
Result<Plan> read_plan(const std::string& text, const std::string& name);
// What turns back what that plan did.
Plan inverse_of(const Plan& plan);

// What a plan does that nobody means without saying so; empty: nothing.
struct Guard {
  std::string name, message;
  std::size_t count = 0;
};
std::vector<Guard> guards(const Plan& plan, const Observed& observed, const Desired& desired, const std::string& caller);

}  // namespace tk::provision
