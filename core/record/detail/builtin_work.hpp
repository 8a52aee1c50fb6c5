// Records of work that anybody may make and step where law lets them, until a workspace declares its own in
// records/<type>.toml: what people and agents have to do, and what they made.
#pragma once

#include <string_view>

namespace tk::record::detail {

inline constexpr std::string_view kTask = R"toml(
record = "task"
version = 1
initial = "open"
[fields]
flow = { type = "text" }
assignee = { type = "text" }
due = { type = "text" }
[[state]]
name = "open"
[[state]]
name = "doing"
[[state]]
name = "done"
final = true
[[state]]
name = "dropped"
final = true
[[transition]]
event = "assign"
from = ["open", "doing"]
to = "="
input = { assignee = "text" }
[[transition]]
event = "start"
from = ["open"]
to = "doing"
[[transition]]
event = "complete"
from = ["open", "doing"]
to = "done"
[[transition]]
event = "drop"
from = ["open", "doing"]
to = "dropped"
)toml";

inline constexpr std::string_view kPlan = R"toml(
record = "plan"
version = 1
initial = "draft"
[fields]
tasks = { type = "list<text>" }
[[state]]
name = "draft"
[[state]]
name = "agreed"
[[state]]
name = "done"
final = true
[[state]]
name = "dropped"
final = true
[[transition]]
event = "agree"
from = ["draft"]
to = "agreed"
[[transition]]
event = "complete"
from = ["agreed"]
to = "done"
[[transition]]
event = "drop"
from = ["draft", "agreed"]
to = "dropped"
)toml";

inline constexpr std::string_view kArtifact = R"toml(
record = "artifact"
version = 1
initial = "made"
[fields]
path = { type = "text" }
sha256 = { type = "text" }
producer = { type = "text" }
[[state]]
name = "made"
[[state]]
name = "accepted"
[[state]]
name = "withdrawn"
final = true
[[transition]]
event = "accept"
from = ["made"]
to = "accepted"
[[transition]]
event = "withdraw"
from = ["made", "accepted"]
to = "withdrawn"
)toml";

inline constexpr std::string_view kSession = R"toml(
record = "session"
version = 1
initial = "discovered"
[fields]
type = { type = "text" }
ctx = { type = "text" }
protected = { type = "bool" }
[[state]]
name = "discovered"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "ended"
final = true
[[transition]]
event = "activate"
from = ["discovered", "suspended"]
to = "active"
[[transition]]
event = "suspend"
from = ["active"]
to = "suspended"
[[transition]]
event = "end"
from = ["discovered", "active", "suspended"]
to = "ended"
)toml";

inline constexpr std::string_view kLobby = R"toml(
record = "lobby"
version = 1
initial = "open"
[fields]
participants = { type = "list<text>" }
wot = { type = "text" }
[[state]]
name = "open"
[[state]]
name = "voting"
[[state]]
name = "closed"
final = true
[[transition]]
event = "vote"
from = ["open"]
to = "voting"
[[transition]]
event = "reopen"
from = ["voting"]
to = "open"
[[transition]]
event = "close"
from = ["open", "voting"]
to = "closed"
)toml";

inline constexpr std::string_view kComponent = R"toml(
record = "component"
version = 1
initial = "shown"
[fields]
component_type = { type = "text" }
session_id = { type = "text" }
participants = { type = "list<text>" }
data = { type = "json" }
[[state]]
name = "shown"
[[state]]
name = "removed"
final = true
[[transition]]
event = "update"
from = ["shown"]
to = "shown"
input = { data = "json" }
event_type = "component.updated"
[[transition]]
event = "remove"
from = ["shown"]
to = "removed"
)toml";

}  // namespace tk::record::detail
