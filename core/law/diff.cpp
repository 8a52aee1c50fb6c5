#include "core/law/diff.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "core/law/detail/bucket.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

std::uint64_t mix(std::uint64_t h, std::string_view text) {
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  h = (h ^ 0xFF) * 0x9E3779B97F4A7C15u;
  return h ^ h >> 31;
}

constexpr std::size_t kMaxContexts = 256;

// The values that conditions compare a field of the context with, and one beside each.
class Contexts {
 public:
  void read(const Node& n) {
    if (n.kind == Node::Kind::call && n.children.size() == 2)
      for (int side = 0; side < 2; ++side) {
        const auto &path = n.children[static_cast<std::size_t>(side)], &other = n.children[static_cast<std::size_t>(1 - side)];
        if (!is_field(path)) continue;
        auto& values = values_[path.text];
        if (other.kind == Node::Kind::literal) add(values, other.value);
        if (other.kind == Node::Kind::list)
          for (const auto& item : other.children)
            if (item.kind == Node::Kind::literal) add(values, item.value);
      }
    if (is_field(n)) values_[n.text];
    for (const auto& child : n.children) read(child);
  }

  // Every combination of the fields, each bool where nothing else is known of it.
  std::vector<Value::Map> combinations(const std::set<std::string>& fields) const {
    std::vector<Value::Map> out{{}};
    for (const auto& field : fields) {
      auto it = values_.find(field);
      auto values = it == values_.end() || it->second.empty() ? Value::List{true, false} : it->second;
      std::vector<Value::Map> next;
      for (const auto& so_far : out)
        for (const auto& value : values) {
          if (next.size() == kMaxContexts) break;
          next.push_back(so_far);
          next.back()[field] = value;
        }
      out = std::move(next);
    }
    return out;
  }

  static bool is_field(const Node& n) {
    return n.kind == Node::Kind::select && n.children[0].kind == Node::Kind::name && n.children[0].text == "context";
  }

 private:
  static void add(Value::List& values, const Value& v) {
    auto put = [&](Value one) {
      if (std::find(values.begin(), values.end(), one) == values.end()) values.push_back(std::move(one));
    };
    put(v);
    if (const auto* b = v.as_bool()) put(!*b);
    if (const auto* i = v.as_int()) put(*i - 1), put(*i + 1);
    if (const auto* d = v.as_double()) put(*d - 1), put(*d + 1);
    if (const auto* s = v.as_text()) put(*s + "-other");
  }
  std::map<std::string, Value::List> values_;
};

