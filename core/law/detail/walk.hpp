// Two laws side by side: which questions can have another answer. Everything that a decision rests on has a
// digest on each side; where those are equal nothing is asked.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "core/law/detail/bucket.hpp"
#include "core/law/detail/tables.hpp"
#include "core/law/search.hpp"

namespace tk::law::detail {

inline std::uint64_t mix(std::uint64_t h, std::string_view text) {
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  h = (h ^ 0xFF) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 31;
}

// One of the two laws, with a digest of everything that a decision can rest on.
class Side {
 public:
  explicit Side(const Index& index) : index_(index), engine_(index) {
    auto b = index.bytes();
    auto [names, n] = all<Str>(b, kActionNames);
    for (std::uint32_t i = 0; i < n; ++i) actions_.emplace(str(b, names[i]), i);
    auto [roles, roles_n] = all<RoleRow>(b, kRoles);
    for (std::uint32_t i = 0; i < roles_n; ++i) roles_.emplace(str(b, roles[i].ref), i);
    digest_rules();
    auto [groups, groups_n] = all<GroupRow>(b, kGroups);
    for (std::size_t g = 0; g < groups_n; ++g) {
      if (!groups[g].bucket) continue;
      std::uint64_t sum = 0;
      auto [row, size] = rows<CandidateRow>(b, kCandidates, groups[g].candidates);
      for (std::size_t i = 0; i < size; ++i) sum += row[i].rule < rules_.size() ? rules_[row[i].rule] : 0;
      groups_[std::uint64_t{groups[g].bucket - 1} << 32 | groups[g].action] = sum;
    }
  }

  // Of all rules that cover a resource and an action; 0 = there are none.
  std::uint64_t group(const Target& t, std::uint32_t action) const {
    std::uint64_t sum = 0;
    for (auto bucket : t.buckets)
      if (auto it = groups_.find(std::uint64_t{bucket} << 32 | action); it != groups_.end()) sum += it->second;
    return sum;
  }

  std::uint64_t actor(const EntityView& e) const {
    auto b = index_.bytes();
    auto [row, one] = rows<EntityRow>(b, kEntities, {e.number, 1});
    if (!one) return 0;
    auto h = mix(attributes(e), e.state);
    auto [held, n] = rows<HoldingRow>(b, kHoldings, row->holdings);
    for (std::size_t i = 0; i < n; ++i) {
      std::uint64_t sum = 0;
      auto [words, words_n] = rows<std::uint64_t>(b, kWords, held[i].words);
      for (std::uint32_t role = 0; role < words_n * 64; ++role)
        if (words[role / 64] >> role % 64 & 1)
          if (auto [r, found] = rows<RoleRow>(b, kRoles, {role, 1}); found) sum += mix(1469598103934665603u, str(b, r->ref));
      h += mix(sum, str(b, held[i].context));
    }
    return h;
  }

  std::uint64_t attributes(const EntityView& e) const {
    std::uint64_t h = 1469598103934665603u;
    auto [row, one] = rows<EntityRow>(index_.bytes(), kEntities, {e.number, 1});
    if (!one) return h;
    auto [table, n] = rows<AttributeRow>(index_.bytes(), kAttributes, row->attributes);
    for (std::size_t i = 0; i < n; ++i)
      h = mix(mix(h + table[i].kind, str(index_.bytes(), table[i].key)), str(index_.bytes(), table[i].value));
    return mix(mix(h, e.id), e.state);
  }

  // Roles of the rules that cover a resource and an action: rule digest and role.
  void roles_of(const Target& t, std::uint32_t action, std::vector<std::pair<std::uint64_t, std::string_view>>& out) const {
    auto b = index_.bytes();
    auto [table, n] = all<GroupRow>(b, kGroups);
    for (auto bucket : t.buckets) {
      auto at = group_hash(bucket, action) & (n - 1);
      for (std::size_t tries = 0; tries < n && table[at].bucket; ++tries, at = (at + 1) & (n - 1)) {
        if (table[at].bucket != bucket + 1 || table[at].action != action) continue;
        auto [row, size] = rows<CandidateRow>(b, kCandidates, table[at].candidates);
        for (std::size_t i = 0; i < size; ++i)
          if (auto [r, found] = rows<RoleRow>(b, kRoles, {row[i].role, 1}); found && row[i].rule < rules_.size())
            out.emplace_back(rules_[row[i].rule], str(b, r->ref));
        break;
      }
    }
  }

