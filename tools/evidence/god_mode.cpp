// Rights that are too wide. Of the law in force:
//   god-rule        a permit of every action on everything, in other hands than the owners': those whose role and rule
//                   `tk init` made (their first row is the rule "genesis"), and who are named one by one and persons.
//                   Somebody has to be able to mend law itself; that one is held by people, and every use of it is a row.
//   wide-agent      an agent is permitted every action on a part of the workspace
//   agent-decides   an agent is permitted to speak as others, answer for people or give out rights, and no forbid that
//                   reaches it stands against that
// Of what was given and is alive (rights.cpp): tokens, families, leases.
#include <algorithm>
#include <map>

#include "core/law/grants.hpp"
#include "core/law/lint.hpp"
#include "tools/evidence/evidence.hpp"

namespace tk::tools::evidence {
namespace {

using namespace tk::law;

constexpr std::string_view kDeciding[] = {"actor.act-as", "cast.answer", "cast.expire", "token.issue", "borrow.review",
                                          "borrow.break-glass", "actor.resume", "law.review", "subject.erase", "log.prune"};

bool pattern(std::string_view to) { return to.find('*') != to.npos; }
bool everything(std::string_view resource) { return resource == "**" || resource == "*"; }

class GodMode {
 public:
  explicit GodMode(Scene& scene) : scene_(scene), index_(scene.index()), grants_(grants_of(index_)), actions_(index_.actions()) {
    for (auto& r : reach_of(index_)) reached_[r.grant].push_back(r);
  }

  Result<std::vector<Found>> run() {
    TK_CHECK(find_owners());
    for (std::uint32_t n = 0; n < index_.rule_count(); ++n) {
      auto rule = index_.rule(n);
      if (!rule.permit) continue;
      for (const auto& g : grants_) {
        if (!g.roles.contains(index_.role_of(n))) continue;
        if (all_actions(rule) && everything(rule.resource)) god(rule, g);
        else if (all_actions(rule)) wide(rule, g);
        else deciding(rule, g);
      }
    }
    for (auto& [g, f] : out_) {
      TK_TRY(auto s, scene_.db().prepare("SELECT coalesce(max(j.seq), 0) FROM record r JOIN journal j ON j.entity_id = r.id "
                                         "WHERE r.type = 'grant' AND r.context = ? AND r.name = ?"));
      s.bind(g->context).bind(g->id);
      TK_TRY(bool row, s.step());
      if (row) f.seq = s.integer(0);
      TK_TRY(f.hash, hash_of(scene_, f.seq));
    }
    std::vector<Found> found;
    for (auto& [g, f] : out_) found.push_back(std::move(f));
    return found;
  }

 private:
  // Whether tk init itself declared it.
  Result<bool> of_genesis(const char* type, std::string_view context, std::string_view name) {
    TK_TRY(auto s, scene_.db().prepare("SELECT 1 FROM record r JOIN journal j ON j.entity_id = r.id WHERE r.type = ? AND r.context = ? "
                                       "AND r.name = ? AND j.trigger = 'new' AND j.rule_id = 'genesis'"));
    s.bind(std::string_view(type)).bind(context).bind(name);
    return s.step();
  }

  Result<void> find_owners() {
    for (std::uint32_t n = 0; n < index_.rule_count(); ++n) {
      auto rule = index_.rule(n);
      if (!rule.permit || !all_actions(rule) || !everything(rule.resource)) continue;
      TK_TRY(auto role, parse_ref(rule.role));
      TK_TRY(bool role_too, of_genesis("role", role.context, role.name));
      TK_TRY(bool rule_too, of_genesis("rule", role.context, rule.id));
      if (role_too && rule_too) owners_.insert(rule.role);
    }
    return {};
  }

  void god(const RuleView& rule, const GrantView& g) {
    for (const auto& agent : agents_of(g))
      say("god-rule", "critical", agent, g, agent + " may do everything, by rule " + std::string(rule.id) + " (" + at(rule) + ")",
          "take the grant away, and give it a role with the actions that it needs: tk law draft --from " + agent);
    if (pattern(g.to) && !g.to.starts_with("agent:"))
      return say("god-rule", "critical", g.ref(), g, "whoever fits " + std::string(g.to) + " may do everything, by rule " + std::string(rule.id),
                 "grant it to persons by name");
    bool owners = owners_.contains(rule.role) && g.role == rule.role;
    bool asks = !rule.when.empty() || !rule.obligations.empty();
    for (const auto& r : reached_[g.number]) {
      auto who = r.actor.str();
      if (r.actor.type != "user") continue;
      if (!owners)
        say("god-rule", asks ? "medium" : "high", who, g, who + " may do everything, by rule " + std::string(rule.id) + " (" + at(rule) +
            ") and not as an owner", "name the actions and resources in the rule, or make the person an owner");
      else if (!r.via.empty())
        say("god-rule", "high", who, g, who + " may do everything because it is in " + std::string(r.via),
            "name the owners one by one: who changes the group makes owners");
    }
  }

