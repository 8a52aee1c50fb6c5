#include "core/law/explain.hpp"

#include <algorithm>
#include <set>

#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;

// One way from the actor to a rule.
struct Path {
  const ActorGrantRow* held;
  const GrantRow* grant;
  Range closure;       // of the granted role
  std::size_t at;      // which row of the closure owns the rule
  const RoleRow* owner;
  const RuleRow* rule;
};

// Every rule that the actor reaches in this context. `looks` bounds the walk over all ways to them,
// which a hostile index can make the product of its tables; what is left is 0 when it was cut short.
template <class F>
void for_each_rule(std::string_view b, const EntityView& actor, std::string_view context,
                   std::size_t& looks, F f) {
  auto [entity, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  if (!one) return;
  auto [held, held_n] = rows<ActorGrantRow>(b, kActorGrants, entity->grants);
  for (std::size_t h = 0; h < held_n; ++h) {
    if (looks == 0) return;
    --looks;
    auto [grant, has_grant] = rows<GrantRow>(b, kGrants, {held[h].grant, 1});
    auto [role, has_role] = rows<RoleRow>(b, kRoles, {held[h].role, 1});
    if (!has_grant || !has_role || !covers(str(b, grant->context), context)) continue;
    auto [closure, closure_n] = rows<ClosureRow>(b, kClosure, role->closure);
    for (std::size_t c = 0; c < closure_n; ++c) {
      if (looks == 0) return;
      --looks;
      auto [owner, has_owner] = rows<RoleRow>(b, kRoles, {closure[c].role, 1});
      if (!has_owner) continue;
      auto [rules, rules_n] = rows<RuleRow>(b, kRules, owner->rules);
      for (std::size_t r = 0; r < rules_n; ++r) {
        auto cost = std::size_t{1} + rules[r].actions.size;
        if (looks < cost) return void(looks = 0);
        looks -= cost;
        f(Path{held + h, grant, role->closure, c, owner, rules + r});
      }
    }
  }
}

RuleHit describe_hit(std::string_view b, const Path& p) {
  RuleHit hit;
  hit.id = str(b, p.rule->id);
  hit.file = str(b, p.rule->file);
  hit.line = static_cast<int>(p.rule->line);
  hit.resource = str(b, p.rule->resource);
  hit.permit = p.rule->permit != 0;
  if (p.rule->when) {
    auto [when, has_when] = rows<ConditionRow>(b, kConditions, {p.rule->when - 1, 1});
    if (has_when) hit.when = str(b, when->text);
  }
  hit.role = str(b, p.owner->ref);
  hit.grant = str(b, p.grant->id);
  hit.grant_file = str(b, p.grant->file);
  hit.grant_line = static_cast<int>(p.grant->line);
  hit.grant_context = str(b, p.grant->context);
  hit.via = str(b, p.held->via);
  auto [closure, n] = rows<ClosureRow>(b, kClosure, p.closure);
  for (auto at = p.at; at < n && hit.inheritance.size() <= kMaxNesting;) {
    auto [role, one] = rows<RoleRow>(b, kRoles, {closure[at].role, 1});
    if (one) hit.inheritance.push_back(str(b, role->ref));
    std::size_t parent = closure[at].parent - p.closure.at;
    if (parent >= at) break;
    at = parent;
  }
  std::reverse(hit.inheritance.begin(), hit.inheritance.end());
  return hit;
}

bool names_action(std::string_view b, const RuleRow& rule, std::string_view action) {
  auto [patterns, n] = rows<Str>(b, kActionPatterns, rule.actions);
  for (std::size_t i = 0; i < n; ++i)
    if (action_matches(str(b, patterns[i]), action)) return true;
  return false;
}

// What is missing, seen from the actor: the first link of the chain that does not hold.
std::string first_missing_link(std::string_view b, const EntityView& actor,
                               std::string_view action, const Ref& resource) {
  auto who = actor.str();
  auto [entity, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  if (!one || entity->grants.size == 0) return "no grant gives " + who + " a role";
  bool any = false;
  std::string near, unmet;
  auto looks = kMaxLooks;
  for_each_rule(b, actor, resource.context, looks, [&](const Path& p) {
    any = true;
    if (!p.rule->permit || !names_action(b, *p.rule, action)) return;
    auto id = std::string(str(b, p.rule->id)), pattern = std::string(str(b, p.rule->resource));
    if (!matches(pattern, resource.type, resource.context, resource.name)) {
      if (near.empty())
        near = "rule " + id + " permits " + std::string(action) + " on " + pattern + ", which does not cover " + resource.str();
      return;
    }
    auto [when, has_when] = rows<ConditionRow>(b, kConditions, {p.rule->when - 1, 1});
    if (unmet.empty() && has_when) unmet = "the condition of rule " + id + " does not hold: " + std::string(str(b, when->text));
  });
  if (!unmet.empty()) return unmet;
  if (!near.empty()) return near;
  if (!any)
    return "no grant of " + who + " holds in " +
           (resource.context.empty() ? "the root context" : resource.context);
  return "no rule of " + who + "'s roles permits " + std::string(action);
}

std::string_view algorithm_of(Combining combining) {
  return combining == Combining::permit_overrides ? "permit-overrides: permit overrides forbid; no rule = deny"
                                                  : "forbid-overrides: forbid overrides permit; no rule = deny";
}

std::string reason_of(const Index& index, const Verdict& v, const EntityView& actor, std::string_view action,
                      const Ref& resource, bool halted) {
  if (halted) return actor.str() + " is halted";
  if (!actor.active()) return actor.str() + " is " + std::string(actor.state);
  if (v.error)
    return "the condition of rule " + std::string(index.rule(v.failed).id) + " failed: " + v.failure;
  if (v.rules.empty()) return first_missing_link(index.bytes(), actor, action, resource);
  auto id = std::string(index.rule(v.rules.front()).id);
  switch (v.answer) {
    case Answer::deny: return "forbidden by rule " + id;
    case Answer::ask: return "rule " + id + " permits it after an obligation is met";
    case Answer::modify: return "permitted by rule " + id + ", with changed arguments";
    case Answer::allow: break;
  }
  return "permitted by rule " + id;
}

}  // namespace

Decision explain(Engine& engine, const EntityView& actor, std::uint32_t action, const Target& resource,
                 const Facts& facts, bool nearest) {
  const auto& index = engine.index();
  auto b = index.bytes();
  auto [names, n] = all<Str>(b, kActionNames);
  auto name = action < n ? str(b, names[action]) : std::string_view();
  Verdict v;
  engine.decide(actor, action, resource, facts, Detail::all, v);
  Decision out;
  out.answer = v.answer;
  out.allow = v.allowed();
  out.error = v.error;
  out.policy_hash = index.policy_hash();
  out.algorithm = algorithm_of(index.combining());
  bool halted = facts.history && facts.history->halted(actor);
  out.reason = reason_of(index, v, actor, name, resource.ref, halted);
  // By several ways to a rule the first one counts.
  std::set<const RuleRow*> wanted, shown;
  for (auto number : v.rules) {
    auto [rule, one] = rows<RuleRow>(b, kRules, {number, 1});
    if (one) wanted.insert(rule);
    if (v.answer == Answer::ask)
      for (auto o : index.rule(number).obligations) out.obligations.push_back(o);
  }
  auto looks = kMaxLooks;
  if (!wanted.empty())
    for_each_rule(b, actor, resource.ref.context, looks, [&](const Path& p) {
      if (wanted.contains(p.rule) && shown.insert(p.rule).second) out.determining.push_back(describe_hit(b, p));
    });
  if (nearest && halted)
    out.nearest.emplace().changes.push_back({"state", "the actor is not halted", "tk law resume " + actor.str()});
  else if (nearest && out.answer == Answer::deny && (v.rules.empty() || v.error))
    out.nearest = nearest_permit(engine, actor, action, resource, facts);
  return out;
}

}  // namespace tk::law
