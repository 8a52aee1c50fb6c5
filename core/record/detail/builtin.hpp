// The definitions that tk itself brings, as the text a person would write in records/<type>.toml.
#pragma once

#include <string>
#include <string_view>

#include "core/record/detail/builtin_personal.hpp"
#include "core/record/detail/builtin_provision.hpp"
#include "core/record/detail/builtin_rights.hpp"
#include "core/record/detail/builtin_work.hpp"

namespace tk::record::detail {

struct Builtin {
  std::string_view type, text;
};

inline constexpr std::string_view kEntity = R"toml(
version = 1
initial = "active"
create = { action = "entity.new" }
[fields]
ref = { type = "text" }
file = { type = "text" }
attributes = { type = "json" }
[[state]]
name = "draft"
[[state]]
name = "active"
[[state]]
name = "suspended"
[[state]]
name = "retired"
[[transition]]
event = "update"
from = ["draft", "active", "suspended"]
to = "="
action = "entity.update"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "activate"
from = ["draft", "suspended"]
to = "active"
action = "entity.activate"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "suspend"
from = ["draft", "active"]
to = "suspended"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "retire"
from = ["draft", "active", "suspended"]
to = "retired"
action = "entity.retire"
input = { ref = "text", file = "text", attributes = "json" }
[[transition]]
event = "withdraw"
from = ["active", "suspended"]
to = "draft"
action = "entity.suspend"
input = { ref = "text", file = "text", attributes = "json" }
# The declaration could not be put into git: back to what it was. tk owes these to the record.
[[transition]]
event = "revert_to_draft"
from = ["draft", "active", "suspended", "retired"]
to = "draft"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_active"
from = ["draft", "active", "suspended", "retired"]
to = "active"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_suspended"
from = ["draft", "active", "suspended", "retired"]
to = "suspended"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
[[transition]]
event = "revert_to_retired"
from = ["draft", "active", "suspended", "retired"]
to = "retired"
action = "entity.update"
event_type = "entity.reverted"
input = { attributes = "json" }
)toml";

// What a secret's record does beyond that of any entity.
inline constexpr std::string_view kSecret = R"toml(
[fields.value_version]
type = "int"
[[transition]]
event = "rotate"
from = ["draft", "active", "suspended"]
to = "="
action = "secret.rotate"
event_type = "secret.rotated"
input = { ref = "text", file = "text", attributes = "json", value_version = "int" }
# A value that was used here once does not come back without anybody's word.
[[transition]]
event = "use"
from = ["active"]
to = "="
action = "secret.use"
event_type = "secret.used"
input = { as = "text", by = "text", box = "text", value_version = "int" }
guard = [{ when = "!has(record.value_version) || input.value_version >= record.value_version", reason = "a newer value of the secret was used here already" }]
[[transition]]
event = "reveal"
from = ["active", "suspended"]
to = "="
action = "secret.read"
event_type = "secret.revealed"
input = { why = "text", value_version = "int" }
guard = [{ when = "!has(record.value_version) || input.value_version >= record.value_version", reason = "a newer value of the secret was used here already" }]
)toml";

inline std::string entity_definition(std::string_view type) {
  return "record = \"" + std::string(type) + "\"" + std::string(kEntity) + std::string(type == "secret" ? kSecret : "");
}

