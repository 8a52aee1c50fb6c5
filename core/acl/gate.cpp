#include "core/acl/gate.hpp"

#include "core/acl/token.hpp"
#include "core/base/clock.hpp"
#include "core/law/explain.hpp"
#include "core/base/text.hpp"
#include "core/os/terminal.hpp"

namespace tk::acl {
namespace {

Result<record::Actor> of_entity(const law::Index& index, const law::EntityView& e) {
  if (!e.active())
    return fail(Code::acl_inactive, e.str() + " is " + std::string(e.state));
  record::Actor actor;
  actor.kind = e.type;
  actor.id = e.id.empty() ? e.str() : std::string(e.id);
  actor.ref = e.str();
  if (auto sponsor = index.attribute(e, "sponsor"))
    if (auto ref = law::parse_ref(*sponsor))
      if (auto found = index.find(*ref)) actor.sponsor = found->id;
  return actor;
}

Result<record::Actor> from_token(record::Store& store, const law::Index& index, const Realm& realm,
                                 const std::string& token) {
  TK_TRY(auto found, Verifier(store, index, realm).verify(token));
  if (!found->valid)
    return fail(Code::acl_bad_token, "TK_TOKEN does not count: " + found->reason,
                "a step's token dies with the step; others are made by tk acl token");
  return found->actor;
}

Result<record::Actor> from_unix_user(const law::Index& index) {
  auto name = os::user_name();
  for (const auto& e : index.entities("user"))
    if (index.attribute(e, "unix") == name) return of_entity(index, e);
  return fail(Code::acl_no_actor, "no user entity has unix=\"" + name + "\" at HEAD",
              "an owner can add one: tk repo new user " + name + " unix=" + name);
}

}  // namespace

law::Engine& Gate::engine() {
  if (!engine_ || commit_ != index_.commit()) {
    engine_.emplace(index_);
    commit_ = index_.commit();
  }
  return *engine_;
}

Result<record::Ruling> Gate::rule(const record::Question& q) {
  TK_CHECK(index_.check_action(q.action));
  const auto& whose = q.actor.on_behalf_of_ref.empty() ? q.actor.ref : q.actor.on_behalf_of_ref;
  TK_TRY(auto ref, law::parse_ref(whose));
  TK_TRY(auto actor, index_.find(ref));
  auto& law = engine();
  auto action = *law.action(q.action);
  auto target = law.target(q.resource);
  law::Facts facts;
  facts.context = q.input;
  facts.fields = q.fields;
  facts.now_ns = clock::now_ns();
  facts.history = q.history;
  facts.labels = q.labels;
  auto decision = law::explain(law, actor, action, target, facts);
  record::Ruling out;
  out.allow = decision.allow || decision.answer == law::Answer::ask;
  out.error = decision.error;
  out.reason = decision.reason;
  out.policy_hash = decision.policy_hash;
  for (const auto& o : decision.obligations)
    out.obligations.push_back({std::string(o.kind), std::string(o.of), o.n});
  if (!decision.determining.empty()) out.rule_id = decision.determining.front().id;
  auto labels = target.declared() ? index_.attribute(target.entity, "labels").value_or("") : std::string_view();
  for (auto label : text::split(labels, ','))
    if (!text::trim(label).empty()) out.labels.emplace_back(text::trim(label));
  if (decision.answer == law::Answer::modify || decision.answer == law::Answer::ask) {
    law::Verdict verdict;
    law.decide(actor, action, target, facts, law::Detail::all, verdict);
    TK_TRY(auto arguments, law.changed_arguments(actor, action, target, facts, verdict));
    if (!q.input || arguments != *q.input) out.arguments = std::move(arguments);
  }
  return out;
}

Result<bool> Gate::holds(const record::Actor& actor, const std::string& whom, const law::Ref& parked) {
  TK_TRY(auto whom_ref, law::parse_ref(whom));
  TK_TRY(auto wanted, index_.find(whom_ref));
  TK_TRY(auto ref, law::parse_ref(actor.on_behalf_of_ref.empty() ? actor.ref : actor.on_behalf_of_ref));
  TK_TRY(auto entity, index_.find(ref));
  auto name = wanted.str();
  if (entity.str() == name) return true;
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

Result<record::Actor> actor_of(const law::Index& index, const law::Ref& ref) {
  TK_TRY(auto entity, index.find(ref));
  if (ref.type != "user" && ref.type != "agent")
    return fail(Code::acl_no_actor, ref.str() + " is no actor", "actors are users and agents");
  return of_entity(index, entity);
}

Result<record::Actor> identify(record::Store& store, Gate& gate, const Realm& realm, const std::string& as) {
  auto token = os::environment("TK_TOKEN");
  if (!token.empty()) {
    if (!as.empty())
      return fail(Code::acl_act_as, "--as is refused while TK_TOKEN is set",
                  "an agent speaks for itself");
    return from_token(store, gate.index(), realm, token);
  }
  TK_TRY(auto caller, from_unix_user(gate.index()));
  if (as.empty()) return caller;
  TK_TRY(auto ref, law::parse_ref(as));
  TK_TRY(auto other, actor_of(gate.index(), ref));
  if (other.ref == caller.ref) return caller;
  TK_TRY(auto full, law::parse_ref(other.ref));
  TK_TRY(auto ruling, gate.rule({caller, "actor.act-as", full}));
  if (!ruling.allow) TK_CHECK(store.refused(caller, "actor.act-as", full, other.id, ruling));
  if (!ruling.allow)
    return fail(Code::acl_act_as, caller.ref + " may not act as " + other.ref + ": " + ruling.reason,
                "see: tk law explain " + caller.ref + " actor.act-as " + other.ref);
  caller.on_behalf_of = other.id;
  caller.on_behalf_of_ref = other.ref;
  return caller;
}

}  // namespace tk::acl
