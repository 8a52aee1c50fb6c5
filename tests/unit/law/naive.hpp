// Law decided from the declarations themselves, one after another, with nothing indexed: what the engine has to
// agree with. Conditions are run over plain maps, not over the engine's slots.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/expr/program.hpp"
#include "core/law/engine.hpp"

namespace tk::naive {

struct Outcome {
  law::Answer answer = law::Answer::deny;
  bool error = false;
  std::set<std::string> rules;  // context/id
};

class Law {
 public:
  explicit Law(const law::Model& model) : m_(model) {
    env_.variable("actor").variable("resource").variable("context").variable("action").variable("time");
  }

  Outcome decide(const law::Ref& actor, const std::string& action, const law::Ref& resource, const Value::Map& context) {
    Outcome out;
    const auto* who = find(actor);
    if (!who || who->state != "active") return out;
    std::set<std::string> permits, forbids;
    bool asks = false, changes = false, failed = false, forbidden = false;
    for (const auto& rule : m_.rules) {
      if (!holds(actor, rule.role, resource.context)) continue;
      if (std::none_of(rule.actions.begin(), rule.actions.end(), [&](auto& a) { return law::action_matches(a, action); })) continue;
      if (!law::matches(rule.resource, resource.type, resource.context, resource.name)) continue;
      auto met = condition(rule.when.text, *who, action, resource, context);
      if (met == -1) failed = true;
      if (met == 0 || (met == -1 && rule.permit)) continue;
      if (met == 1 && !rule.permit) forbidden = true;
      (rule.permit ? permits : forbids).insert(rule.context + "/" + rule.id);
      if (rule.permit) asks |= !rule.obligations.empty(), changes |= !rule.sets.empty();
    }
    bool permit_wins = m_.combining == law::Combining::permit_overrides;
    bool allowed = permit_wins ? !permits.empty() : !permits.empty() && forbids.empty();
    if (allowed) out.answer = asks ? law::Answer::ask : changes ? law::Answer::modify : law::Answer::allow;
    out.rules = allowed ? permits : forbids;
    out.error = failed && !allowed && !forbidden;
    return out;
  }

 private:
  const law::Entity* find(const law::Ref& ref) const {
    for (const auto& e : m_.entities)
      if (e.ref == ref) return &e;
    return nullptr;
  }
  static bool is(const std::string& written, const law::Ref& ref) {
    if (written.find('*') != written.npos) return law::matches(written, ref.type, ref.context, ref.name);
    auto r = law::parse_ref(written);
    return r && r->type == ref.type && r->name == ref.name && (r->context.empty() || r->context == ref.context);
  }
  // Everything that an actor is: itself and the groups around it.
  void holders(const law::Ref& ref, std::set<law::Ref>& out) const {
    if (!out.insert(ref).second) return;
    for (const auto& m : m_.members)
      if (is(m.member, ref)) holders(m.group, out);
  }
  void inherited(const std::string& role, std::set<law::Ref>& out) const {
    for (const auto& r : m_.roles) {
      if (!is(role, r.ref) || !r.active || !out.insert(r.ref).second) continue;
      for (const auto& [parent, where] : r.inherits) inherited(parent, out);
    }
  }
  bool holds(const law::Ref& actor, const std::string& role, const std::string& context) const {
    std::set<law::Ref> who;
    holders(actor, who);
    for (const auto& g : m_.grants) {
      if (!law::covers(g.context, context)) continue;
      if (std::none_of(who.begin(), who.end(), [&](auto& w) { return is(g.to, w); })) continue;
      std::set<law::Ref> all;
      inherited(g.role, all);
      if (std::any_of(all.begin(), all.end(), [&](auto& r) { return is(role, r); })) return true;
    }
    return false;
  }
  Value map_of(const law::Ref& ref, const law::Entity* e) const {
    Value::Map out{{"type", ref.type}, {"context", ref.context}, {"name", ref.name}, {"ref", ref.str()}};
    if (!e) return out;
    out["state"] = e->state;
    for (const auto& [k, a] : e->attributes) out[k] = a.value.is_null() ? Value(a.text) : a.value;
    return out;
  }
  // 1 met, 0 not, -1 it failed
  int condition(const std::string& text, const law::Entity& actor, const std::string& action, const law::Ref& resource,
                const Value::Map& context) {
    if (text.empty()) return 1;
    auto it = programs_.find(text);
    if (it == programs_.end()) it = programs_.emplace(text, expr::Program::compile(text, env_).value()).first;
    std::map<std::string, Value> known{{"actor", map_of(actor.ref, &actor)}, {"resource", map_of(resource, find(resource))},
                                       {"context", Value(context)}, {"action", Value(action)}, {"time", Value(Timestamp{0})}};
    std::vector<expr::Cell> slots;
    for (const auto& input : it->second.inputs()) slots.push_back(expr::Cell::of(known[input.name]));
    auto cell = it->second.run(slots, scratch_);
    return cell.kind() == expr::Cell::Kind::boolean ? cell.is_true() : -1;
  }

  const law::Model& m_;
  expr::Environment env_;
  std::map<std::string, expr::Program> programs_;
  expr::Scratch scratch_;
};

}  // namespace tk::naive
