// Leases (records of type `borrow`): what a borrower may do by a lender's right. Nothing is frozen in one: when it
// is used it gives what its lender may do at that moment (none of the lender's or the borrower's forbids is passed
// by), within its scope, purpose, run, time and count. A lease of a lease (`via`) gives less than that one, and
// ends with it. gate.hpp asks law; here is what a lease itself says. Times are Unix milliseconds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/law/index.hpp"
#include "core/law/ref.hpp"
#include "core/record/store.hpp"

namespace tk::acl {

inline constexpr std::int64_t kLeaseTtl = 15 * 60'000, kLeaseCap = 8 * 3'600'000, kReviewWithin = 24 * 3'600'000;

struct Lease {
  std::string id, lender, borrower, scope, when, purpose, run, via, on_revoke, family, ended, state;
  std::vector<std::string> actions;
  std::int64_t granted = 0, not_before = 0, ttl = 0, max_uses = 0, uses = 0, depth = 0, review_due = 0;
  std::int64_t lender_epoch = 0, borrower_epoch = 0;
  bool glass = false;
  std::int64_t expires() const { return std::max(granted, not_before) + ttl; }
  // What it says of an action on a resource at a time, for a purpose: empty = it covers it.
  std::string refuses(std::string_view action, const law::Ref& resource, std::string_view purpose, std::int64_t now) const;
  // Why it gives nothing at all any more, whatever is asked; empty = it is alive.
  std::string over(std::int64_t now) const;
};

Lease lease_of(const record::Record& record);
// A new one, as it was asked for and is not committed yet.
Lease lease_of(const Value::Map& fields, std::int64_t now);
Result<std::optional<Lease>> find_lease(record::Store& store, const std::string& id);

struct LeaseCaps {
  std::int64_t ttl = kLeaseCap, weekly = 24 * 3'600'000;
};

// Whether a lease may be given as it is asked for: an error says why not (acl_lease_cap, acl_borrowable).
Result<void> check_new_lease(record::Store& store, const Lease& lease, const LeaseCaps& caps, std::int64_t now);

// What nobody lends, whatever law says: rights over approvals, tokens, leases, secrets' text and the journal.
bool never_lent(std::string_view action);
// Nor does a lease change who may do what: that would outlast it.
bool makes_law(std::string_view action, std::string_view type);

// What is asked for; empty members take what is usual.
struct Request {
  record::Actor lender, borrower;
  std::vector<std::string> actions;
  std::string scope, when, purpose, run, via, on_revoke = "deny", family;
  std::int64_t ttl = kLeaseTtl, not_before = 0, max_uses = 0, depth = 0;
  bool glass = false;
};

// The change that makes it: its lender's consent is an obligation of it (gate.hpp), unless the lender asks.
Result<record::Change> request_lease(record::Store& store, const Request& request, const record::Actor& by,
                                     const trace::Context& trace);

// What a token of it says (token.hpp): its lender's right, and no more of it than the lease. `wanted.subject` is its borrower.
struct Wanted;
Result<void> by_lease(record::Store& store, const law::Index& index, const Lease& lease, Wanted& wanted);

// Uses it for something that is no transition of tk (a call of a tool): law is asked, the use is counted, in one
// commit. Of many at once exactly as many pass as there are uses left. `actor` has it as its borrow_id.
class Gate;
Result<record::Outcome> use_lease(record::Store& store, Gate& gate, const record::Actor& actor, const std::string& action,
                                  const law::Ref& resource, const trace::Context& trace);

// Ends it: its lender and its borrower always may, others ask law for borrow.revoke. With on_revoke = kill the tokens
// of the run that it is bound to end with it, and with them the run's programs. One that has ended is left as it is
// (`repeated`).
Result<record::Outcome> end_lease(record::Store& store, const std::string& id, const record::Actor& by,
                                  const trace::Context& trace, const std::string& why);
// Journals the end of those whose time or uses are over; gives how many.
Result<std::size_t> end_spent_leases(record::Store& store, const record::Actor& by, const trace::Context& trace);

// The trace of the run that a lease is bound to (a run's id, or a trace id), and whether the run still goes on.
struct Binding {
  std::string trace;
  bool open = true;
};
Result<Binding> binding_of(record::Store& store, const std::string& run);

}  // namespace tk::acl
