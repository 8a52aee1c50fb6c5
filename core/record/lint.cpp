#include "core/record/lint.hpp"

#include <algorithm>
#include <set>

#include "core/base/text.hpp"

namespace tk::record {
namespace {

using Conditions = std::vector<const Condition*>;

Conditions of(const Transition& t) {
  Conditions out;
  for (const auto& c : t.guard) out.push_back(&c);
  return out;
}

std::string name_of(const Transition& t) { return "event " + t.event + " from " + text::join(t.from, ", "); }

class Linter {
 public:
  explicit Linter(const Definition& d) : d_(d) {}

  std::vector<Finding> run() {
    for (const auto& t : d_.transitions) check_guard(t);
    for (std::size_t i = 0; i < d_.transitions.size(); ++i)
      for (std::size_t j = i + 1; j < d_.transitions.size(); ++j)
        check_pair(d_.transitions[i], d_.transitions[j]);
    check_invariants();
    check_reach();
    for (const auto& s : d_.states)
      if (!s.compound && !s.final && d_.events_from(s.name).empty())
        say("dead-end", s.where, "nothing leads out of " + s.name, "if that is meant: final = true");
    std::stable_sort(out_.begin(), out_.end(),
                     [](const Finding& a, const Finding& b) { return a.where.line < b.where.line; });
    return std::move(out_);
  }

 private:
  void say(std::string kind, const Where& where, std::string message, std::string hint) {
    out_.push_back({std::move(kind), where, std::move(message), std::move(hint)});
  }

  void check_guard(const Transition& t) {
    for (const auto& c : t.guard) {
      auto alone = sense({&c});
      if (alone == Sense::always)
        say("always", c.when.where, "this condition of " + name_of(t) + " always holds", "leave it out");
      if (alone == Sense::never) {
        say("never", c.when.where, "this condition of " + name_of(t) + " can never hold", "the transition is never taken");
        never_.insert(&t);
      }
    }
    if (!never_.contains(&t) && sense(of(t)) == Sense::never) {
      say("never", t.where, "the conditions of " + name_of(t) + " contradict each other", "the transition is never taken");
      never_.insert(&t);
    }
  }

  // Two transitions of one event and state: the first whose guard holds is taken.
  void check_pair(const Transition& a, const Transition& b) {
    bool beside = a.event == b.event && std::any_of(a.from.begin(), a.from.end(), [&](const auto& from) {
      return std::find(b.from.begin(), b.from.end(), from) != b.from.end();
    });
    if (!beside || never_.contains(&a) || never_.contains(&b)) return;
    if (b.guard.empty())
      return say("unguarded", b.where, name_of(b) + " has no guard beside one that has",
                 "it is taken whenever the guard of line " + std::to_string(a.where.line) + " does not hold");
    auto covers = std::all_of(a.guard.begin(), a.guard.end(), [&](const Condition& c) {
      return std::any_of(b.guard.begin(), b.guard.end(), [&](const Condition& x) { return x.when.text == c.when.text; });
    });
    if (covers)
      return say("shadowed", b.where, name_of(b) + " is never taken",
                 "whenever its guard holds, that of line " + std::to_string(a.where.line) + " does");
    auto both = of(a);
    auto more = of(b);
    both.insert(both.end(), more.begin(), more.end());
    auto together = sense(both);
    if (together == Sense::sometimes || together == Sense::always)
      say("overlap", b.where, name_of(b) + " and that of line " + std::to_string(a.where.line) + " can both hold",
          "the one that stands first is taken; make the guards exclude each other");
  }

  void check_invariants() {
    for (const auto& c : d_.invariants) {
      auto s = sense({&c});
      if (s == Sense::always) say("always", c.when.where, "this invariant always holds", "leave it out");
      if (s == Sense::never) say("never", c.when.where, "this invariant can never hold", "no record can be made");
    }
  }

  void check_reach() {
    std::vector<std::string> todo = {d_.leaf(d_.initial)};
    for (const auto& [old, to] : d_.migrate_states) todo.push_back(d_.leaf(to));
    std::set<std::string> reached;
    while (!todo.empty()) {
      auto at = todo.back();
      todo.pop_back();
      if (!reached.insert(at).second) continue;
      for (const auto& event : d_.events_from(at))
        for (const auto* t : d_.candidates(event, at))
          if (!t->internal() && !never_.contains(t)) todo.push_back(d_.leaf(t->to));
    }
    for (const auto& s : d_.states)
      if (!s.compound && !reached.contains(s.name))
        say("unreachable", s.where, "no way leads from " + d_.initial + " to " + s.name, "add a transition, or leave it out");
  }

  const Definition& d_;
  std::set<const Transition*> never_;
  std::vector<Finding> out_;
};

}  // namespace

std::vector<Finding> lint(const Definition& definition) { return Linter(definition).run(); }

}  // namespace tk::record
