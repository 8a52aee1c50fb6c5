#include "tools/evidence/checks.hpp"

#include <algorithm>

namespace tk::tools::evidence {

const std::vector<Check>& checks() {
  static const std::vector<Check> all = {
      {"decisions-say-why", "every decision names its actor, its rule and the policy that was in force", decisions_say_why},
      {"refusals-recorded", "every attempt that was denied, failed or parked is a row with its reason", refusals_recorded},
      {"journal-verifies", "chain and tree hold, every checkpoint fits, every record is the fold of its rows", journal_verifies},
      {"checkpoint-anchored", "the newest checkpoint of the journal stands outside of it, in git, and none is overdue", checkpoint_anchored},
      {"clock-steady", "the clock never went back by more than a second between two rows", clock_steady},
      {"inactive-hold-nothing", "nobody who is suspended, retired or gone holds a live token, family or lease", inactive_hold_nothing},
      {"leases-bounded", "every lease ends by itself within 8 h", leases_bounded},
      {"tokens-bounded", "every token ends by itself within 24 h, one of a step with its step and within 7 days", tokens_bounded},
      {"no-shared-token", "no token, family or lease was used by two: by another actor than its own, on two nodes, or twice", no_shared_token},
      {"glass-reviewed", "what was taken by breaking the glass was reviewed in time", glass_reviewed},
      {"approvals-by-others", "what waited for approval was approved by somebody else than who asked", approvals_by_others},
      {"policy-changes-committed", "every change of what is declared is a commit that names its actor and its row", policy_changes_committed},
      {"grants-reviewed", "a person reviewed the grants within 90 days, or the workspace is not that old", grants_reviewed},
      {"one-account-each", "every person has an account of their own, every agent a person who answers for it", one_account_each},
      {"agents-have-sponsors", "every row of an agent names the trace and the person who answers for it", agents_have_sponsors},
      {"agents-can-be-halted", "for every agent there is somebody whom law lets halt it", agents_can_be_halted},
      {"halts-hold", "nothing was done by an actor between its halt and its going on", halts_hold},
      {"humans-answer", "every question and approval was answered by a person", humans_answer},
      {"steps-have-ends", "every step that was started has an end, or its run goes on", steps_have_ends},
      {"no-god-mode", "nobody but the owners may do everything", no_god_mode},
      {"no-clear-secret", "no secret stands in clear in tracked files or in the journal", no_clear_secret},
      {"personal-sealed", "no field that is marked as personal stands in clear in the journal or in a record", personal_sealed},
      {"erasures-hold", "who was erased has the row that says so and no key left; no key is missing without one", erasures_hold},
      {"kept-half-a-year", "no row is kept for less than 183 days", rows_kept_half_a_year},
      {"kept-six-years", "no row is kept for less than six years", rows_kept_six_years},
  };
  return all;
}

const Check* find_check(std::string_view id) {
  const auto& all = checks();
  auto it = std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace tk::tools::evidence