// One of the two laws, with a digest of everything that a decision can rest on.
class Side {
 public:
  explicit Side(const Index& index) : index_(index), engine_(index) {
    auto b = index.bytes();
    auto [names, n] = all<Str>(b, kActionNames);
    for (std::uint32_t i = 0; i < n; ++i) actions_.emplace(str(b, names[i]), i);
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

  void read_conditions(Contexts& contexts, std::set<std::string>& assumed) {
    std::set<const expr::Program*> seen;
    for (std::uint32_t rule = 0; rule < index_.rule_count(); ++rule) {
      const auto* program = engine_.condition(rule);
      if (!program || !seen.insert(program).second) continue;
      contexts.read(program->tree());
      for (const auto& input : program->inputs()) {
        if (input.call) assumed.insert(input.name + "(…)");
        if (input.name == "time" || input.field == "properties") assumed.insert(input.name);
      }
    }
  }

  std::optional<std::uint32_t> action(std::string_view name) const {
    auto it = actions_.find(name);
    return it == actions_.end() ? std::nullopt : std::optional(it->second);
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
  std::map<std::string_view, std::uint32_t> actions_;
  std::vector<std::uint64_t> rules_;
  std::unordered_map<std::uint64_t, std::uint64_t> groups_;
  std::unordered_map<std::uint64_t, std::set<std::string>> fields_;
};

class Comparison {
 public:
  Comparison(const Index& before, const Index& after, std::int64_t now_ns) : a_(before), b_(after) {
    facts_.now_ns = now_ns;
    a_.read_conditions(contexts_, assumed_);
    b_.read_conditions(contexts_, assumed_);
    all_ = before.combining() != after.combining();
  }

  Difference run() {
    collect_actors();
    std::set<Ref> resources;
    for (auto* side : {&a_, &b_}) {
      for (const auto& e : side->index().entities(""))
        resources.insert({std::string(e.type), std::string(e.context), std::string(e.name)});
      for (auto& ref : witnesses(side->index())) resources.insert(std::move(ref));
    }
    std::set<std::string_view> actions;
    for (auto* side : {&a_, &b_})
      for (auto name : side->index().actions()) actions.insert(name);
    for (const auto& ref : resources) compare(ref, actions);
    out_.assumed = {assumed_.begin(), assumed_.end()};
    return std::move(out_);
  }

 private:
  struct Actor {
    std::string ref;
    std::optional<EntityView> before, after;
    bool changed = false;
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

  void compare(const Ref& ref, const std::set<std::string_view>& actions) {
    auto before = a_.engine().target(ref), after = b_.engine().target(ref);
    bool changed = all_ || before.declared() != after.declared() ||
                   (before.declared() && a_.attributes(before.entity) != b_.attributes(after.entity));
    for (auto name : actions) {
      auto action_a = a_.action(name), action_b = b_.action(name);
      auto group_a = action_a ? a_.group(before, *action_a) : 0, group_b = action_b ? b_.group(after, *action_b) : 0;
      if (group_a == 0 && group_b == 0) continue;
      std::set<std::string_view> roles;
      if (group_a != group_b) roles = changed_roles(before, action_a, after, action_b);
      std::set<std::string> fields;
      if (action_a) a_.fields_of(before, *action_a, fields);
      if (action_b) b_.fields_of(after, *action_b, fields);
      auto& combinations = combinations_[fields];
      if (combinations.empty()) combinations = contexts_.combinations(fields);
      for (const auto& actor : actors_) {
        if (!changed && !actor.changed && !holds_one(actor, ref.context, roles)) continue;
        ask(actor, name, ref, before, action_a, after, action_b, combinations);
      }
    }
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
    if (!actor) return false;
    auto b = side.index().bytes();
    auto [table, n] = all<RoleRow>(b, kRoles);
    for (std::uint32_t i = 0; i < n; ++i)
      if (str(b, table[i].ref) == role) return side.engine().has_role(*actor, i, context);
    return false;
  }

  Answer decide(Side& side, const std::optional<EntityView>& actor, std::optional<std::uint32_t> action,
                const Target& target, Verdict& verdict) {
    if (!actor || !action) return Answer::deny;
    ++out_.decisions;
    side.engine().decide(*actor, *action, target, facts_, Detail::first, verdict);
    return verdict.answer;
  }

  void ask(const Actor& actor, std::string_view name, const Ref& ref, const Target& before,
           std::optional<std::uint32_t> action_a, const Target& after, std::optional<std::uint32_t> action_b,
           const std::vector<Value::Map>& combinations) {
    std::vector<Changed> found;
    for (const auto& context : combinations) {
      facts_.context = &context;
      auto was = decide(a_, actor.before, action_a, before, verdict_a_);
      auto is = decide(b_, actor.after, action_b, after, verdict_b_);
      if (was == is) continue;
      Changed c{actor.ref, std::string(name), ref.str(), context, was, is, {}, {}, 0};
      const auto& rules = verdict_b_.rules.empty() || !action_b || !actor.after ? verdict_a_.rules : verdict_b_.rules;
      const auto& index = &rules == &verdict_a_.rules ? a_.index() : b_.index();
      if (!rules.empty()) {
        auto rule = index.rule(rules.front());
        c.rule = rule.id, c.file = rule.file, c.line = rule.line;
      }
      found.push_back(std::move(c));
    }
    // The same in every context: said once.
    auto same = [&](const Changed& c) { return c.before == found[0].before && c.after == found[0].after; };
    if (found.size() == combinations.size() && combinations.size() > 1 && std::all_of(found.begin(), found.end(), same)) {
      found.resize(1);
      found[0].context.clear();
    }
    for (auto& c : found)
      (c.before == Answer::deny ? out_.allowed : c.after == Answer::deny ? out_.denied : out_.otherwise)
          .push_back(std::move(c));
  }

  Side a_, b_;
  Contexts contexts_;
  std::set<std::string> assumed_;
  Facts facts_;
  bool all_ = false;
  std::vector<Actor> actors_;
  std::map<std::set<std::string>, std::vector<Value::Map>> combinations_;
  Verdict verdict_a_, verdict_b_;
  Difference out_;
};

}  // namespace

Difference difference(const Index& before, const Index& after, std::int64_t now_ns) {
  return Comparison(before, after, now_ns).run();
}

}  // namespace tk::law