  // The fields of the context that the rules for a resource and an action read.
  void fields_of(const Target& t, std::uint32_t action, std::set<std::string>& out) {
    auto b = index_.bytes();
    auto [table, n] = all<GroupRow>(b, kGroups);
    for (auto bucket : t.buckets) {
      auto key = std::uint64_t{bucket} << 32 | action;
      if (!groups_.contains(key)) continue;
      auto [it, fresh] = fields_.try_emplace(key);
      if (fresh) {
        auto at = group_hash(bucket, action) & (n - 1);
        while (table[at].bucket != bucket + 1 || table[at].action != action) at = (at + 1) & (n - 1);
        auto [row, size] = rows<CandidateRow>(b, kCandidates, table[at].candidates);
        for (std::size_t i = 0; i < size; ++i)
          if (const auto* program = row[i].when ? engine_.condition(row[i].rule) : nullptr)
            for (const auto& input : program->inputs())
              if (input.name == "context") it->second.insert(input.field);
      }
      out.insert(it->second.begin(), it->second.end());
    }
  }

  std::optional<std::uint32_t> action(std::string_view name) const {
    auto it = actions_.find(name);
    return it == actions_.end() ? std::nullopt : std::optional(it->second);
  }
  std::optional<std::uint32_t> role(std::string_view name) const {
    auto it = roles_.find(name);
    return it == roles_.end() ? std::nullopt : std::optional(it->second);
  }
  const Index& index() const { return index_; }
  Engine& engine() { return engine_; }

 private:
  void digest_rules() {
    for (std::uint32_t i = 0; i < index_.rule_count(); ++i) {
      auto rule = index_.rule(i);
      auto h = mix(mix(mix(1469598103934665603u + rule.permit, rule.role), rule.when), rule.resource);
      for (auto set : rule.sets) h = mix(h, set);
      for (const auto& o : rule.obligations) h = mix(mix(h + static_cast<std::uint64_t>(o.n), o.kind), o.of);
      rules_.push_back(h);
    }
  }
  const Index& index_;
  Engine engine_;
  std::map<std::string_view, std::uint32_t> actions_, roles_;
  std::vector<std::uint64_t> rules_;
  std::unordered_map<std::uint64_t, std::uint64_t> groups_;
  std::unordered_map<std::uint64_t, std::set<std::string>> fields_;
};

// A question on both sides; an actor or an action may be on one only.
struct Affected {
  const std::string& actor;
  std::string_view name;  // of the action
  const std::optional<EntityView>&actor_before, &actor_after;
  std::optional<std::uint32_t> action_before, action_after;
  const Target &before, &after;
};

// Walks the questions whose answer can have changed.
class Walk {
 public:
  Walk(const Index& before, const Index& after) : a_(before), b_(after) {
    all_ = before.combining() != after.combining();
  }
  virtual ~Walk() = default;

 protected:
  virtual void see(const Affected& question) = 0;
  // Whether a decision can rest on what differs between the two sides of a resource: attributes, state or id do.
  virtual bool matters(const EntityView& /*before*/, const EntityView& /*after*/) { return true; }

  void walk() {
    collect_actors();
    std::set<Ref> resources;
    for (auto* side : {&a_, &b_})
      for (const auto& e : side->index().entities(""))
        resources.insert({std::string(e.type), std::string(e.context), std::string(e.name)});
    const Index* both[] = {&a_.index(), &b_.index()};
    for (auto& ref : witnesses(both, all_witnesses_)) resources.insert(std::move(ref));
    std::set<std::string_view> actions;
    for (auto* side : {&a_, &b_})
      for (auto name : side->index().actions()) actions.insert(name);
    for (auto name : actions) actions_.push_back({name, a_.action(name), b_.action(name)});
    for (const auto& ref : resources) compare(ref);
  }

