#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>

#include "core/base/text.hpp"
#include "core/law/actions.hpp"
#include "core/law/condition.hpp"
#include "core/law/detail/builder.hpp"

namespace tk::law {
namespace {

using namespace detail;

constexpr std::size_t kUnknown = ~std::size_t{0};

class Compiler {
 public:
  Compiler(const Model& model, std::string (*digest)(std::string_view))
      : model_(model), digest_(digest) {}

  Result<std::string> run() {
    collect_keys();
    TK_CHECK(collect_entities());
    collect_actions();
    TK_CHECK(collect_groups());
    TK_CHECK(collect_roles());
    TK_CHECK(collect_rules());
    TK_CHECK(collect_grants());
    TK_CHECK(make_lookup(b_, model_, {actions_.begin(), actions_.end()}));
    for (const auto& f : model_.files) b_.files.push_back({b_.str(f.path), f.size, f.mtime_ns});
    return encode();
  }

 private:
  // The entity that a reference in a law file means; short names must be unique.
  Result<std::size_t> resolve(const std::string& text, std::string_view type, const Where& where) {
    auto bad = [&](std::string why, std::string hint = {}) {
      return fail_at(Code::law_reference, where, std::move(why), std::move(hint));
    };
    auto ref = parse_ref(text);
    if (!ref) return bad(ref.error().message, ref.error().hint);
    if (!type.empty() && ref->type != type)
      return bad(text + " is not a " + std::string(type), "write " + std::string(type) + ":NAME");
    auto before = [&](const Entity* e) {
      return std::tie(e->ref.type, e->ref.name, e->ref.context) < std::tie(ref->type, ref->name, ref->context);
    };
    auto first = static_cast<std::size_t>(std::partition_point(order_.begin(), order_.end(), before) - order_.begin());
    auto fits = [&](std::size_t i) {
      if (i >= order_.size()) return false;
      const auto& e = order_[i]->ref;
      return e.type == ref->type && e.name == ref->name && (ref->context.empty() || e.context == ref->context);
    };
    if (fits(first) && fits(first + 1)) return bad(text + " fits more than one entity", "write type:context/name");
    if (fits(first)) return first;
    std::vector<std::string> names;
    for (const auto* e : order_)
      if (e->ref.type == ref->type) names.push_back(e->ref.name);
    auto near = text::nearest(ref->name, names);
    return bad(text + " is declared nowhere",
               near.empty() ? "declare it: tk repo new " + ref->type + " " + ref->name
                            : "did you mean " + ref->type + ":" + near + "?");
  }

  // The attributes that conditions may name; one that has different kinds is looked at when it is read.
  void collect_keys() {
    for (const auto& [name, kind] : model_.known) keys_.emplace(key_of(name), kind);
    for (const auto& e : model_.entities)
      for (const auto& [name, attribute] : e.attributes) {
        auto kind = kind_of(attribute);
        auto [it, fresh] = keys_.try_emplace(key_of(name), kind);
        if (!fresh && it->second != kind) it->second = Kind::any;
      }
    for (const auto& [name, kind] : keys_) numbers_.emplace(name, count(numbers_.size()));
    for (const auto& [name, kind] : keys_) b_.keys.push_back({b_.str(name), static_cast<std::uint32_t>(kind), 0});
    env_ = condition_environment({keys_.begin(), keys_.end()});
  }

  static Kind kind_of(const Attribute& a) {
    if (a.value.is_null() || a.value.as_text()) return Kind::text;
    if (a.value.as_int()) return Kind::integer;
    if (a.value.as_double()) return Kind::number;
    if (a.value.as_bool()) return Kind::boolean;
    if (a.value.as_timestamp()) return Kind::timestamp;
    if (a.value.as_duration()) return Kind::duration;
    return Kind::json;
  }

  AttributeRow attribute_row(const std::string& name, const Attribute& a) {
    AttributeRow row{b_.str(name), b_.str(a.text), 0, static_cast<std::uint32_t>(kind_of(a)), 0};
    row.key_number = numbers_.find(key_of(name))->second;
    if (const auto* i = a.value.as_int()) row.number = *i;
    if (const auto* d = a.value.as_double()) row.number = std::bit_cast<std::int64_t>(*d);
    if (const auto* f = a.value.as_bool()) row.number = *f;
    if (const auto* t = a.value.as_timestamp()) row.number = t->ns;
    if (const auto* t = a.value.as_duration()) row.number = t->ns;
    return row;
  }

