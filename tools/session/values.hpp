// Words for completion that the workspace knows: entities, records, runs, actions … Read-only: nothing
// is made or rebuilt, the law index is taken as it lies there; outside a workspace there are none.
#pragma once

#include "core/cli/spec.hpp"

namespace tk::tools {

// ACTOR, REF, RESOURCE, ENTITY, ACTION: from the law index alone.
std::vector<cli::Candidate> law_values(const std::string& kind, const cli::Args& given);
// Those, and RUN, ID, ITEM, CAST, EVENT, WORKFLOW, TYPE, WHAT.
std::vector<cli::Candidate> values(const std::string& kind, const cli::Args& given);

}  // namespace tk::tools
