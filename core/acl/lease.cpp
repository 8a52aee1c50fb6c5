#include "core/acl/lease.hpp"

#include <algorithm>
#include <array>

#include "core/acl/gate.hpp"
#include "core/acl/standing.hpp"
#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/law/lint.hpp"

namespace tk::acl {
namespace {

constexpr std::int64_t kWeek = 7LL * 24 * 3'600'000;

std::string minutes(std::int64_t ms) {
  auto m = (ms + 59'999) / 60'000;
  return m % 60 == 0 ? std::to_string(m / 60) + " h" : std::to_string(m) + " min";
}

bool covered(const std::vector<std::string>& by, const std::string& action) {
  return std::any_of(by.begin(), by.end(), [&](const auto& a) { return a == action || law::action_matches(a, action); });
}

tl::unexpected<Error> more(const std::string& what, const Lease& parent) {
  return fail(Code::acl_borrowable, what + " is more than lease " + parent.id + " gives", "what is lent on is less, never more");
}

// A lease of a lease: less than it in everything.
Result<void> check_via(record::Store& store, const Lease& lease, std::int64_t now) {
  if (lease.via.empty()) return {};
  TK_TRY(auto parent, find_lease(store, lease.via));
  if (!parent || parent->borrower != lease.lender)
    return fail(Code::acl_lease, lease.lender + " holds no lease " + lease.via, "tk acl borrow list shows what they hold");
  if (auto over = parent->over(now); !over.empty()) return fail(Code::acl_lease, "lease " + parent->id + " " + over);
  if (lease.depth >= parent->depth) return more("a depth of " + std::to_string(lease.depth), *parent);
  for (const auto& action : lease.actions)
    if (!covered(parent->actions, action)) return more(action, *parent);
  if (!law::pattern_covers(parent->scope, lease.scope)) return more(lease.scope, *parent);
  if (lease.expires() > parent->expires()) return more("so long a time", *parent);
  if (parent->max_uses > 0 && (lease.max_uses == 0 || lease.max_uses > parent->max_uses - parent->uses))
    return more("that many uses", *parent);
  if (lease.purpose != parent->purpose) return more("another purpose", *parent);
  if (!parent->run.empty() && lease.run != parent->run) return more("another run", *parent);
  return {};
}

// The time that all leases of one right from the lender to the borrower lasted in seven days.
Result<std::int64_t> weekly(record::Store& store, const Lease& lease, std::int64_t now) {
  TK_TRY(auto s, store.journal().db().prepare(
                     "SELECT id FROM record WHERE type = 'borrow' AND created_ns > ? AND "
                     "json_extract(fields, '$.lender') = ? AND json_extract(fields, '$.borrower') = ?"));
  s.bind((now - kWeek) * 1'000'000).bind(lease.lender).bind(lease.borrower);
  std::vector<std::string> ids;
  for (;;) {
    TK_TRY(bool row, s.step());
    if (!row) break;
    ids.emplace_back(s.text(0));
  }
  std::int64_t sum = 0;
  for (const auto& id : ids) {
    if (id == lease.id) continue;
    TK_TRY(auto record, store.get(id));
    auto other = lease_of(record);
    bool same = std::any_of(lease.actions.begin(), lease.actions.end(), [&](const auto& a) {
      return covered(other.actions, a) || std::any_of(other.actions.begin(), other.actions.end(),
                                                      [&](const auto& b) { return law::action_matches(a, b); });
    });
    if (!same) continue;
    auto until = record.state == "active" ? other.expires() : std::min(other.expires(), record.updated_ns / 1'000'000);
    sum += std::max<std::int64_t>(0, until - other.granted);
  }
  return sum;
}

}  // namespace

bool never_lent(std::string_view action) {
  static constexpr std::array<std::string_view, 24> kNever = {
      "actor.act-as", "actor.halt", "actor.resume", "borrow.request", "borrow.break-glass", "borrow.revoke", "borrow.review",
      "cast.answer", "cast.expire", "invitation.new", "invitation.withdraw", "law.review", "log.checkpoint", "log.prune",
      "secret.export", "secret.get", "secret.peek", "secret.read", "secret.rotate", "subject.erase", "subject.export",
      "token.issue", "token.revoke", "record.park"};
  return std::find(kNever.begin(), kNever.end(), action) != kNever.end();
}

bool makes_law(std::string_view action, std::string_view type) {
  static constexpr std::array<std::string_view, 7> kLaw = {"action", "agent", "grant", "group", "role", "rule", "user"};
  return action.starts_with("entity.") && action != "entity.read" && std::find(kLaw.begin(), kLaw.end(), type) != kLaw.end();
}

Lease lease_of(const Value::Map& fields, std::int64_t now) {
  Lease out;
  auto get = [&](const char* name) {
    auto it = fields.find(name);
    return it == fields.end() ? Value() : it->second;
  };
  struct Text {
    const char* name;
    std::string Lease::*to;
  };
  static constexpr Text kTexts[] = {{"lender", &Lease::lender}, {"borrower", &Lease::borrower}, {"scope", &Lease::scope},
                                    {"when", &Lease::when}, {"purpose", &Lease::purpose}, {"run", &Lease::run},
                                    {"via", &Lease::via}, {"on_revoke", &Lease::on_revoke}, {"family", &Lease::family},
                                    {"ended", &Lease::ended}};
  struct Number {
    const char* name;
    std::int64_t Lease::*to;
  };
  static constexpr Number kNumbers[] = {{"not_before", &Lease::not_before}, {"ttl", &Lease::ttl}, {"max_uses", &Lease::max_uses},
                                        {"uses", &Lease::uses}, {"depth", &Lease::depth}, {"review_due", &Lease::review_due},
                                        {"lender_epoch", &Lease::lender_epoch}, {"borrower_epoch", &Lease::borrower_epoch}};
  for (const auto& t : kTexts) out.*t.to = get(t.name).text();
  for (const auto& n : kNumbers) out.*n.to = get(n.name).integer();
  auto actions = get("actions");
  if (const auto* list = actions.as_list())
    for (const auto& a : *list) out.actions.push_back(a.text());
  out.glass = get("glass") == Value(true);
  out.granted = now;
  return out;
}

Lease lease_of(const record::Record& record) {
  auto out = lease_of(record.fields, record.created_ns / 1'000'000);
  out.id = record.id;
  out.state = record.state;
  return out;
}

Result<std::optional<Lease>> find_lease(record::Store& store, const std::string& id) {
  auto found = store.get(id);
  if (!found && found.error().code == Code::record_unknown) return std::optional<Lease>();
  if (!found) return fail(found.error());
  if (found->type != "borrow") return std::optional<Lease>();
  return std::optional<Lease>(lease_of(*found));
}

std::string Lease::over(std::int64_t now) const {
  if (state == "ended") return "was ended" + (ended.empty() ? "" : ": " + ended);
  if (now < not_before) return "begins later, at " + clock::rfc3339(not_before * 1'000'000);
  if (now >= expires()) return "expired at " + clock::rfc3339(expires() * 1'000'000);
  // A clock that was set back makes no lease longer.
  if (now < granted - 30'000) return "was granted in the future: the clock was set back";
  if (max_uses > 0 && uses >= max_uses) return "has no use left of " + std::to_string(max_uses);
  return "";
}

std::string Lease::refuses(std::string_view action, const law::Ref& resource, std::string_view for_what,
                           std::int64_t now) const {
  if (auto why = over(now); !why.empty()) return why;
  if (never_lent(action)) return "cannot cover " + std::string(action) + ", which is never lent";
  if (makes_law(action, resource.type))
    return "cannot cover " + std::string(action) + " on " + resource.str() + ": who may do what is never changed by a lease";
  bool acts = std::any_of(actions.begin(), actions.end(), [&](const auto& a) { return law::action_matches(a, action); });
  if (!acts) return "is not for " + std::string(action);
  if (!law::matches(scope, resource.type, resource.context, resource.name)) return "is for " + scope + " only";
  if (for_what != purpose) return "is for the purpose \"" + purpose + "\" only";
  return "";
}

Result<void> check_new_lease(record::Store& store, const Lease& lease, const LeaseCaps& caps, std::int64_t now) {
  auto cap = std::min(caps.ttl, kLeaseCap);
  if (lease.ttl <= 0) return fail(Code::acl_lease_cap, "a lease needs a time to live", "--ttl 15m");
  if (lease.ttl > cap) return fail(Code::acl_lease_cap, minutes(lease.ttl) + " is longer than a lease may last: " + minutes(cap));
  if (lease.max_uses < 0 || lease.depth < 0 || lease.depth > 8)
    return fail(Code::acl_lease_cap, "uses and depth are counts: 0 or more, and a depth of 8 at most");
  if (lease.not_before > now + kWeek) return fail(Code::acl_lease_cap, "a lease begins within seven days");
  if (lease.purpose.empty()) return fail(Code::acl_lease, "a lease needs a purpose", "--purpose \"deploy 1.4\"");
  for (const auto& action : lease.actions)
    if (never_lent(action)) return fail(Code::acl_borrowable, action + " is never lent");
  if (lease.lender == lease.borrower) return fail(Code::acl_borrowable, "nobody borrows from themselves");
  TK_CHECK(check_via(store, lease, now));
  TK_TRY(auto used, weekly(store, lease, now));
  if (used + lease.ttl > caps.weekly)
    return fail(Code::acl_lease_cap, "that would make " + minutes(used + lease.ttl) + " of this right within seven days; " +
                                         minutes(caps.weekly) + " may be", "what is needed that often is a grant, not a lease");
  return {};
}

Result<record::Change> request_lease(record::Store& store, const Request& r, const record::Actor& by,
                                     const trace::Context& trace) {
  TK_TRY(auto lender, standing_of(store, r.lender.id));
  TK_TRY(auto borrower, standing_of(store, r.borrower.id));
  record::Change c;
  c.type = "borrow";
  c.id = ids::uuid7();
  if (auto ref = law::parse_ref(r.lender.ref)) c.context = ref->context;
  c.actor = by;
  c.trace = trace;
  c.reason = r.purpose;
  Value::List actions(r.actions.begin(), r.actions.end());
  auto now = clock::now_ns() / 1'000'000;
  c.input = {{"lender", r.lender.ref}, {"borrower", r.borrower.ref}, {"actions", std::move(actions)}, {"scope", r.scope},
             {"purpose", r.purpose}, {"ttl", r.ttl}, {"max_uses", r.max_uses}, {"uses", std::int64_t{0}},
             {"depth", r.depth}, {"on_revoke", r.on_revoke}, {"glass", r.glass},
             {"lender_epoch", lender.epoch}, {"borrower_epoch", borrower.epoch}};
  for (const auto& [name, value] : {std::pair{"when", r.when}, {"run", r.run}, {"via", r.via}, {"family", r.family}})
    if (!value.empty()) c.input.emplace(name, value);
  if (r.not_before > now) c.input.emplace("not_before", r.not_before);
  if (r.glass) c.input.emplace("review_due", now + kReviewWithin);
  return c;
}

Result<record::Outcome> use_lease(record::Store& store, Gate& gate, const record::Actor& actor, const std::string& action,
                                  const law::Ref& resource, const trace::Context& trace) {
  auto ask = [&]() { return gate.rule({actor, action, resource, nullptr, nullptr, &store.history(), {}, trace.trace_id}); };
  for (int tries = 0;; ++tries) {
    TK_TRY(auto ruling, ask());
    if (ruling.allow && ruling.leases.empty()) return fail(Code::acl_lease, "no lease is named");
    if (ruling.allow && !ruling.obligations.empty())
      return fail(Code::acl_lease, action + " needs approvals, which only a transition of tk can wait for");
    if (!ruling.allow) {
      TK_CHECK(store.refused(actor, action, resource, actor.borrow_id, ruling));
      return fail(Code::acl_lease, actor.ref + " may not " + action + " on " + resource.str() + ": " + ruling.reason,
                  "tk acl borrow list shows what is left of it");
    }
    std::vector<record::Change> batch;
    for (const auto& id : ruling.leases) {
      auto& c = batch.emplace_back();
      c.id = id;
      c.event = "use";
      c.input = {{"action", action}, {"resource", resource.str()}, {"purpose", actor.purpose}};
      c.actor = actor;
      c.actor.borrow_id = id;
      c.trace = trace;
      c.owed = "borrow";
    }
    batch.front().condition = [&]() -> Result<void> {
      TK_TRY(auto now, ask());
      if (now.allow && now.obligations.empty() && now.leases == ruling.leases) return {};
      return fail(Code::acl_lease, actor.ref + " may not " + action + " any more: " + now.reason);
    };
    auto done = store.apply(std::move(batch));
    if (done) return std::move(done->front());
    bool again = done.error().code == Code::record_conflict || done.error().code == Code::record_guard;
    if (!again || tries == 10'000) return fail(done.error());
  }
}

namespace {

record::Change ending(const Lease& lease, const record::Actor& by, const trace::Context& trace, const std::string& why) {
  record::Change c;
  c.id = lease.id;
  c.event = "end";
  c.input = {{"ended", why}};
  c.reason = why;
  c.actor = by;
  c.actor.borrow_id = lease.id;
  c.trace = trace;
  return c;
}

Result<void> end_tokens(record::Store& store, const Lease& lease, const std::string& trace_id, std::vector<record::Change>& batch) {
  std::vector<std::string> tokens;
  journal::Filter f;
  f.trace = trace_id;
  f.event = "token.issued";
  TK_CHECK(store.journal().each(f, [&](const journal::Stored& row) -> Result<bool> {
    tokens.push_back(row.row.entity_id);
    return true;
  }));
  for (const auto& id : tokens) {
    TK_TRY(auto token, store.get(id));
    if (token.type != "token" || token.state != "live") continue;
    auto c = batch.front();
    c.id = id;
    c.event = "revoke";
    c.input = {};
    c.reason = "lease " + lease.id + " was ended";
    c.owed = "lease";
    batch.push_back(std::move(c));
  }
  return {};
}

}  // namespace

Result<void> by_lease(record::Store& store, const law::Index& index, const Lease& lease, Wanted& wanted) {
  if (lease.borrower != wanted.subject.ref)
    return fail(Code::acl_lease, "the lease is " + lease.borrower + "'s, not " + wanted.subject.ref + "'s");
  if (auto over = lease.over(clock::now_ns() / 1'000'000); !over.empty()) return fail(Code::acl_lease, "the lease " + over);
  TK_TRY(auto lender, declared_actor(index, lease.lender));
  TK_TRY(auto lent_by, party_of(store, lender));
  wanted.chain.insert(wanted.chain.begin(), std::exchange(wanted.subject, lent_by));
  wanted.lease = lease.id;
  wanted.expires_ms = std::min(wanted.expires_ms, lease.expires());
  wanted.details = {{lease.actions, {lease.scope}, lease.id, lease.purpose}};
  return {};
}

Result<record::Outcome> end_lease(record::Store& store, const std::string& id, const record::Actor& by,
                                  const trace::Context& trace, const std::string& why) {
  // While it is used on and on, each use makes the end try again.
  for (int tries = 0;; ++tries) {
    TK_TRY(auto record, store.find(id, "borrow"));
    if (record.state == "ended") {  // it stands as it is asked for
      record::Outcome before;
      before.record = std::move(record);
      before.repeated = true;
      return before;
    }
    auto lease = lease_of(record);
    std::vector<record::Change> batch{ending(lease, by, trace, why)};
    const auto& who = by.on_behalf_of_ref.empty() ? by.ref : by.on_behalf_of_ref;
    if (who == lease.lender) batch[0].owed = "lender";
    if (who == lease.borrower) batch[0].owed = "borrower";
    // What law is asked about the lease is not asked by its right.
    if (batch[0].owed.empty()) batch[0].actor.borrow_id.clear();
    if (lease.on_revoke == "kill" && !lease.run.empty()) {
      TK_TRY(auto bound, binding_of(store, lease.run));
      TK_CHECK(end_tokens(store, lease, bound.trace, batch));
    }
    auto done = store.apply(std::move(batch));
    if (done) return std::move(done->front());
    auto code = done.error().code;
    if ((code != Code::record_conflict && code != Code::record_event) || tries == 1000) return fail(done.error());
  }
}

Result<std::size_t> end_spent_leases(record::Store& store, const record::Actor& by, const trace::Context& trace) {
  TK_TRY(auto all, store.list("borrow"));
  std::size_t n = 0;
  auto now = clock::now_ns() / 1'000'000;
  for (const auto& record : all) {
    auto lease = lease_of(record);
    if (record.state != "active" || lease.over(now).empty() || now < lease.not_before) continue;
    auto c = ending(lease, by, trace, lease.over(now));
    c.owed = "expiry";
    auto done = store.apply(std::move(c));
    if (!done && done.error().code != Code::record_conflict && done.error().code != Code::record_event) return fail(done.error());
    n += done ? 1 : 0;
  }
  return n;
}

Result<Binding> binding_of(record::Store& store, const std::string& run) {
  if (!ids::is_uuid(run)) return Binding{run, true};
  TK_TRY(auto record, store.get(run));
  Binding out;
  out.open = record.state == "running" || record.state == "waiting";
  journal::Filter f;
  f.entity = run;
  f.limit = 1;
  TK_CHECK(store.journal().each(f, [&](const journal::Stored& row) -> Result<bool> {
    out.trace = row.row.trace_id;
    return false;
  }));
  return out;
}

}  // namespace tk::acl
