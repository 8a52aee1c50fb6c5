#include "core/law/escalation.hpp"

#include "core/law/condition.hpp"
#include "core/law/detail/walk.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

// A rule as what it says, whoever has it and wherever it stands.
std::string content(const RuleView& r) {
  auto out = std::string(r.permit ? "+" : "-") + std::string(r.resource) + "\n" + std::string(r.when);
  for (const auto& o : r.obligations) out += "\n" + std::string(o.kind) + std::string(o.of) + std::to_string(o.n);
  return out;
}

// Whether a condition is about who asks: then it holds for one and not for the other.
bool reads_actor(const Node& n) {
  if (n.kind == Node::Kind::name && (n.text == "actor" || n.text == ".actor")) return true;
  if (n.kind == Node::Kind::call && !n.member)
    for (auto own_past : {"count", "within", "sum", "since", "after"})
      if (n.text == own_past) return true;
  return std::any_of(n.children.begin(), n.children.end(), reads_actor);
}

class Escalation : Walk {
 public:
  Escalation(const Index& before, const Index& after, const EntityView& maker) : Walk(before, after), maker_(maker) {
    find_changed_attributes();
    find_read_fields();
  }
  Result<std::optional<Escalated>> run() {
    walk();
    if (!found_ && !all_witnesses_)
      return fail(Code::law_escalation, "the rules tell too many kinds of resources apart to say what this gives",
                  "patterns with fewer different names and contexts; or an owner commits it with git");
    return found_;
  }

 private:
  struct Held {
    std::uint32_t rule;
    std::string content;
  };

  // The rules of one side about an action and a resource. Of an action that it does not know yet, what their patterns
  // say: who may do all may do what is called something tomorrow.
  static std::vector<std::uint32_t> covering(Side& side, std::optional<std::uint32_t> action, std::string_view name, const Target& target) {
    if (action) return side.engine().covering(*action, target);
    std::vector<std::uint32_t> out;
    for (std::uint32_t i = 0; i < side.index().rule_count(); ++i) {
      auto rule = side.index().rule(i);
      if (matches(rule.resource, target.ref.type, target.ref.context, target.ref.name) &&
          std::any_of(rule.actions.begin(), rule.actions.end(), [&](auto pattern) { return action_matches(pattern, name); }))
        out.push_back(i);
    }
    return out;
  }

  // Those that reach an actor, permits and forbids.
  static void held(Side& side, const std::optional<EntityView>& actor, std::optional<std::uint32_t> action, std::string_view name,
                   const Target& target, std::vector<Held>& permits, std::vector<Held>& forbids) {
    if (!actor || !actor->active()) return;
    for (auto rule : covering(side, action, name, target)) {
      if (!side.engine().has_role(*actor, side.index().role_of(rule), target.ref.context)) continue;
      auto view = side.index().rule(rule);
      (view.permit ? permits : forbids).push_back({rule, content(view)});
    }
  }
  static bool has(const std::vector<Held>& list, const std::string& content) {
    return std::any_of(list.begin(), list.end(), [&](auto& h) { return h.content == content; });
  }

  void see(const Affected& q) override {
    if (found_) return;
    std::vector<Held> permits_a, forbids_a, permits_b, forbids_b;
    held(a_, q.actor_before, q.action_before, q.name, q.before, permits_a, forbids_a);
    held(b_, q.actor_after, q.action_after, q.name, q.after, permits_b, forbids_b);
    if (permits_b.empty()) return;
    bool lifted = a_.index().combining() != b_.index().combining();
    for (const auto& f : forbids_a) lifted |= !has(forbids_b, f.content);
    for (const auto& f : forbids_b) lifted |= changed(q, f.rule);
    for (const auto& p : permits_b) {
      if (!lifted && has(permits_a, p.content) && !changed(q, p.rule)) continue;
      if (maker_may(q, p, forbids_b)) continue;
      auto rule = b_.index().rule(p.rule);
      found_ = Escalated{q.actor, std::string(q.name), q.after.ref.str(), std::string(rule.id), std::string(rule.file), rule.line};
      return;
    }
  }