  Side a_, b_;
  bool all_witnesses_ = true;

 private:
  struct Actor {
    std::string ref;
    std::optional<EntityView> before, after;
    bool changed = false;
  };
  struct Action {
    std::string_view name;
    std::optional<std::uint32_t> before, after;
  };
  // An action that rules of either side are about, and the roles of those that differ.
  struct Ruled {
    const Action* action;
    std::set<std::string_view> roles;
  };

  void collect_actors() {
    std::map<std::string, Actor> found;
    for (auto* side : {&a_, &b_})
      for (const auto* type : {"user", "agent"})
        for (const auto& e : side->index().entities(type)) {
          auto& actor = found[e.str()];
          actor.ref = e.str();
          (side == &a_ ? actor.before : actor.after) = e;
        }
    for (auto& [ref, actor] : found) {
      actor.changed = all_ || !actor.before || !actor.after || a_.actor(*actor.before) != b_.actor(*actor.after);
      actors_.push_back(std::move(actor));
    }
  }

  void compare(const Ref& ref) {
    auto before = a_.engine().target(ref), after = b_.engine().target(ref);
    bool changed = all_ || before.declared() != after.declared() ||
                   (before.declared() && a_.attributes(before.entity) != b_.attributes(after.entity) && matters(before.entity, after.entity));
    for (const auto& [action, roles] : ruled(before, after))
      for (const auto& actor : actors_) {
        if (!changed && !actor.changed && !holds_one(actor, ref.context, roles)) continue;
        see({actor.ref, action->name, actor.before, actor.after, action->before, action->after, before, after});
      }
  }

  // Of ten thousand resources that stand beside each other the same rules are found: once.
  const std::vector<Ruled>& ruled(const Target& before, const Target& after) {
    std::vector<std::uint32_t> key(before.buckets.begin(), before.buckets.end());
    key.push_back(Target::kNobody);
    key.insert(key.end(), after.buckets.begin(), after.buckets.end());
    auto [it, fresh] = ruled_.try_emplace(std::move(key));
    if (!fresh) return it->second;
    for (const auto& action : actions_) {
      auto group_a = action.before ? a_.group(before, *action.before) : 0, group_b = action.after ? b_.group(after, *action.after) : 0;
      if (group_a == 0 && group_b == 0) continue;
      it->second.push_back({&action, {}});
      if (group_a != group_b) it->second.back().roles = changed_roles(before, action.before, after, action.after);
    }
    return it->second;
  }

  std::set<std::string_view> changed_roles(const Target& before, std::optional<std::uint32_t> action_a,
                                           const Target& after, std::optional<std::uint32_t> action_b) {
    std::vector<std::pair<std::uint64_t, std::string_view>> x, y, only;
    if (action_a) a_.roles_of(before, *action_a, x);
    if (action_b) b_.roles_of(after, *action_b, y);
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    std::set_symmetric_difference(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(only));
    std::set<std::string_view> out;
    for (const auto& [digest, role] : only) out.insert(role);
    return out;
  }

  bool holds_one(const Actor& actor, std::string_view context, const std::set<std::string_view>& roles) {
    for (auto role : roles)
      if (has(a_, actor.before, role, context) || has(b_, actor.after, role, context)) return true;
    return false;
  }

  static bool has(Side& side, const std::optional<EntityView>& actor, std::string_view role, std::string_view context) {
    auto number = side.role(role);
    return actor && number && side.engine().has_role(*actor, *number, context);
  }

  bool all_ = false;
  std::vector<Actor> actors_;
  std::vector<Action> actions_;
  std::map<std::vector<std::uint32_t>, std::vector<Ruled>> ruled_;
};

}  // namespace tk::law::detail
