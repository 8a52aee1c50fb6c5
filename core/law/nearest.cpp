#include <algorithm>

#include "core/json/json.hpp"
#include "core/law/detail/clauses.hpp"
#include "core/law/detail/tables.hpp"
#include "core/law/explain.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

// One attribute or argument that would have to be something else.
struct Set {
  std::string root, field;
  Value value;
};
using Sets = std::vector<Set>;

constexpr std::size_t kMaxAlternatives = 16;  // ways to meet one condition that are tried

const Node* argument(const Node& n, std::string_view call, std::size_t at) {
  return n.kind == Node::Kind::call && n.text == call && at < n.children.size() ? &n.children[at] : nullptr;
}

// actor.X, resource.X or context.X that a person can change.
bool settable(const Node& n) {
  if (n.kind != Node::Kind::select || n.test || n.optional || n.children[0].kind != Node::Kind::name) return false;
  const auto& root = n.children[0].text;
  if (root == "context") return true;
  if (root != "actor" && root != "resource") return false;
  for (auto fixed : {"type", "context", "name", "ref", "id", "state", "properties"})
    if (n.text == fixed) return false;
  return true;
}

// A value next to `v`, above (1) or below (-1) it; or just another one (0).
std::optional<Value> beside(const Value& v, int way) {
  if (const auto* i = v.as_int()) return Value(*i + (way ? way : 1));
  if (const auto* u = v.as_uint()) return Value(*u + static_cast<std::uint64_t>(way ? way : 1));
  if (const auto* d = v.as_double()) return Value(*d + (way ? way : 1));
  if (const auto* f = v.as_bool(); f && way == 0) return Value(!*f);
  if (const auto* t = v.as_timestamp()) return Value(Timestamp{t->ns + (way ? way : 1) * 1'000'000'000});
  if (const auto* t = v.as_duration()) return Value(Duration{t->ns + (way ? way : 1) * 1'000'000'000});
  if (const auto* s = v.as_text(); s && way >= 0) return Value(*s + (way ? "0" : "-other"));
  return std::nullopt;
}

class Search {
 public:
  Search(Engine& engine, const EntityView& actor, std::uint32_t action, const Target& resource, const Facts& facts)
      : engine_(engine), actor_(actor), action_(action), resource_(resource), facts_(facts) {}

  std::optional<NearestPermit> run() {
    std::vector<Candidate> candidates;
    for (auto rule : engine_.permits(action_, resource_)) candidates.push_back(candidate(rule));
    // Of two that cost the same the one that gives less: no role, then a rule for less than everything.
    std::stable_sort(candidates.begin(), candidates.end(), [](auto& a, auto& b) {
      return std::tuple(a.cost, !a.has_role, a.broad) < std::tuple(b.cost, !b.has_role, b.broad);
    });
    for (const auto& c : candidates)
      if (auto found = meet(c)) return found;
    return missing_rule();
  }

 private:
  struct Candidate {
    std::uint32_t rule, role;
    bool has_role, broad;
    std::vector<std::string> unmet;
    std::size_t cost;
  };

  Candidate candidate(std::uint32_t rule) {
    auto view = engine_.index().rule(rule);
    bool broad = view.resource == "**" || std::find(view.actions.begin(), view.actions.end(), "*") != view.actions.end();
    Candidate c{rule, engine_.index().role_of(rule), false, broad, {}, actor_.active() ? 0u : 1u};
    c.has_role = engine_.has_role(actor_, c.role, resource_.ref.context);
    c.cost += c.has_role ? 0 : 1;
    if (const auto* condition = engine_.condition(rule)) {
      std::vector<const Node*> clauses;
      clauses_of(condition->tree(), clauses);
      for (const auto* clause : clauses) {
        auto text = expr::unparse(*clause);
        if (!holds(text)) c.unmet.push_back(std::move(text));
      }
    }
    c.cost += c.unmet.size();
    return c;
  }

  bool holds(const std::string& clause) {
    auto program = expr::Program::compile(clause, engine_.environment());
    return program && engine_.holds(*program, actor_, action_, resource_, facts_, nullptr).value_or(false);
  }

  std::optional<Value> value_of(const Node& n) {
    auto program = expr::Program::compile(expr::unparse(n), engine_.environment());
    if (!program) return std::nullopt;
    auto cell = engine_.value(*program, actor_, action_, resource_, facts_, nullptr);
    if (cell.is_error() || cell.kind() == expr::Cell::Kind::missing) return std::nullopt;
    return cell.value();
  }

  // ---- ways to make an expression give `want`, the ones asked for with the question first
  std::vector<Sets> ways(const Node& n, bool want) {
    if (const auto* inner = argument(n, "!_", 0)) return ways(*inner, !want);
    if (argument(n, "_&&_", 1)) return want ? both(n, true) : either(n, false);
    if (argument(n, "_||_", 1)) return want ? either(n, true) : both(n, false);
    if (settable(n)) return {{{n.children[0].text, n.text, Value(want)}}};
    if (n.kind == Node::Kind::select && n.test && want) {
      auto path = n;
      path.test = false;
      if (settable(path)) return {{{path.children[0].text, path.text, Value("set")}}};
    }
    if (n.kind != Node::Kind::call || n.children.size() != 2) return {};
    return comparison(n, want);
  }

  std::vector<Sets> either(const Node& n, bool want) {
    auto out = ways(n.children[0], want);
    for (auto& more : ways(n.children[1], want)) out.push_back(std::move(more));
    return out;
  }

  std::vector<Sets> both(const Node& n, bool want) {
    return joined(ways(n.children[0], want), ways(n.children[1], want));
  }

  static std::vector<Sets> joined(const std::vector<Sets>& a, const std::vector<Sets>& b) {
    std::vector<Sets> out;
    for (const auto& one : a)
      for (const auto& other : b) {
        if (out.size() == kMaxAlternatives) return out;
        out.push_back(one);
        out.back().insert(out.back().end(), other.begin(), other.end());
      }
    return out;
  }

  std::vector<Sets> comparison(const Node& n, bool want) {
    struct Word {
      std::string_view text, otherwise, turned;
    };
    static constexpr Word kWords[] = {
        {"_==_", "_!=_", "_==_"}, {"_!=_", "_==_", "_!=_"}, {"_<_", "_>=_", "_>_"},
        {"_<=_", "_>_", "_>=_"},  {"_>_", "_<=_", "_<_"},   {"_>=_", "_<_", "_<=_"}};
    std::vector<Sets> out;
    const auto &left = n.children[0], &right = n.children[1];
    if (n.text == "@in" && want) {
      auto list = value_of(right), item = value_of(left);
      if (settable(left) && list && list->as_list() && !list->as_list()->empty())
        out.push_back({{left.children[0].text, left.text, list->as_list()->front()}});
      if (settable(right) && item) out.push_back({{right.children[0].text, right.text, Value::List{*item}}});
      return out;
    }
    for (const auto& word : kWords) {
      if (word.text != n.text) continue;
      auto way = want ? word.text : word.otherwise;
      auto turned = std::find_if(std::begin(kWords), std::end(kWords), [&](auto& w) { return w.text == way; })->turned;
      set_side(left, right, way, out);
      set_side(right, left, turned, out);
    }
    auto rank = [](const Sets& s) { return s[0].root == "context" ? 0 : s[0].root == "actor" ? 1 : 2; };
    std::stable_sort(out.begin(), out.end(), [&](auto& a, auto& b) { return rank(a) < rank(b); });
    return out;
  }

  void set_side(const Node& path, const Node& other, std::string_view way, std::vector<Sets>& out) {
    if (!settable(path)) return;
    auto v = value_of(other);
    if (!v) return;
    std::optional<Value> to = *v;
    if (way == "_!=_") to = beside(*v, 0);
    if (way == "_<_") to = beside(*v, -1);
    if (way == "_>_") to = beside(*v, 1);
    if (to) out.push_back({{path.children[0].text, path.text, *to}});
  }

  // ---- proving it
  bool flips(const Suppose& s) {
    engine_.decide(actor_, action_, resource_, facts_, Detail::first, verdict_, &s);
    return verdict_.answer != Answer::deny;
  }

  std::optional<NearestPermit> meet(const Candidate& c) {
    Suppose base;
    base.active = !actor_.active();
    if (!c.has_role) base.roles.push_back(c.role);
    std::vector<Sets> all{{}};
    std::vector<std::vector<Sets>> by_clause;
    bool wish = false;
    for (const auto& text : c.unmet) {
      auto node = expr::parse(text);
      auto some = node ? ways(*node, true) : std::vector<Sets>{};
      wish |= some.empty();
      all = joined(all, some);
      by_clause.push_back(std::move(some));
    }
    if (wish) {
      base.met.push_back(c.rule);
      return flips(base) ? std::optional(describe(c, {}, true)) : std::nullopt;
    }
    for (const auto& sets : all) {
      auto suppose = base;
      for (const auto& set : sets)
        (set.root == "actor" ? suppose.actor : set.root == "resource" ? suppose.resource : suppose.context)[set.field] =
            set.value;
      if (flips(suppose)) return describe(c, sets, false);
    }
    return std::nullopt;
  }

  NearestPermit::Change role_change(std::string_view role) const {
    return {"role", "role " + std::string(role),
            "grant " + std::string(role) + " to " + actor_.str() + " in " +
                (resource_.ref.context.empty() ? "the root" : resource_.ref.context)};
  }

  void add_state(NearestPermit& out) const {
    if (!actor_.active()) out.changes.push_back({"state", "the actor is active", "activate " + actor_.str()});
  }

  NearestPermit describe(const Candidate& c, const Sets& sets, bool wish) {
    auto rule = engine_.index().rule(c.rule);
    NearestPermit out{rule.id, rule.file, rule.line, {}};
    add_state(out);
    if (!c.has_role) out.changes.push_back(role_change(rule.role));
    if (wish)
      for (const auto& clause : c.unmet) out.changes.push_back({"clause", clause, "make it true: " + clause});
    for (const auto& set : sets) {
      auto what = set.root + "." + set.field;
      auto clause = what;
      for (const auto& text : c.unmet)
        if (text.find(what) != text.npos) clause = text;
      auto value = json::compact(set.value);
      auto mend = set.root == "context" ? "ask with " + what + " = " + value
                                        : "set " + set.field + " of " +
                                              (set.root == "actor" ? actor_.str() : resource_.ref.str()) + " to " + value;
      out.changes.push_back({set.root == "context" ? "context" : "attribute", clause, mend});
    }
    return out;
  }

  // Where no permit can be met, one is missing: for a role that the actor has, if it has any.
  std::optional<NearestPermit> missing_rule() {
    Suppose s;
    s.active = !actor_.active();
    s.rule = true;
    if (!flips(s)) return std::nullopt;
    NearestPermit out;
    add_state(out);
    const auto& index = engine_.index();
    auto b = index.bytes();
    auto [names, n] = all<Str>(b, kActionNames);
    std::string role;
    auto [roles, roles_n] = all<RoleRow>(b, kRoles);
    for (std::uint32_t r = 0; r < roles_n && role.empty(); ++r)
      if (engine_.has_role(actor_, r, resource_.ref.context)) role = str(b, roles[r].ref);
    if (role.empty()) {
      role = "a role";
      out.changes.push_back({"role", "any role", "grant " + role + " to " + actor_.str()});
    }
    auto action = std::string(action_ < n ? str(b, names[action_]) : std::string_view());
    out.changes.push_back({"rule", "a permit for " + action + " on " + resource_.ref.str(),
                           "add <rule effect=\"permit\" role=\"" + role + "\" actions=\"" + action + "\" resource=\"" +
                               resource_.ref.str() + "\"/>"});
    return out;
  }

  Engine& engine_;
  const EntityView& actor_;
  std::uint32_t action_;
  const Target& resource_;
  const Facts& facts_;
  Verdict verdict_;
};

}  // namespace

std::optional<NearestPermit> nearest_permit(Engine& engine, const EntityView& actor, std::uint32_t action,
                                            const Target& resource, const Facts& facts) {
  return Search(engine, actor, action, resource, facts).run();
}

}  // namespace tk::law
