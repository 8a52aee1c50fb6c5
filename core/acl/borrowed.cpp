// The gate where the right is another's: leases, when they are used and when they are given.
#include "core/acl/detail/asked.hpp"
#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"

namespace tk::acl {
namespace {

bool forbidden(const law::Decision& d) {
  return !d.allow && d.answer != law::Answer::ask && !d.determining.empty() && !d.determining.front().permit;
}

bool never(const law::Index& index, const law::EntityView& entity) {
  auto said = index.attribute(entity, "borrowable");
  return said && *said != "yes";
}

record::Ruling no(const Lease& lease, const std::string& why, std::string_view policy) {
  record::Ruling out;
  out.reason = "lease " + lease.id + " " + why;
  out.policy_hash = policy;
  return out;
}

// Whether the token was made for a step of another run than the lease is bound to. A trace is a word of the caller's;
// what its token was made for is not.
Result<bool> of_another_run(record::Store& store, const std::string& token, const Lease& lease) {
  if (token.empty() || !ids::is_uuid(lease.run)) return false;
  auto made = store.get(token);
  if (!made || made->parent.empty()) return made || made.error().code == Code::record_unknown ? Result<bool>(false) : fail(made.error());
  TK_TRY(auto step, store.get(made->parent));
  return step.type == "step" && step.parent != lease.run;
}

}  // namespace

// Whether it is still what it was when it was given: both parties stand as they did then.
Result<std::string> Gate::void_now(const Lease& lease, std::string_view trace) {
  for (auto [who, epoch] : {std::pair{lease.lender, lease.lender_epoch}, {lease.borrower, lease.borrower_epoch}}) {
    TK_TRY(auto ref, law::parse_ref(who));
    auto entity = index_.find(ref);
    if (!entity) return "is void: " + who + " is not declared any more";
    if (!entity->active()) return "is void: " + who + " is " + std::string(entity->state);
    TK_TRY(auto standing, standing_of(*store_, entity->id.empty() ? who : std::string(entity->id)));
    if (standing.halted) return "is void: " + who + " is halted";
    if (standing.epoch != epoch) return "is void: the rights of " + who + " were revoked since";
  }
  if (!lease.run.empty()) {
    TK_TRY(auto bound, binding_of(*store_, lease.run));
    if (!bound.open) return "is bound to run " + lease.run + ", which is over";
    if (!trace.empty() && bound.trace != trace) return std::string("is bound to another run");
  }
  if (lease.family.empty()) return std::string();
  auto family = store_->get(lease.family);
  if (!family && family.error().code != Code::record_unknown) return fail(family.error());
  return std::string(family && family->state == "live" ? "" : "is void: it was borrowed with tokens that were ended since");
}

// What is marked borrowable="never", among all that this right comes from.
Result<std::string> Gate::not_lent(Asked& asked, const law::Decision& decision) const {
  if (asked.target.declared() && never(index_, asked.target.entity)) return asked.target.entity.str() + " is never lent";
  for (const auto& action : index_.entities("action"))
    if (action.name == asked.name && never(index_, action)) return asked.name + " is never lent";
  for (const char* type : {"rule", "grant"})
    for (const auto& e : index_.entities(type)) {
      bool here = false;
      for (const auto& hit : decision.determining)
        here = here || (e.type == "rule" ? e.name == hit.id && e.file == hit.file : e.name == hit.grant && e.file == hit.grant_file);
      if (here && never(index_, e)) return e.str() + " is never lent";
    }
  return std::string();
}

Result<record::Ruling> Gate::borrowed(Asked& asked) {
  const auto& q = asked.q;
  auto policy = index_.policy_hash();
  auto& law = engine();
  Lease lease;
  lease.id = q.actor.borrow_id;
  if (!store_) return no(lease, "cannot be looked up here", policy);
  auto now = asked.facts.now_ns / 1'000'000;
  auto user = q.actor.on_behalf_of_ref.empty() ? q.actor.ref : q.actor.on_behalf_of_ref;
  bool parked = false;
  record::Ruling out;
  std::vector<std::string> leases;
  for (auto id = q.actor.borrow_id; !id.empty(); id = lease.via) {
    lease.id = id;
    TK_TRY(auto found, find_lease(*store_, id));
    if (!found) return no(lease, "does not exist", policy);
    lease = std::move(*found);
    if (lease.borrower != user) return no(lease, "is not lent to " + user, policy);
    // A lease may say that what comes after its end waits for its lender instead of being refused.
    if (lease.state == "ended" && lease.on_revoke == "park") {
      parked = true;
      lease.state = "active";
    }
    if (auto why = lease.refuses(q.action, asked.target.ref, q.actor.purpose, now); !why.empty())
      return no(lease, why, policy);
    TK_TRY(auto why, void_now(lease, q.trace_id.empty() ? "-" : q.trace_id));
    if (!why.empty()) return no(lease, why, policy);
    TK_TRY(bool elsewhere, of_another_run(*store_, q.actor.token, lease));
    if (elsewhere) return no(lease, "is bound to another run", policy);
    TK_TRY(auto borrower_ref, law::parse_ref(lease.borrower));
    TK_TRY(auto borrower, index_.find(borrower_ref));
    auto theirs = law::explain(law, borrower, asked.action, asked.target, asked.facts);
    if (forbidden(theirs)) return ruled(asked, theirs);
    leases.push_back(lease.id);
    if (leases.size() > 9) return no(lease, "is lent on too often", policy);
    user = lease.lender;
    if (!lease.when.empty()) {
      auto condition = expr::Program::compile(lease.when, law.environment());
      TK_TRY(auto lender_ref, law::parse_ref(lease.lender));
      TK_TRY(auto lender, index_.find(lender_ref));
      auto holds = condition ? law.holds(*condition, lender, asked.action, asked.target, asked.facts, nullptr) : std::nullopt;
      if (holds != true) return no(lease, "holds only when " + lease.when, policy);
    }
  }
  TK_TRY(auto lender_ref, law::parse_ref(lease.lender));
  TK_TRY(auto lender, index_.find(lender_ref));
  auto decision = law::explain(law, lender, asked.action, asked.target, asked.facts);
  out = ruled(asked, decision);
  if (!out.allow) {
    out.reason = lease.lender + ", the lender, may not: " + out.reason;
    return out;
  }
  TK_TRY(auto kept, not_lent(asked, decision));
  if (!kept.empty()) return no(lease, "does not hold here: " + kept, policy);
  TK_CHECK(asked.change(law, lender, decision, out));
  if (parked) out.obligations.push_back({"approval", lease.lender, 1});
  else out.leases = std::move(leases);
  return out;
}

// Law lets somebody ask for a lease; whether it can be given, and who has to consent, is said here.
Result<void> Gate::new_lease(Asked& asked, record::Ruling& ruling) {
  if (!store_ || !asked.q.input) return fail(Code::acl_lease, "no lease can be given here");
  auto now = asked.facts.now_ns / 1'000'000;
  auto lease = lease_of(*asked.q.input, now);
  TK_CHECK(check_new_lease(*store_, lease, caps_, now));
  TK_TRY(auto why, void_now(lease, ""));
  if (!why.empty()) return fail(Code::acl_lease, "the lease " + why, "ask anew");
  if (!lease.when.empty()) TK_CHECK(expr::Program::compile(lease.when, engine().environment()));
  const auto& a = asked.q.actor;
  const auto& who = a.on_behalf_of_ref.empty() ? a.ref : a.on_behalf_of_ref;
  // Who asks for what is theirs has consented by it; but nobody's word is an agent's to give.
  bool consents = who == lease.lender && (a.kind != "agent" || a.on_behalf_of.empty());
  if (!consents && !lease.glass && lease.lender.starts_with("agent:"))
    return fail(Code::acl_borrowable, lease.lender + " cannot be asked: agents never approve",
                "an agent lends what it holds by asking for the lease itself");
  if (lease.glass && a.kind == "agent" && !a.on_behalf_of.empty())
    return fail(Code::acl_borrowable, "an agent breaks no glass in a person's name");
  record::Obligation consent{"approval", lease.lender, 1};
  auto& all = ruling.obligations;
  if (!consents && !lease.glass && std::find(all.begin(), all.end(), consent) == all.end()) all.push_back(consent);
  return {};
}

}  // namespace tk::acl