inline constexpr Builtin kBuiltins[] = {
    {"provision", kProvision},
    // Whom secrets are sealed to, and who signs for them.
    {"vault", R"toml(
record = "vault"
version = 1
initial = "open"
create = { action = "vault.manage", event_type = "vault.created" }
[fields]
generation = { type = "int" }
recipients = { type = "list<text>" }
signers = { type = "list<text>" }
[[state]]
name = "open"
[[transition]]
event = "change"
from = ["open"]
to = "="
action = "vault.manage"
event_type = "vault.changed"
input = { generation = "int", recipients = "list<text>", signers = "list<text>", added = "list<text>", removed = "list<text>", sealed = "int" }
)toml"},
    {"run", R"toml(
record = "run"
version = 1
initial = "running"
create = { action = "run.start", event_type = "wot.started" }
[fields]
wot = { type = "text" }
file = { type = "json" }
pins = { type = "json" }
input = { type = "json" }
output = { type = "json" }
reason = { type = "text" }
converged = { type = "json" }
[[state]]
name = "running"
[[state]]
name = "waiting"
[[state]]
name = "done"
final = true
[[state]]
name = "rejected"
final = true
[[state]]
name = "failed"
[[state]]
name = "stopped"
[[state]]
name = "timed_out"
final = true
[[transition]]
event = "wait"
from = ["running"]
to = "waiting"
action = "run.advance"
event_type = "wot.paused"
[[transition]]
event = "resume"
from = ["waiting", "failed", "running", "stopped"]
to = "running"
action = "run.advance"
event_type = "wot.resumed"
[[transition]]
event = "stop"
from = ["running", "waiting", "failed"]
to = "stopped"
action = "run.stop"
event_type = "wot.stopped"
input = { reason = "text" }
[[transition]]
event = "iterate"
from = ["running"]
to = "running"
action = "run.advance"
event_type = "wot.iterated"
input = { converged = "json" }
[[transition]]
event = "finish"
from = ["running"]
to = "done"
action = "run.advance"
event_type = "wot.finished"
input = { output = "json", converged = "json" }
[[transition]]
event = "fail"
from = ["running"]
to = "failed"
action = "run.advance"
event_type = "wot.finished"
input = { reason = "text" }
[[transition]]
event = "reject"
from = ["running"]
to = "rejected"
action = "run.advance"
event_type = "wot.finished"
input = { reason = "text" }
[[transition]]
event = "time_out"
from = ["running"]
to = "timed_out"
action = "run.advance"
event_type = "wot.finished"
input = { reason = "text" }
)toml"},
    {"step", R"toml(
record = "step"
version = 1
initial = "running"
create = { action = "step.run", event_type = "step.started" }
[fields]
step = { type = "text" }
iteration = { type = "int" }
attempt = { type = "int" }
agent = { type = "text" }
input = { type = "json" }
box = { type = "json" }
output = { type = "json" }
error = { type = "text" }
[[state]]
name = "running"
[[state]]
name = "done"
final = true
[[state]]
name = "failed"
[[transition]]
event = "connect"
from = ["running"]
to = "="
action = "step.run"
event_type = "box.connected"
input = { host = "text", port = "int", rule = "text" }
[[transition]]
event = "finish"
from = ["running"]
to = "done"
action = "step.run"
event_type = "step.completed"
input = { output = "json" }
[[transition]]
event = "fail"
from = ["running"]
to = "failed"
action = "step.run"
event_type = "step.failed"
input = { error = "text" }
[[transition]]
event = "retry"
from = ["running", "failed"]
to = "running"
action = "step.run"
event_type = "step.retried"
input = { attempt = "int", box = "json" }
)toml"},
    // A program of an agent in its box, from before it starts.
    {"box", R"toml(
record = "box"
version = 1
initial = "running"
create = { action = "box.run", event_type = "box.started" }
[fields]
agent = { type = "text" }
profile = { type = "text" }
command = { type = "list<text>" }
uid = { type = "int" }
network = { type = "text" }
paths = { type = "json" }
missing = { type = "list<text>" }
status = { type = "int" }
masked = { type = "json" }
error = { type = "text" }
[[state]]
name = "running"
[[state]]
name = "ended"
final = true
[[state]]
name = "refused"
final = true
[[transition]]
event = "connect"
from = ["running"]
to = "="
action = "box.run"
event_type = "box.connected"
input = { host = "text", port = "int", rule = "text" }
[[transition]]
event = "end"
from = ["running"]
to = "ended"
action = "box.run"
event_type = "box.ended"
input = { status = "int", masked = "json", error = "text" }
[[transition]]
event = "refuse"
from = ["running"]
to = "refused"
action = "box.run"
event_type = "box.refused"
input = { error = "text" }
)toml"},
    {"cast", R"toml(
record = "cast"
version = 1
initial = "open"
create = { action = "cast.open", event_type = "cast.opened" }
[fields]
step = { type = "text" }
iteration = { type = "int" }
prompt = { type = "text" }
input = { type = "json" }
deadline = { type = "int" }
on_timeout = { type = "text" }
answer = { type = "text" }
by = { type = "text" }
at = { type = "text" }
[[state]]
name = "open"
[[state]]
name = "answered"
[[state]]
name = "expired"
[[transition]]
event = "answer"
from = ["open"]
to = "answered"
action = "cast.answer"
event_type = "cast.answered"
input = { answer = "text", by = "text", at = "text" }
[[transition]]
event = "expire"
from = ["open"]
to = "expired"
action = "cast.expire"
event_type = "cast.expired"
input = { answer = "text", by = "text", at = "text" }
[[transition]]
event = "reuse"
from = ["answered", "expired"]
to = "="
action = "cast.reuse"
event_type = "cast.reused"
)toml"},
    {"token", kToken},
    {"key", kKey},
    {"refresh", kRefresh},
    {"invitation", kInvitation},
    {"standing", kStanding},
    {"borrow", kBorrow},
    {"subject", kSubject},
    {"pruning", kPruning},
    // A transition that waits for its obligations (parked.cpp). `carry`: the last approval came while law or the
    // definition asked for fewer than when the item was opened.
    {"parked", R"toml(
record = "parked"
version = 2
initial = "open"
create = { action = "record.park", event_type = "obligation.opened" }
[fields]
resource = { type = "text" }
record = { type = "text" }
version = { type = "int" }
event = { type = "text" }
input = { type = "json" }
new = { type = "json" }
reason = { type = "text" }
key = { type = "text" }
asker = { type = "json" }
binding = { type = "text" }
needs = { type = "json" }
carried = { type = "bool" }
approvals = { type = "list<json>" }
outcome = { type = "text" }
expires = { type = "int" }
trace = { type = "text" }
[[state]]
name = "open"
[[state]]
name = "approved"
[[state]]
name = "done"
final = true
[[state]]
name = "denied"
final = true
[[state]]
name = "lapsed"
final = true
[[state]]
name = "expired"
final = true
[[transition]]
event = "approve"
from = ["open"]
action = "cast.answer"
event_type = "obligation.approved"
input = { approvals = "list<json>" }
[[transition]]
event = "grant"
from = ["open"]
to = "approved"
action = "cast.answer"
event_type = "obligation.approved"
input = { approvals = "list<json>" }
[[transition]]
event = "deny"
from = ["open"]
to = "denied"
action = "cast.answer"
event_type = "obligation.denied"
input = { outcome = "text" }
[[transition]]
event = "carry_out"
from = ["approved"]
to = "done"
action = "record.park"
event_type = "obligation.met"
[[transition]]
event = "carry"
from = ["open"]
to = "done"
action = "record.park"
event_type = "obligation.met"
[[transition]]
event = "lapse"
from = ["open", "approved"]
to = "lapsed"
action = "record.park"
event_type = "obligation.lapsed"
input = { outcome = "text" }
[[transition]]
event = "expire"
from = ["open", "approved"]
to = "expired"
action = "record.park"
event_type = "obligation.expired"
input = { outcome = "text" }
)toml"},
    // That somebody looked through the grants; `seen` is the SHA-256 of the list as it was then, `statement` the same
    // signed (JWS), for who has no journal.
    {"review", R"toml(
record = "review"
version = 1
initial = "attested"
create = { action = "law.review", event_type = "law.reviewed" }
[fields]
grants = { type = "int" }
unused = { type = "int" }
policy = { type = "text" }
seen = { type = "text" }
statement = { type = "text" }
[[state]]
name = "attested"
final = true
)toml"},
};

// Those that a workspace may replace.
inline constexpr Builtin kOpenBuiltins[] = {{"task", kTask},       {"plan", kPlan},   {"artifact", kArtifact},
                                            {"session", kSession}, {"lobby", kLobby}, {"component", kComponent}};

}  // namespace tk::record::detail