  Result<void> collect_entities() {
    for (const auto& e : model_.entities) order_.push_back(&e);
    std::sort(order_.begin(), order_.end(), [](auto* a, auto* b) {
      return std::tie(a->ref.type, a->ref.name, a->ref.context) <
             std::tie(b->ref.type, b->ref.name, b->ref.context);
    });
    std::unordered_map<std::string_view, const Entity*> ids;
    ids.reserve(order_.size());
    b_.entities.reserve(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const auto& e = *order_[i];
      if (i > 0 && order_[i - 1]->ref == e.ref)
        return fail_at(Code::law_syntax, e.where, e.ref.str() + " is declared twice",
                       "the other stands at " + order_[i - 1]->where.file + ":" +
                           std::to_string(order_[i - 1]->where.line));
      if (!e.id.empty())
        if (auto [it, fresh] = ids.emplace(e.id, &e); !fresh)
          return fail_at(Code::law_syntax, e.where, "id " + e.id + " belongs to " +
                                                        it->second->ref.str() + " already",
                         "leave the id out and run: tk repo fmt --ids");
      EntityRow row{};
      row.type = b_.str(e.ref.type);
      row.name = b_.str(e.ref.name);
      row.context = b_.str(e.ref.context);
      row.id = b_.str(e.id);
      row.state = b_.str(e.state);
      row.file = b_.str(e.where.file);
      row.line = static_cast<std::uint32_t>(e.where.line);
      row.attributes = {count(b_.attributes.size()), count(e.attributes.size())};
      row.column = static_cast<std::uint32_t>(e.where.column);
      for (const auto& [name, attribute] : e.attributes) b_.attributes.push_back(attribute_row(name, attribute));
      b_.entities.push_back(row);
    }
    return {};
  }

  void collect_actions() {
    for (const auto& a : kActions) actions_.insert(std::string(a.name));
    for (const auto& a : model_.actions) actions_.insert(a);
    for (const auto& a : actions_) b_.actions.push_back(b_.str(a));
  }

  Result<void> check_size(const Where& where) const {
    auto why = b_.too_much();
    return why.empty() ? Result<void>{} : Result<void>(fail_at(Code::law_syntax, where, why));
  }

  Result<void> collect_groups() {
    for (const auto& m : model_.members) {
      TK_TRY(auto group, resolve(m.group.str(), "group", m.where));
      TK_TRY(auto who, targets(m.member, m.where));
      b_.held += who.size();
      TK_CHECK(check_size(m.where));
      for (auto i : who) member_of_[i].insert(group);
    }
    // A group inside itself would give everybody in it whatever it has: refuse it.
    std::vector<std::size_t> heights(order_.size(), kUnknown), path;
    for (const auto& m : model_.members) {
      TK_TRY(auto group, resolve(m.group.str(), "group", m.where));
      if (auto height = height_of(group, heights, path); !height)
        return fail_at(Code::law_cycle, where_of_group(path.back(), m.where),
                       order_[path.back()]->ref.str() + " is a member of itself", "take one of the members in the circle out");
      else if (*height > kMaxNesting)
        return fail_at(Code::law_syntax, m.where,
                       m.group.str() + " is nested in more than 32 groups", "put its members into the upper ones directly");
    }
    return {};
  }

  // How many groups a group is nested in, at most one more than may be; nothing when it is inside
  // itself: `path` then ends with a group that is. What is known once is not walked again.
  std::optional<std::size_t> height_of(std::size_t group, std::vector<std::size_t>& heights,
                                       std::vector<std::size_t>& path) {
    if (heights[group] != kUnknown) return heights[group];
    bool again = std::find(path.begin(), path.end(), group) != path.end();
    path.push_back(group);
    if (again) return std::nullopt;
    std::size_t height = 0;
    auto above = member_of_.find(group);
    if (above != member_of_.end())
      for (auto g : above->second) {
        if (path.size() > kMaxNesting) return path.pop_back(), kMaxNesting + 1;
        auto one = height_of(g, heights, path);
        if (!one) return std::nullopt;
        height = std::max(height, std::min(*one, kMaxNesting) + 1);
      }
    path.pop_back();
    return heights[group] = height;
  }

