// Of those that tk itself brings (builtin.hpp): whose personal data there is, and what was removed when its time
// was over.
#pragma once

#include <string_view>

namespace tk::record::detail {

// Somebody whose data is sealed; its name is the subject's id, its own id follows from that. Made with the key of
// the subject, and for ever the word on whether there may be one.
inline constexpr std::string_view kSubject = R"toml(
record = "subject"
version = 1
initial = "keyed"
create = { action = "subject.erase", event_type = "subject.keyed" }
[[state]]
name = "keyed"
[[state]]
name = "erased"
[[transition]]
event = "erase"
from = ["keyed"]
to = "erased"
action = "subject.erase"
event_type = "subject.erased"
[[transition]]
event = "export"
from = ["keyed", "erased"]
to = "="
action = "subject.export"
event_type = "subject.exported"
)toml";

// One removal of payloads: those of exactly the rows in `ranges`, each [first, last].
inline constexpr std::string_view kPruning = R"toml(
record = "pruning"
version = 1
initial = "done"
create = { action = "log.prune", event_type = "log.pruned" }
[fields]
before = { type = "text" }
type = { type = "text" }
rows = { type = "int" }
ranges = { type = "json" }
[[state]]
name = "done"
final = true
)toml";

}  // namespace tk::record::detail
