// The record of a plan of accounts: made, carried out, found changed afterwards.
#pragma once

#include <string_view>

namespace tk::record::detail {

inline constexpr std::string_view kProvision = R"toml(
record = "provision"
version = 1
initial = "planned"
create = { action = "provision.plan", event_type = "provision.planned" }
[fields]
target = { type = "text" }
plan = { type = "text" }
commit = { type = "text" }
operations = { type = "int" }
steps = { type = "json" }
wanted = { type = "text" }
before = { type = "text" }
undoes = { type = "text" }
allowed = { type = "list<text>" }
reason = { type = "text" }
differences = { type = "int" }
[[state]]
name = "planned"
[[state]]
name = "applying"
[[state]]
name = "applied"
[[state]]
name = "failed"
[[transition]]
event = "begin"
from = ["planned", "failed", "applying"]
to = "applying"
action = "provision.apply"
event_type = "provision.applying"
input = { allowed = "list<text>", before = "text" }
[[transition]]
event = "finish"
from = ["applying"]
to = "applied"
action = "provision.apply"
event_type = "provision.applied"
[[transition]]
event = "fail"
from = ["applying"]
to = "failed"
action = "provision.apply"
event_type = "provision.failed"
input = { reason = "text" }
[[transition]]
event = "drift"
from = ["applied"]
to = "applied"
action = "provision.plan"
event_type = "provision.drifted"
input = { differences = "int" }
)toml";

}  // namespace tk::record::detail
