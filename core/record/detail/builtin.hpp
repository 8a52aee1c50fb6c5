// The definitions that tk itself brings, as the text a person would write in records/<type>.toml.
#pragma once

#include <string_view>

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

inline constexpr Builtin kBuiltins[] = {
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
from = ["waiting", "failed", "running"]
to = "running"
action = "run.advance"
event_type = "wot.resumed"
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
input = { attempt = "int" }
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
    // One JWT: its name is the token's jti.
    {"token", R"toml(
record = "token"
version = 2
initial = "live"
create = { action = "token.issue", event_type = "token.issued" }
[fields]
actor = { type = "text" }
on_behalf_of = { type = "text" }
kind = { type = "text" }
audience = { type = "text" }
expires = { type = "int" }
epoch = { type = "int" }
family = { type = "text" }
lease = { type = "text" }
details = { type = "json" }
[[state]]
name = "live"
[[state]]
name = "dead"
final = true
[[transition]]
event = "revoke"
from = ["live"]
to = "dead"
action = "token.revoke"
event_type = "token.revoked"
)toml"},
    // A key that signs tokens: its public part. Its name is its kid; the private part is a file that only acl reads.
    {"key", R"toml(
record = "key"
version = 1
initial = "next"
create = { action = "token.issue", event_type = "key.created" }
[fields]
serial = { type = "int" }
public = { type = "text" }
until = { type = "int" }
[[state]]
name = "next"
[[state]]
name = "current"
[[state]]
name = "retired"
[[transition]]
event = "rotate"
from = ["next"]
to = "current"
action = "token.issue"
event_type = "key.rotated"
[[transition]]
event = "retire"
from = ["next", "current", "retired"]
to = "retired"
action = "token.issue"
event_type = "key.retired"
input = { until = "int" }
)toml"},
    // A family of refresh tokens, each the successor of one before; only hashes of them are kept.
    {"refresh", R"toml(
record = "refresh"
version = 1
initial = "live"
create = { action = "token.issue", event_type = "token.issued" }
[fields]
actor = { type = "text" }
on_behalf_of = { type = "text" }
audience = { type = "text" }
parties = { type = "json" }
details = { type = "json" }
ttl = { type = "int" }
turn = { type = "int" }
current = { type = "text" }
previous = { type = "text" }
rotated = { type = "int" }
expires = { type = "int" }
[[state]]
name = "live"
[[state]]
name = "dead"
final = true
[[transition]]
event = "rotate"
from = ["live"]
to = "="
action = "token.issue"
event_type = "token.refreshed"
input = { turn = "int", current = "text", previous = "text", rotated = "int", expires = "int" }
[[transition]]
event = "revoke"
from = ["live"]
to = "dead"
action = "token.revoke"
event_type = "token.revoked"
)toml"},
    {"invitation", R"toml(
record = "invitation"
version = 1
initial = "open"
create = { action = "invitation.new", event_type = "invitation.created" }
[fields]
code = { type = "text" }
address = { type = "text" }
role = { type = "text" }
into = { type = "text" }
inviter = { type = "text" }
expires = { type = "int" }
used_by = { type = "text" }
[[state]]
name = "open"
[[state]]
name = "used"
[[state]]
name = "expired"
final = true
[[state]]
name = "withdrawn"
final = true
[[transition]]
event = "accept"
from = ["open"]
to = "used"
action = "invitation.new"
event_type = "invitation.accepted"
input = { used_by = "text" }
# The user could not be put into git. tk owes it to the record.
[[transition]]
event = "revert_to_open"
from = ["used"]
to = "open"
action = "invitation.new"
event_type = "invitation.reverted"
[[transition]]
event = "expire"
from = ["open"]
to = "expired"
action = "invitation.new"
event_type = "invitation.expired"
[[transition]]
event = "withdraw"
from = ["open"]
to = "withdrawn"
action = "invitation.withdraw"
event_type = "invitation.withdrawn"
)toml"},
    // How an actor stands, apart from what is declared of it; its name is the actor's id. Rights that were given
    // in an earlier epoch (tokens, refresh families, leases) are void.
    {"standing", R"toml(
record = "standing"
version = 1
initial = "good"
create = { action = "token.revoke", event_type = "standing.created" }
[fields]
actor = { type = "text" }
epoch = { type = "int" }
by = { type = "text" }
[[state]]
name = "good"
[[state]]
name = "halted"
[[transition]]
event = "revoke"
from = ["good", "halted"]
to = "="
action = "token.revoke"
event_type = "token.revoked"
input = { epoch = "int" }
[[transition]]
event = "halt"
from = ["good"]
to = "halted"
action = "actor.halt"
event_type = "actor.halted"
input = { epoch = "int", by = "text" }
[[transition]]
event = "resume"
from = ["halted"]
to = "good"
action = "actor.resume"
event_type = "actor.resumed"
guard = [{ when = "actor.id != record.by", reason = "who halted an actor is not the one who lets it go on" }]
)toml"},
    // A lease: what its borrower may do by its lender's right, for a while. Times are Unix milliseconds.
    {"borrow", R"toml(
record = "borrow"
version = 1
initial = "active"
create = { action = "borrow.request", event_type = "borrow.granted" }
[fields]
lender = { type = "text" }
borrower = { type = "text" }
actions = { type = "list<text>" }
scope = { type = "text" }
when = { type = "text" }
purpose = { type = "text" }
run = { type = "text" }
not_before = { type = "int" }
ttl = { type = "int" }
expires = { type = "int" }
max_uses = { type = "int" }
uses = { type = "int" }
depth = { type = "int" }
via = { type = "text" }
on_revoke = { type = "text" }
glass = { type = "bool" }
review_due = { type = "int" }
lender_epoch = { type = "int" }
borrower_epoch = { type = "int" }
family = { type = "text" }
ended = { type = "text" }
[[state]]
name = "active"
[[state]]
name = "ended"
[[transition]]
event = "use"
from = ["active"]
to = "="
action = "borrow.request"
event_type = "borrow.used"
input = { action = "text", resource = "text", purpose = "text" }
guard = [{ when = "record.max_uses == 0 || record.uses < record.max_uses", reason = "every use of the lease is spent" }]
set = { uses = "record.uses + 1" }
[[transition]]
event = "end"
from = ["active"]
to = "ended"
action = "borrow.revoke"
event_type = "borrow.ended"
input = { ended = "text" }
[[transition]]
event = "review"
from = ["active", "ended"]
to = "="
action = "borrow.review"
event_type = "borrow.reviewed"
guard = [{ when = "record.glass", reason = "only a lease that was taken by breaking the glass is reviewed" },
         { when = "actor.ref != record.borrower", reason = "nobody reviews what they took themselves" }]
set = { review_due = "0" }
)toml"},
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
from = ["open"]
to = "expired"
action = "record.park"
event_type = "obligation.expired"
input = { outcome = "text" }
)toml"},
};

}  // namespace tk::record::detail
