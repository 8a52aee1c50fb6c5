// A record under a newer definition of its type: the state by the table [migrate] or by its name, the fields
// that are still there, defaults for new ones. What has no place is refused, never dropped in silence.
#pragma once

#include "core/record/machine.hpp"
#include "core/record/store.hpp"

namespace tk::record {

Result<Shape> migrated(const Definition& to, const Record& record);

}  // namespace tk::record