  // The first declaration of a member of this group.
  Where where_of_group(std::size_t group, const Where& otherwise) const {
    for (const auto& m : model_.members)
      if (m.group == order_[group]->ref) return m.where;
    return otherwise;
  }

  // A reference, or every entity that a pattern covers.
  Result<std::vector<std::size_t>> targets(const std::string& to, const Where& where) {
    if (to.find('*') == to.npos) {
      TK_TRY(auto one, resolve(to, "", where));
      return std::vector<std::size_t>{one};
    }
    if (auto good = check_pattern(to); !good)
      return fail_at(Code::law_syntax, where, good.error().message, good.error().hint);
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const auto& r = order_[i]->ref;
      bool actor = r.type == "user" || r.type == "agent" || r.type == "group";
      if (actor && matches(to, r.type, r.context, r.name)) out.push_back(i);
    }
    return out;
  }

  Result<void> collect_roles() {
    for (const auto& role : model_.roles) {
      TK_TRY(auto at, resolve(role.ref.str(), "role", role.where));
      role_of_entity_[at] = b_.roles.size();
      RoleRow row{};
      row.ref = b_.str(role.ref.str());
      row.file = b_.str(role.where.file);
      row.line = static_cast<std::uint32_t>(role.where.line);
      b_.roles.push_back(row);
    }
    std::vector<std::vector<std::size_t>> parents(b_.roles.size());
    for (std::size_t i = 0; i < model_.roles.size(); ++i)
      for (const auto& [ref, where] : model_.roles[i].inherits) {
        TK_TRY(auto at, role_row(ref, where));
        parents[i].push_back(at);
      }
    for (std::size_t i = 0; i < b_.roles.size(); ++i) {
      auto first = b_.closure.size();
      std::set<std::size_t> seen{i};
      std::vector<std::size_t> depth{0};
      b_.closure.push_back({count(i), count(first)});
      TK_CHECK(check_size(model_.roles[i].where));
      for (auto at = first; at < b_.closure.size(); ++at)
        for (auto p : parents[b_.closure[at].role]) {
          if (p == i)
            return fail_at(Code::law_cycle, model_.roles[i].where,
                           model_.roles[i].ref.str() + " inherits itself", "take one inherits of the circle out");
          if (!model_.roles[p].active || !model_.roles[i].active || !seen.insert(p).second) continue;
          if (depth[at - first] == kMaxNesting)
            return fail_at(Code::law_syntax, model_.roles[i].where,
                           model_.roles[i].ref.str() + " inherits through more than 32 roles", "inherit the lower ones directly");
          depth.push_back(depth[at - first] + 1);
          b_.closure.push_back({count(p), count(at)});
        }
      b_.roles[i].closure = {count(first), count(b_.closure.size() - first)};
    }
    return {};
  }

  Result<std::size_t> role_row(const std::string& ref, const Where& where) {
    TK_TRY(auto at, resolve(ref, "role", where));
    auto row = role_of_entity_.find(at);
    if (row == role_of_entity_.end()) return fail_at(Code::law_reference, where, ref + " is no role", "declare it as <role>");
    return row->second;
  }

  Result<void> check_rule(const Rule& rule) {
    if (auto good = check_pattern(rule.resource); !good)
      return fail_at(Code::law_syntax, rule.where, good.error().message, good.error().hint);
    for (const auto& pattern : rule.actions) {
      bool any = std::any_of(actions_.begin(), actions_.end(),
                             [&](const auto& a) { return action_matches(pattern, a); });
      if (any) continue;
      auto near = text::nearest(pattern, {actions_.begin(), actions_.end()});
      return fail_at(Code::law_unknown_action, rule.where, "unknown action " + pattern,
                     near.empty() ? "`tk law actions` lists them" : "did you mean " + near + "?");
    }
    return {};
  }

  // Equal expressions are checked and kept once.
  Result<std::uint32_t> condition_row(const Rule::Expression& e, bool is_bool) {
    auto [it, fresh] = conditions_.try_emplace({e.text, is_bool}, count(b_.conditions.size()));
    if (!fresh) return it->second;
    TK_TRY(auto program, compile_condition(e, env_, is_bool));
    b_.conditions.push_back({b_.str(e.text), b_.str(e.where.file), static_cast<std::uint32_t>(e.where.line),
                             static_cast<std::uint32_t>(e.where.column)});
    return it->second;
  }

