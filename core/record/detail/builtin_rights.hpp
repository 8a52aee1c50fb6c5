// Of those that tk itself brings (builtin.hpp), the records of rights: who may do what on whose behalf, how long.
#pragma once

#include <string_view>

namespace tk::record::detail {

// One JWT: its name is the token's jti.
inline constexpr std::string_view kToken = R"toml(
record = "token"
version = 3
initial = "live"
create = { action = "token.issue", event_type = "token.issued" }
[fields]
actor = { type = "text" }
on_behalf_of = { type = "text" }
actor_id = { type = "text" }
subject_id = { type = "text" }
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
)toml";

// A family of refresh tokens, each the successor of one before; only hashes of them are kept.
inline constexpr std::string_view kRefresh = R"toml(
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
)toml";

inline constexpr std::string_view kInvitation = R"toml(
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
)toml";

// How an actor stands, apart from what is declared of it; its name is the actor's id. Rights that were given
// in an earlier epoch (tokens, refresh families, leases) are void.
inline constexpr std::string_view kStanding = R"toml(
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
)toml";

// A lease: what its borrower may do by its lender's right, for a while. Times are Unix milliseconds.
inline constexpr std::string_view kBorrow = R"toml(
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
)toml";

// A key that signs tokens: its public part. Its name is its kid; the private part is a file that only acl reads.
inline constexpr std::string_view kKey = R"toml(
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
)toml";

}  // namespace tk::record::detail
