// The checks themselves, by the source that answers them; checks.cpp has their list.
#pragma once

#include "tools/evidence/evidence.hpp"

namespace tk::tools::evidence {

// SQL of (id, type, who, expires): every token, family and side of a lease that is alive at this moment.
std::string live_rights(const Scene& scene);

// The journal alone.
Result<Outcome> decisions_say_why(Scene& scene);
Result<Outcome> refusals_recorded(Scene& scene);
Result<Outcome> agents_have_sponsors(Scene& scene);
Result<Outcome> humans_answer(Scene& scene);
Result<Outcome> clock_steady(Scene& scene);
Result<Outcome> leases_bounded(Scene& scene);
Result<Outcome> tokens_bounded(Scene& scene);
Result<Outcome> no_shared_token(Scene& scene);
Result<Outcome> glass_reviewed(Scene& scene);
Result<Outcome> approvals_by_others(Scene& scene);
Result<Outcome> halts_hold(Scene& scene);
Result<Outcome> grants_reviewed(Scene& scene);
Result<Outcome> steps_have_ends(Scene& scene);
Result<Outcome> inactive_hold_nothing(Scene& scene);
// With the law in force, git, or a command of tk.
Result<Outcome> journal_verifies(Scene& scene);
Result<Outcome> checkpoint_anchored(Scene& scene);
Result<Outcome> one_account_each(Scene& scene);
Result<Outcome> agents_can_be_halted(Scene& scene);
Result<Outcome> policy_changes_committed(Scene& scene);
Result<Outcome> no_god_mode(Scene& scene);
Result<Outcome> no_clear_secret(Scene& scene);
Result<Outcome> rows_kept_half_a_year(Scene& scene);
Result<Outcome> rows_kept_six_years(Scene& scene);

// Of what definitions mark as personal.
Result<Outcome> personal_sealed(Scene& scene);
Result<Outcome> erasures_hold(Scene& scene);

}  // namespace tk::tools::evidence
