#include "core/acl/gate.hpp"

#include <algorithm>

#include "core/acl/detail/asked.hpp"
#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/text.hpp"

namespace tk::acl {
namespace {

constexpr std::int64_t kRemember = 1'000'000'000;

// Records of rights stand for whom they are about: law is asked about that one.
law::Ref about(const record::Question& q) {
  const auto& type = q.resource.type;
  const char* member = type == "standing" || type == "token" || type == "refresh" ? "actor"
                       : type == "borrow"                                         ? "lender"
                                                                                  : nullptr;
  if (!member) return q.resource;
  for (const auto* from : {q.fields, q.input})
    if (from)
      if (auto it = from->find(member); it != from->end())
        if (auto ref = law::parse_ref(it->second.text())) return *ref;
  return q.resource;
}

record::Ruling no(std::string reason, std::string_view policy) {
  record::Ruling out;
  out.reason = std::move(reason);
  out.policy_hash = policy;
  return out;
}

// What a token is limited to; law is not asked beyond it.
bool within(const record::Actor& actor, const std::string& action, const law::Ref& r) {
  if (actor.limits.empty()) return true;
  return std::any_of(actor.limits.begin(), actor.limits.end(), [&](const auto& limit) {
    return std::any_of(limit.actions.begin(), limit.actions.end(), [&](const auto& a) { return law::action_matches(a, action); }) &&
           std::any_of(limit.resources.begin(), limit.resources.end(),
                       [&](const auto& p) { return law::matches(p, r.type, r.context, r.name); });
  });
}

}  // namespace

law::Engine& Gate::engine() {
  if (!engine_ || commit_ != index_.commit()) {
    engine_.emplace(index_);
    commit_ = index_.commit();
  }
  return *engine_;
}

Result<std::string> Gate::look_for_trouble(const record::Actor& actor) {
  for (const auto& id : {actor.id, actor.on_behalf_of}) {
    if (id.empty()) continue;
    TK_TRY(auto standing, standing_of(*store_, id));
    if (standing.halted) return (id == actor.id ? actor.ref : actor.on_behalf_of_ref) + " is halted since " + standing.since;
    if (actor.asked_ns > 0 && standing.changed_ns >= actor.asked_ns)
      return "the rights of " + (id == actor.id ? actor.ref : actor.on_behalf_of_ref) + " were revoked since it asked";
  }
  if (!actor.token.empty()) {
    auto token = store_->get(actor.token);
    if (!token && token.error().code != Code::record_unknown) return fail(token.error());
    if (!token || token->type != "token" || token->state != "live") return std::string("its token was ended");
    TK_TRY(auto standing, standing_of(*store_, actor.on_behalf_of.empty() ? actor.id : actor.on_behalf_of));
    // Of a lease's token it is the lender's epoch, which the lease itself looks to.
    if (actor.borrow_id.empty() && token->fields.contains("epoch") && token->fields.at("epoch").integer() != standing.epoch)
      return std::string("the rights that its token was made from were revoked");
  }
  if (!actor.family.empty()) {
    auto family = store_->get(actor.family);
    if (!family && family.error().code != Code::record_unknown) return fail(family.error());
    if (!family || family->state != "live") return std::string("its family of tokens was ended");
  }
  return std::string();
}

Result<std::string> Gate::trouble(const record::Actor& actor) {
  if (!store_) return std::string();
  auto* live = store_->journal().live();
  auto now = clock::monotonic_ns();
  auto standing = live ? live->standing() : 0;  // before the look: what changes during it is seen next time
  if (!live || standing != standing_ || now - looked_ns_ > kRemember) troubles_.clear();
  if (troubles_.empty()) looked_ns_ = now;
  standing_ = standing;
  auto key = actor.id + " " + actor.on_behalf_of + " " + actor.token + " " + actor.family +
             " " + std::to_string(actor.asked_ns);
  if (auto it = troubles_.find(key); it != troubles_.end()) return it->second;
  TK_TRY(auto why, look_for_trouble(actor));
  troubles_.emplace(std::move(key), why);
  return why;
}

// What an agent must not do even by a person's right, since it would be that person's word, or outlive it.
Result<std::string> Gate::of_persons_only(const record::Question& q, const law::Ref& resource) {
  const auto& a = q.actor;
  bool agent = a.kind == "agent";
  if (agent && q.action == "token.issue" && !a.borrow_id.empty()) return std::string("a lease makes no token");
  bool step = q.input && q.input->contains("kind") && q.input->at("kind") == Value("step");
  if (agent && q.action == "token.issue" && !step && (resource.type == "user" || !a.on_behalf_of.empty()))
    return std::string("an agent makes no token that carries a person's rights");
  if (q.action != "borrow.review" || !store_) return std::string();
  if (agent) return std::string("agents review nothing");
  // Nobody reviews what they took themselves, for whomever.
  journal::Filter first;
  first.entity = q.resource.name;
  first.limit = 1;
  std::string why;
  TK_CHECK(store_->journal().each(first, [&](const journal::Stored& row) -> Result<bool> {
    for (const auto& taker : {row.row.actor_id, row.row.on_behalf_of})
      if (!taker.empty() && (taker == a.id || taker == a.on_behalf_of)) why = "nobody reviews what they took themselves";
    return false;
  }));
  return why;
}

Result<record::Ruling> Gate::rule(const record::Question& q) {
  TK_CHECK(index_.check_action(q.action));
  TK_TRY(auto why, trouble(q.actor));
  if (!why.empty()) return no(why, index_.policy_hash());
  auto resource = about(q);
  if (!within(q.actor, q.action, resource))
    return no("its token is limited to other actions or resources", index_.policy_hash());
  TK_TRY(why, of_persons_only(q, resource));
  if (!why.empty()) return no(why, index_.policy_hash());
  auto& law = engine();
  auto name = q.action;
  bool glass = q.input && q.input->contains("glass") && q.input->at("glass") == Value(true);
  if (name == "borrow.request" && glass) name = "borrow.break-glass";
  Asked asked{q, *law.action(name), name, law.target(resource), {}};
  asked.facts.context = q.input;
  asked.facts.fields = q.fields;
  asked.facts.now_ns = clock::now_ns();
  asked.facts.history = q.history;
  asked.facts.labels = q.labels;
  if (!q.actor.borrow_id.empty()) return borrowed(asked);
  TK_TRY(auto ruling, own(asked));
  if (ruling.allow && q.action == "borrow.request") TK_CHECK(new_lease(asked, ruling));
  ruling.of_journal = q.action == "borrow.request";  // caps, and what is left of a lease that is lent on
  return ruling;
}

record::Ruling Gate::ruled(Asked& asked, const law::Decision& decision) const {
  record::Ruling out;
  out.allow = decision.allow || decision.answer == law::Answer::ask;
  out.error = decision.error;
  out.reason = decision.reason;
  out.policy_hash = decision.policy_hash;
  for (const auto& o : decision.obligations) out.obligations.push_back({std::string(o.kind), std::string(o.of), o.n});
  if (!decision.determining.empty()) out.rule_id = decision.determining.front().id;
  const auto& target = asked.target;
  auto labels = target.declared() ? index_.attribute(target.entity, "labels").value_or("") : std::string_view();
  for (auto label : text::split(labels, ','))
    if (!text::trim(label).empty()) out.labels.emplace_back(text::trim(label));
  return out;
}

Result<void> Gate::Asked::change(law::Engine& law, const law::EntityView& actor, const law::Decision& decision,
                           record::Ruling& out) {
  if (decision.answer != law::Answer::modify && decision.answer != law::Answer::ask) return {};
  law::Verdict verdict;
  law.decide(actor, action, target, facts, law::Detail::all, verdict);
  TK_TRY(auto arguments, law.changed_arguments(actor, action, target, facts, verdict));
  if (!q.input || arguments != *q.input) out.arguments = std::move(arguments);
  return {};
}

Result<record::Ruling> Gate::own(Asked& asked) {
  const auto& a = asked.q.actor;
  TK_TRY(auto ref, law::parse_ref(a.on_behalf_of_ref.empty() ? a.ref : a.on_behalf_of_ref));
  TK_TRY(auto actor, index_.find(ref));
  auto decision = law::explain(engine(), actor, asked.action, asked.target, asked.facts);
  auto out = ruled(asked, decision);
  TK_CHECK(asked.change(engine(), actor, decision, out));
  return out;
}

Result<bool> Gate::holds(const record::Actor& actor, const std::string& whom, const law::Ref& parked) {
  TK_TRY(auto whom_ref, law::parse_ref(whom));
  TK_TRY(auto wanted, index_.find(whom_ref));
  TK_TRY(auto ref, law::parse_ref(actor.on_behalf_of_ref.empty() ? actor.ref : actor.on_behalf_of_ref));
  TK_TRY(auto entity, index_.find(ref));
  auto name = wanted.str();
  if (entity.str() == name) {
    TK_TRY(auto why, trouble(actor));
    return entity.active() && why.empty();
  }
  auto& law = engine();
  law::Facts facts;
  facts.now_ns = clock::now_ns();
  auto decision = law::explain(law, entity, *law.action("cast.answer"), law.target(parked), facts);
  if (!decision.allow) return false;
  for (const auto& hit : decision.determining) {
    for (auto group : text::split(hit.via, '>'))
      if (text::trim(group) == name) return true;
    for (auto role : hit.inheritance)
      if (role == name) return true;
  }
  return false;
}

}  // namespace tk::acl
