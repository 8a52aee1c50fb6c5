#include "core/provision/detail/planner.hpp"

namespace tk::provision {

Result<Plan> make_plan(const Wanted& wanted, const Observed& observed, const Ids& ids, const PlanOptions& options) {
  return Planner(wanted, observed, ids, options).run();
}

}  // namespace tk::provision
