#include "core/law/lint.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/law/detail/bucket.hpp"
#include "core/law/detail/clauses.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;
using expr::Node;

// path op literal, either way round; nothing else.
struct Bound {
  std::string path, op;
  double value = 0;
  Value exact;
  bool numeric = false;
};

bool bound_of(const Node& n, Bound& out) {
  static const std::map<std::string, std::string, std::less<>> kTurned = {
      {"_==_", "_==_"}, {"_<_", "_>_"}, {"_<=_", "_>=_"}, {"_>_", "_<_"}, {"_>=_", "_<=_"}};
  auto turned = n.kind == Node::Kind::call && n.children.size() == 2 ? kTurned.find(n.text) : kTurned.end();
  if (turned == kTurned.end()) return false;
  for (int side = 0; side < 2; ++side) {
    const auto &path = n.children[static_cast<std::size_t>(side)], &value = n.children[static_cast<std::size_t>(1 - side)];
    if (path.kind != Node::Kind::select || value.kind != Node::Kind::literal) continue;
    out.path = expr::unparse(path);
    out.op = side == 0 ? n.text : turned->second;
    out.exact = value.value;
    out.numeric = value.value.number(out.value);
    return true;
  }
  return false;
}

bool contradict(const Bound& a, const Bound& b) {
  if (a.path != b.path) return false;
  if (a.op == "_==_" && b.op == "_==_") return a.exact.kind() == b.exact.kind() && a.exact != b.exact;
  if (!a.numeric || !b.numeric) return false;
  auto upper = [](const Bound& x) { return x.op == "_<_" || x.op == "_<=_" || x.op == "_==_"; };
  auto lower = [](const Bound& x) { return x.op == "_>_" || x.op == "_>=_" || x.op == "_==_"; };
  auto strict = [](const Bound& x) { return x.op == "_<_" || x.op == "_>_"; };
  for (const auto& [low, high] : {std::pair(a, b), std::pair(b, a)})
    if (lower(low) && upper(high) &&
        (low.value > high.value || (low.value == high.value && (strict(low) || strict(high)))))
      return true;
  return false;
}

class Lint {
 public:
  explicit Lint(Engine& engine) : engine_(engine), index_(engine.index()), b_(index_.bytes()) {}

  std::vector<Finding> run() {
    read_roles();
    for (std::uint32_t i = 0; i < index_.rule_count(); ++i) rules_.push_back(index_.rule(i));
    for (std::uint32_t i = 0; i < rules_.size(); ++i) check_rule(i);
    find_shadowed();
    check_edges();
    std::stable_sort(out_.begin(), out_.end(), [](auto& a, auto& b) {
      return std::tie(a.where.file, a.where.line) < std::tie(b.where.file, b.where.line);
    });
    return std::move(out_);
  }

 private:
  struct Role {
    std::string_view ref, file;
    int line = 0;
    bool held = false;                 // some grant gives it, whoever comes to hold that
    std::set<std::uint32_t> all;       // itself and what it inherits
  };

  void read_roles() {
    auto [table, n] = all<RoleRow>(b_, kRoles);
    for (std::size_t i = 0; i < n; ++i) {
      Role role{str(b_, table[i].ref), str(b_, table[i].file), static_cast<int>(table[i].line), false, {}};
      auto [closure, c] = rows<ClosureRow>(b_, kClosure, table[i].closure);
      for (std::size_t k = 0; k < c; ++k) role.all.insert(closure[k].role);
      roles_.push_back(std::move(role));
    }
    auto [grants, g] = all<GrantRow>(b_, kGrants);
    for (std::size_t i = 0; i < g; ++i)
      if (grants[i].role < roles_.size())
        for (auto role : roles_[grants[i].role].all)
          if (role < roles_.size()) roles_[role].held = true;
  }

  void find(std::string kind, const RuleView& rule, std::string message, std::string hint = {}) {
    out_.push_back({std::move(kind), "rule " + std::string(rule.id), {std::string(rule.file), rule.line, 0},
                    std::move(message), std::move(hint)});
  }

  void check_rule(std::uint32_t number) {
    const auto& rule = rules_[number];
    auto role = index_.role_of(number);
    if (role < roles_.size() && !roles_[role].held)
      find("unreachable", rule, "no grant gives " + std::string(roles_[role].ref), "grant it, or take the rule out");
    if (auto ref = parse_ref(rule.resource); ref && !index_.entities(ref->type).empty() && !index_.lookup(*ref))
      find("missing-edge", rule, "no " + ref->type + " is called " + std::string(rule.resource), "declare it, or mend the name");
    const auto* condition = engine_.condition(number);
    if (!condition) return;
    std::vector<const Node*> clauses;
    clauses_of(condition->tree(), clauses);
    std::vector<Bound> bounds;
    std::set<std::string> texts;
    for (const auto* clause : clauses) {
      check_constant(rule, *clause, clauses.size() == 1);
      auto text = expr::unparse(*clause);
      auto opposite = clause->kind == Node::Kind::call && clause->text == "!_" ? expr::unparse(clause->children[0]) : "!" + text;
      if (texts.contains(opposite)) find("contradictory", rule, "`" + text + "` and its opposite can never both hold");
      texts.insert(text);
      Bound bound;
      if (!bound_of(*clause, bound)) continue;
      for (const auto& other : bounds)
        if (contradict(bound, other)) {
          find("contradictory", rule, "`" + text + "` can never hold with the other clauses on " + bound.path);
          break;
        }
      bounds.push_back(std::move(bound));
    }
  }

