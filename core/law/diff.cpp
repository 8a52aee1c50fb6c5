#include "core/law/diff.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/law/detail/walk.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

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
    for (const auto& child : n.children) {
      if (is_field(child) && !tells_apart(n)) computed_.insert("context." + child.text);
      read(child);
    }
  }
  // Fields that conditions compute with: the values that are tried may not tell all answers apart.
  const std::set<std::string>& computed() const { return computed_; }

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

  // Whether the values beside an operator's literal are all that it tells apart.
  static bool tells_apart(const Node& n) {
    static const std::set<std::string_view> kOperators = {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_&&_", "_||_", "!_"};
    return n.kind == Node::Kind::call && kOperators.contains(n.text);
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
  std::set<std::string> computed_;
};

class Comparison : Walk {
 public:
  Comparison(const Index& before, const Index& after, std::int64_t now_ns) : Walk(before, after) {
    facts_.now_ns = now_ns;
    for (auto* side : {&a_, &b_}) read_conditions(side->engine());
  }

  Difference run() {
    walk();
    if (!all_witnesses_) assumed_.insert("resources that are not declared");
    assumed_.insert(contexts_.computed().begin(), contexts_.computed().end());
    out_.assumed = {assumed_.begin(), assumed_.end()};
    return std::move(out_);
  }

 private:
  void read_conditions(Engine& engine) {
    std::set<const expr::Program*> seen;
    for (std::uint32_t rule = 0; rule < engine.index().rule_count(); ++rule) {
      const auto* program = engine.condition(rule);
      if (!program || !seen.insert(program).second) continue;
      contexts_.read(program->tree());
      for (const auto& input : program->inputs()) {
        if (input.call) assumed_.insert(input.name + "(…)");
        if (input.name == "time" || input.field == "properties") assumed_.insert(input.name);
      }
    }
  }

  Answer decide(Side& side, const std::optional<EntityView>& actor, std::optional<std::uint32_t> action,
                const Target& target, Verdict& verdict) {
    if (!actor || !action) return Answer::deny;
    ++out_.decisions;
    side.engine().decide(*actor, *action, target, facts_, Detail::first, verdict);
    return verdict.answer;
  }

  // The contexts that the rules of both sides can tell apart.
  const std::vector<Value::Map>& contexts_for(const Affected& q) {
    if (q.after.ref == seen_ && q.name == seen_action_) return *seen_contexts_;
    std::set<std::string> fields;
    if (q.action_before) a_.fields_of(q.before, *q.action_before, fields);
    if (q.action_after) b_.fields_of(q.after, *q.action_after, fields);
    auto& combinations = combinations_[fields];
    if (combinations.empty()) combinations = contexts_.combinations(fields);
    seen_ = q.after.ref, seen_action_ = q.name, seen_contexts_ = &combinations;
    return combinations;
  }

  void see(const Affected& q) override {
    const auto& combinations = contexts_for(q);
    std::vector<Changed> found;
    for (const auto& context : combinations) {
      facts_.context = &context;
      auto was = decide(a_, q.actor_before, q.action_before, q.before, verdict_a_);
      auto is = decide(b_, q.actor_after, q.action_after, q.after, verdict_b_);
      if (was == is) continue;
      Changed c{q.actor, std::string(q.name), q.after.ref.str(), context, was, is, {}, {}, 0,
                q.before.declared() || q.after.declared()};
      const auto& rules = verdict_b_.rules.empty() || !q.action_after || !q.actor_after ? verdict_a_.rules : verdict_b_.rules;
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

  Contexts contexts_;
  std::set<std::string> assumed_;
  Facts facts_;
  Ref seen_;
  std::string_view seen_action_;
  const std::vector<Value::Map>* seen_contexts_ = nullptr;
  std::map<std::set<std::string>, std::vector<Value::Map>> combinations_;
  Verdict verdict_a_, verdict_b_;
  Difference out_;
};

}  // namespace

Difference difference(const Index& before, const Index& after, std::int64_t now_ns) {
  return Comparison(before, after, now_ns).run();
}

}  // namespace tk::law