  void wide(const RuleView& rule, const GrantView& g) {
    for (const auto& agent : agents_of(g))
      say("wide-agent", "high", agent, g, agent + " may do everything on " + std::string(rule.resource) + ", by rule " + std::string(rule.id) +
          " (" + at(rule) + ")", "name the actions in the rule");
  }

  void deciding(const RuleView& rule, const GrantView& g) {
    for (auto action : kDeciding)
      if (covers_action(rule, action))
        for (const auto& agent : agents_of(g))
          if (!forbidden(agent, action, rule, g))
            say("agent-decides", "high", agent, g, agent + " may " + std::string(action) + " on " + std::string(rule.resource) + ", by rule " +
                std::string(rule.id) + " (" + at(rule) + ")", "that is for people: take " + std::string(action) + " out, or forbid it to agents");
  }

  // By `*`, or by patterns that leave none out.
  bool all_actions(const RuleView& rule) const {
    return std::all_of(actions_.begin(), actions_.end(), [&](auto action) { return covers_action(rule, action); });
  }

  static bool covers_action(const RuleView& rule, std::string_view action) {
    return std::any_of(rule.actions.begin(), rule.actions.end(), [&](auto p) { return action_matches(p, action); });
  }

  // A forbid without a condition that reaches the agent wherever the permit does.
  bool forbidden(const std::string& agent, std::string_view action, const RuleView& permit, const GrantView& by) {
    if (index_.combining() != Combining::forbid_overrides) return false;
    for (std::uint32_t n = 0; n < index_.rule_count(); ++n) {
      auto rule = index_.rule(n);
      if (rule.permit || !rule.when.empty() || !covers_action(rule, action) || !pattern_covers(rule.resource, permit.resource)) continue;
      for (const auto& g : grants_) {
        if (!g.roles.contains(index_.role_of(n)) || !covers(g.context, by.context)) continue;
        if (!g.to.empty() && pattern_covers(g.to, by.to)) return true;
        const auto& list = reached_[g.number];
        if (std::any_of(list.begin(), list.end(), [&](auto& r) { return r.actor.str() == agent; })) return true;
      }
    }
    return false;
  }

  // The agents that a grant reaches; a pattern stands for those to come where there are none yet.
  std::vector<std::string> agents_of(const GrantView& g) {
    std::vector<std::string> out;
    for (const auto& r : reached_[g.number])
      if (r.actor.type == "agent") out.push_back(r.actor.str());
    if (out.empty() && pattern(g.to) && (everything(g.to) || g.to.starts_with("agent:"))) out.emplace_back(g.to);
    return out;
  }

  static std::string at(const RuleView& rule) { return std::string(rule.file) + ":" + std::to_string(rule.line); }
  void say(const char* kind, const char* severity, const std::string& what, const GrantView& g, std::string message, std::string mend) {
    out_.push_back({&g, {kind, severity, what, std::string(g.file) + ":" + std::to_string(g.line), std::move(message), std::move(mend), 0, {}}});
  }

  Scene& scene_;
  const Index& index_;
  std::vector<GrantView> grants_;
  std::vector<std::string_view> actions_;  // all that there are
  std::map<std::uint32_t, std::vector<Reach>> reached_;
  std::set<std::string_view> owners_;  // roles
  std::vector<std::pair<const GrantView*, Found>> out_;
};

}  // namespace

Result<std::vector<Found>> rules_at_large(Scene& scene) { return GodMode(scene).run(); }

Result<std::vector<Found>> god_mode(Scene& scene) {
  TK_TRY(auto out, rules_at_large(scene));
  TK_TRY(auto rights, rights_at_large(scene));
  out.insert(out.end(), rights.begin(), rights.end());
  return out;
}

}  // namespace tk::tools::evidence