  void check_constant(const RuleView& rule, const Node& clause, bool whole) {
    auto text = expr::unparse(clause);
    auto say = [&](bool value) {
      find(value ? "always-true" : "never-true", rule,
           "`" + text + "` is always " + (value ? "true" : "false") + (whole ? "" : ", whatever is asked"),
           value ? "leave it out" : "take the rule out, or mend the condition");
    };
    static constexpr std::pair<std::string_view, bool> kSame[] = {{"_==_", true}, {"_<=_", true}, {"_>=_", true},
                                                                {"_!=_", false}, {"_<_", false}, {"_>_", false}};
    for (auto [op, value] : kSame)
      if (clause.kind == Node::Kind::call && clause.text == op && clause.children[0].kind != Node::Kind::literal &&
          expr::unparse(clause.children[0]) == expr::unparse(clause.children[1]))
        return say(value);
    auto program = expr::Program::compile(text, engine_.environment());
    if (!program || !program->inputs().empty()) return;
    auto cell = program->run({}, scratch_);
    if (cell.kind() == expr::Cell::Kind::boolean) say(cell.is_true());
  }

  // Whether whoever is asked about by rule i is asked about by rule j too, in all the same cases.
  bool covered(std::uint32_t i, std::uint32_t j) const {
    const auto &inner = rules_[i], &outer = rules_[j];
    auto role = index_.role_of(i);
    if (role >= roles_.size() || !roles_[role].all.contains(index_.role_of(j))) return false;
    if (!outer.when.empty() && outer.when != inner.when) return false;
    for (auto action : inner.actions)
      if (std::none_of(outer.actions.begin(), outer.actions.end(),
                       [&](auto a) { return a == action || a == "*" || (action.find('*') == action.npos && action_matches(a, action)); }))
        return false;
    return pattern_covers(outer.resource, inner.resource);
  }

  static bool plain(const RuleView& rule) { return rule.sets.empty() && rule.obligations.empty(); }

  void find_shadowed() {
    // Only rules of a role that the other's role inherits can cover it.
    std::map<std::uint32_t, std::vector<std::uint32_t>> of_role;
    for (std::uint32_t i = 0; i < rules_.size(); ++i) of_role[index_.role_of(i)].push_back(i);
    bool forbid_wins = index_.combining() == Combining::forbid_overrides;
    for (std::uint32_t i = 0; i < rules_.size(); ++i) {
      const auto& rule = rules_[i];
      auto role = index_.role_of(i);
      if (role >= roles_.size()) continue;
      auto shadow = [&](std::uint32_t j) {
        const auto& other = rules_[j];
        if (i == j || !covered(i, j)) return false;
        if (other.permit == rule.permit) {
          if (!plain(rule) || !plain(other)) return false;
          return !covered(j, i) || j < i;  // of two that are the same the later one is idle
        }
        return forbid_wins ? rule.permit : !rule.permit;
      };
      bool found = false;
      for (auto r : roles_[role].all) {
        auto it = of_role.find(r);
        if (it == of_role.end() || found) continue;
        for (auto j : it->second) {
          if (!shadow(j)) continue;
          find("shadowed", rule, "rule " + std::string(rules_[j].id) + " (" + std::string(rules_[j].file) + ":" +
                                     std::to_string(rules_[j].line) + ") decides wherever this one applies",
               "take one of them out");
          found = true;
          break;
        }
      }
    }
  }

  void check_edges() {
    auto [roles, n] = all<RoleRow>(b_, kRoles);
    std::set<std::uint32_t> inherited;
    for (std::uint32_t i = 0; i < roles_.size(); ++i)
      for (auto role : roles_[i].all)
        if (role != i) inherited.insert(role);
    for (std::uint32_t i = 0; i < roles_.size() && i < n; ++i) {
      if (roles[i].rules.size == 0 && roles_[i].all.size() == 1)
        edge(roles_[i].ref, roles_[i].file, roles_[i].line, "has no rule and inherits none", "add a rule, or take it out");
      if (!roles_[i].held && !inherited.contains(i) && roles[i].rules.size == 0)
        edge(roles_[i].ref, roles_[i].file, roles_[i].line, "is given by no grant", "grant it, or take it out");
    }
  }

  void edge(std::string_view what, std::string_view file, int line, const std::string& message, std::string hint) {
    out_.push_back({"missing-edge", std::string(what), {std::string(file), line, 0}, message, std::move(hint)});
  }

  Engine& engine_;
  const Index& index_;
  std::string_view b_;
  std::vector<Role> roles_;
  std::vector<RuleView> rules_;
  expr::Scratch scratch_;
  std::vector<Finding> out_;
};

}  // namespace

bool pattern_covers(std::string_view outer, std::string_view inner) {
  if (outer == inner || outer == "**" || outer == "*") return true;
  bool outer_exact = true, inner_exact = true;
  auto a = bucket_of(outer, outer_exact), b = bucket_of(inner, inner_exact);
  if (!outer_exact) return false;
  if (!a.type.empty() && a.type != b.type) return false;
  if (a.kind == Bucket::subtree) return b.kind == Bucket::named ? a.context.empty() : covers(a.context, b.context);
  return a.kind == Bucket::named && b.kind == Bucket::one && a.name == b.name;
}

std::vector<Finding> lint(Engine& engine) { return Lint(engine).run(); }

}  // namespace tk::law