  // Whether the maker has, before the change, what the rule gives.
  bool maker_may(const Affected& q, const Held& given, const std::vector<Held>& forbids_b) {
    std::vector<Held> permits, forbids;
    held(a_, maker_, q.action_before, q.name, q.before, permits, forbids);
    for (const auto& f : forbids)
      if (!(has(forbids_b, f.content) && !about_actor(a_, f.rule)) && holds(q, f.rule) != false) return false;
    auto asks = !b_.index().rule(given.rule).obligations.empty();
    auto when = b_.index().rule(given.rule).when;
    bool may = false, must_ask = false;
    for (const auto& p : permits) {
      auto rule = a_.index().rule(p.rule);
      bool counts = rule.when.empty() || (rule.when == when && !about_actor(b_, given.rule)) || holds(q, p.rule) == true;
      may |= counts;
      must_ask |= counts && !rule.obligations.empty();
    }
    return may && (!must_ask || asks);
  }

  static bool about_actor(Side& side, std::uint32_t rule) {
    const auto* condition = side.engine().condition(rule);
    return condition && reads_actor(condition->tree());
  }

  // The maker's own condition by what is declared; empty when it rests on anything else: the circumstances of a
  // question, the past, or a resource that a witness only stands for.
  std::optional<bool> holds(const Affected& q, std::uint32_t rule) {
    const auto* condition = a_.engine().condition(rule);
    if (!condition) return true;
    if (!q.action_before) return std::nullopt;
    for (const auto& input : condition->inputs()) {
      bool declared = input.name == "action" || input.name == "actor" || (input.name == "resource" && q.before.declared());
      if (!declared || input.call || input.field == "properties") return std::nullopt;
    }
    return a_.engine().holds(*condition, *maker_, *q.action_before, q.before, {}, nullptr);
  }

  // ---- attributes: a condition that reads one which changed may be met by now
  void find_changed_attributes() {
    for (const auto& e : b_.index().entities("")) {
      auto was = a_.index().find({std::string(e.type), std::string(e.context), std::string(e.name)});
      std::map<std::string_view, std::string_view> before, after;
      if (was)
        for (auto [k, v] : a_.index().attributes(*was)) before.emplace(k, v);
      for (auto [k, v] : b_.index().attributes(e)) after.emplace(k, v);
      if (before == after) continue;
      auto& keys = changed_[e.str()];
      for (const auto* side : {&before, &after})
        for (const auto& [k, v] : *side)
          if (!before.contains(k) || !after.contains(k) || before[k] != after[k]) keys.insert(key_of(k));
    }
  }

  void find_read_fields() {
    for (std::uint32_t i = 0; i < b_.index().rule_count(); ++i)
      if (const auto* condition = b_.engine().condition(i))
        for (const auto& input : condition->inputs())
          if (input.name == "actor" || input.name == "resource") read_.insert(input.field);
  }

  // A resource of which nothing else changed but what no condition reads (a secret's value) gives nobody anything.
  bool matters(const EntityView& before, const EntityView& after) override {
    auto it = changed_.find(after.str());
    return it == changed_.end() || before.state != after.state || before.id != after.id ||
           std::any_of(it->second.begin(), it->second.end(), [&](const auto& key) { return read_.contains(key); });
  }

  bool changed(const Affected& q, std::uint32_t rule) {
    const auto* condition = b_.engine().condition(rule);
    if (!condition || changed_.empty()) return false;
    for (const auto& input : condition->inputs()) {
      auto it = changed_.find(input.name == "actor" ? q.actor : input.name == "resource" ? q.after.ref.str() : "");
      if (it != changed_.end() && it->second.contains(input.field)) return true;
    }
    return false;
  }

  std::optional<EntityView> maker_;
  std::map<std::string, std::set<std::string>> changed_;
  std::set<std::string> read_;  // the fields of resources and actors that conditions read
  std::optional<Escalated> found_;
};

}  // namespace

Result<std::optional<Escalated>> escalation(const Index& before, const Index& after, const Ref& maker) {
  TK_TRY(auto who, before.find(maker));
  return Escalation(before, after, who).run();
}

}  // namespace tk::law
