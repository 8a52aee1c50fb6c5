// A plan: what turns the observed accounts into the wanted ones, with what turns them back, as the text that
// plugins/apply-unix reads (plugins/apply-unix/plan.hpp has the format) and a person can read too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/provision/observed.hpp"
#include "core/provision/wanted.hpp"

namespace tk::provision {

// Where what stands differs from what is wanted: "bob: passwd shell is /bin/sh, not /bin/bash".
struct Difference {
  std::string about, ref;  // the account, group, file or folder; whose it is
  std::string what, is, want;
  std::string str() const;
};

struct Step {                   // what becomes of one of them
  std::string verb, what, ref;  // create change lock remove rename
};

struct Finding {  // something that a person has to know
  std::string what, mend;
};

// What a plan does that nobody means without saying so.
struct Guard {
  std::string name, message;
  std::size_t count = 0;
};

struct Plan {
  std::string id, commit, target, by, made;
  std::vector<std::string> operations, inverse;  // as their lines, without the newline
  std::vector<std::vector<std::string>> ids;     // that it gives out or comes to keep: ID, UUID, REF, and keep
  std::vector<Step> steps;
  std::vector<Difference> differences;
  std::vector<Finding> waiting;  // what this plan leaves, and what would do it
  std::vector<Guard> guards;
  bool empty() const { return operations.empty(); }
  std::size_t count(std::string_view verb, std::string_view kind = "account ") const;
};

struct PlanOptions {
  bool purge = false;      // accounts that are gone and locked are removed, their homes put aside
  std::int64_t today = 0;  // days since 1970, as shadow counts
  std::string caller;      // the Unix name of who asks
  // Whether nothing is known of an entity, as of those in spaces that are not read (workspace/materialised.hpp).
  std::function<bool(const std::string& entity, const std::vector<std::string>& refs)> unread;
  // Whether an earlier plan for this target had that account or group of that entity. ids.lock alone does not say so: an
  // id that was given out for one computer can be a stranger's on another.
  std::function<bool(std::string_view name, const std::string& entity)> applied;
  std::string max_removals;  // a number, or a part like 10%; empty: the greater of 5 and 10%
};

// What is in the way (a foreign row of that name or id, a symlink as a home) is prv_taken or prv_target.
Result<Plan> make_plan(const Wanted& wanted, const Observed& observed, const Ids& ids, const PlanOptions& options);

std::string write_plan(const Plan& plan, const crypto::SigningKey& key);
// The words and operations of a plan's text; its signature is not looked at.
Result<Plan> read_plan(const std::string& text, const std::string& name);
// The fields of a line of a plan, decoded; a bad one is prv_plan.
Result<std::vector<std::string>> read_line(std::string_view line);
std::string write_line(std::initializer_list<std::string_view> fields);
// What turns back what that plan did.
Plan inverse_of(const Plan& plan);

}  // namespace tk::provision