  Result<void> collect_changes(const Rule& rule, RuleRow& row) {
    if (!rule.permit && !(rule.sets.empty() && rule.obligations.empty()))
      return fail_at(Code::law_syntax, rule.where, "rule " + rule.id + " forbids: it can neither change arguments nor ask",
                     "only a permit rule holds <set> or <obligation>");
    row.sets = {count(b_.sets.size()), count(rule.sets.size())};
    for (const auto& set : rule.sets) {
      TK_TRY(auto condition, condition_row(set.to, false));
      b_.sets.push_back({b_.str(set.argument), condition, 0});
    }
    row.obligations = {count(b_.obligations.size()), count(rule.obligations.size())};
    for (const auto& o : rule.obligations) {
      if (!o.of.empty() && o.of.starts_with("role:")) TK_CHECK(role_row(o.of, rule.where));
      b_.obligations.push_back({b_.str(o.kind), b_.str(o.of), static_cast<std::uint32_t>(o.n), 0});
    }
    return {};
  }

  Result<void> collect_rules() {
    std::vector<std::vector<const Rule*>> of_role(b_.roles.size());
    std::map<std::string, const Rule*> ids;
    for (const auto& rule : model_.rules) {
      TK_CHECK(check_rule(rule));
      if (auto [it, fresh] = ids.emplace(rule.context + "/" + rule.id, &rule); !fresh)
        return fail_at(Code::law_syntax, rule.where, "rule " + rule.id + " is declared twice",
                       "the other stands at " + it->second->where.file + ":" +
                           std::to_string(it->second->where.line));
      TK_TRY(auto role, role_row(rule.role, rule.where));
      if (model_.roles[role].active) of_role[role].push_back(&rule);
    }
    for (std::size_t i = 0; i < of_role.size(); ++i) {
      b_.roles[i].rules = {count(b_.rules.size()), count(of_role[i].size())};
      for (const auto* rule : of_role[i]) {
        RuleRow row{};
        row.role = count(i);
        row.id = b_.str(rule->id);
        row.resource = b_.str(rule->resource);
        row.file = b_.str(rule->where.file);
        row.line = static_cast<std::uint32_t>(rule->where.line);
        row.permit = rule->permit;
        row.actions = {count(b_.action_patterns.size()), count(rule->actions.size())};
        for (const auto& a : rule->actions) b_.action_patterns.push_back(b_.str(a));
        if (!rule->when.text.empty()) {
          TK_TRY(auto condition, condition_row(rule->when, true));
          row.when = condition + 1;
        }
        TK_CHECK(collect_changes(*rule, row));
        b_.rules.push_back(row);
      }
    }
    return {};
  }

  Result<void> collect_grants() {
    struct Held {
      std::size_t grant, role;
      std::string via;
    };
    std::vector<std::vector<Held>> held(order_.size());
    for (const auto& grant : model_.grants) {
      TK_TRY(auto role, role_row(grant.role, grant.where));
      TK_TRY(auto who, targets(grant.to, grant.where));
      b_.held += who.size();
      TK_CHECK(check_size(grant.where));
      for (auto i : who) held[i].push_back({b_.grants.size(), role, ""});
      b_.grants.push_back({b_.str(grant.id), b_.str(grant.context), b_.str(grant.where.file),
                           static_cast<std::uint32_t>(grant.where.line), count(role)});
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      TK_CHECK(check_size(order_[i]->where));
      auto first = b_.actor_grants.size();
      if (order_[i]->ref.type != "group")
        for_each_holder(i, [&](std::size_t holder, const std::string& via) {
          for (const auto& h : held[holder])
            b_.actor_grants.push_back({count(h.grant), count(h.role), b_.str(via)});
        });
      b_.entities[i].grants = {count(first), count(b_.actor_grants.size() - first)};
    }
    return {};
  }

  // The entity itself, then every group that it is in, nearest first.
  template <class F>
  void for_each_holder(std::size_t entity, F f) {
    std::vector<std::pair<std::size_t, std::string>> todo{{entity, ""}};
    std::set<std::size_t> seen{entity};
    for (std::size_t at = 0; at < todo.size(); ++at) {
      auto [holder, via] = todo[at];
      f(holder, via);
      for (auto g : member_of_[holder])
        if (seen.insert(g).second)
          todo.emplace_back(g, (via.empty() ? "" : via + " > ") + order_[g]->ref.str());
    }
  }

  template <class T>
  void put(std::string& out, Header& header, Table table, const std::vector<T>& rows) {
    out.resize((out.size() + 7) & ~std::size_t{7});
    header.tables[table] = {count(out.size()), count(rows.size())};
    out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T));
  }

  // What the decisions rest on, for the policy hash: commit and file times are no part of it.
  std::string policy_text() const {
    std::string s;
    auto add = [&](std::string_view field) {
      s += field;
      s += '\0';
    };
    for (const auto* e : order_) {
      for (const auto& f : {e->ref.str(), e->id, e->state}) add(f);
      for (const auto& [k, v] : e->attributes) add(k), add(std::to_string(static_cast<int>(kind_of(v)))), add(v.text);
    }
    for (const auto& m : model_.members) add("member"), add(m.group.str()), add(m.member);
    for (const auto& r : model_.roles)
      for (const auto& [parent, where] : r.inherits) add("inherits"), add(r.ref.str()), add(parent);
    for (const auto& r : model_.rules) {
      add("rule"), add(r.id), add(r.permit ? "permit" : "forbid"), add(r.role), add(r.resource);
      for (const auto& a : r.actions) add(a);
      add("when"), add(r.when.text);
      for (const auto& set : r.sets) add("set"), add(set.argument), add(set.to.text);
      for (const auto& o : r.obligations) add("obligation"), add(o.kind), add(o.of), add(std::to_string(o.n));
    }
    add("combining"), add(to_string(model_.combining));
    for (const auto& g : model_.grants)
      add("grant"), add(g.id), add(g.context), add(g.role), add(g.to);
    for (const auto& a : actions_) add(a);
    return s;
  }

  std::string encode() {
    Header header{};
    std::memcpy(header.magic, kMagic, sizeof kMagic);
    header.commit = b_.str(model_.commit);
    header.combining = static_cast<std::uint32_t>(model_.combining);
    header.policy_hash = b_.str(digest_(policy_text()));
    std::string out(sizeof(Header), '\0');
    put(out, header, kEntities, b_.entities);
    put(out, header, kAttributes, b_.attributes);
    put(out, header, kActorGrants, b_.actor_grants);
    put(out, header, kGrants, b_.grants);
    put(out, header, kRoles, b_.roles);
    put(out, header, kClosure, b_.closure);
    put(out, header, kRules, b_.rules);
    put(out, header, kActionPatterns, b_.action_patterns);
    put(out, header, kActionNames, b_.actions);
    put(out, header, kFiles, b_.files);
    put(out, header, kKeys, b_.keys);
    put(out, header, kBuckets, b_.buckets);
    put(out, header, kEntityBuckets, b_.entity_buckets);
    put(out, header, kGroups, b_.groups);
    put(out, header, kCandidates, b_.candidates);
    put(out, header, kHoldings, b_.holdings);
    put(out, header, kWords, b_.words);
    put(out, header, kConditions, b_.conditions);
    put(out, header, kSets, b_.sets);
    put(out, header, kObligations, b_.obligations);
    header.tables[kPool] = {count(out.size()), count(b_.pool.size())};
    out += b_.pool;
    header.size = out.size();
    std::memcpy(out.data(), &header, sizeof header);
    return out;
  }

  const Model& model_;
  std::string (*digest_)(std::string_view);
  Builder b_;
  std::vector<const Entity*> order_;  // by type, name, context: the rows of the entity table
  std::set<std::string> actions_;
  std::map<std::string, Kind> keys_;
  std::unordered_map<std::string, std::uint32_t> numbers_;  // of keys
  expr::Environment env_;
  std::map<std::pair<std::string, bool>, std::uint32_t> conditions_;
  std::map<std::size_t, std::set<std::size_t>> member_of_;
  std::map<std::size_t, std::size_t> role_of_entity_;
};

}  // namespace

std::string_view to_string(Combining combining) {
  return combining == Combining::permit_overrides ? "permit-overrides" : "forbid-overrides";
}

Result<std::string> compile(const Model& model, std::string (*digest)(std::string_view)) {
  return Compiler(model, digest).run();
}

}  // namespace tk::law
