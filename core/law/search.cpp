#include "core/law/search.hpp"

#include <algorithm>
#include <set>

namespace tk::law {

Universe::Universe(Engine& engine) : engine_(engine), actions_(engine.index().actions()) {
  for (const auto* type : {"user", "agent"})
    for (const auto& e : engine.index().entities(type)) actors_.push_back(e);
  for (const auto& e : engine.index().entities("")) resources_.push_back(engine.target(e));
  for (const auto& actor : actors_) actor_names_.push_back(actor.str());
  for (const auto& resource : resources_) resource_names_.push_back(resource.ref.str());
}

std::vector<Allowed> Universe::what_can(const EntityView& actor, const Facts& facts) {
  std::vector<Allowed> out;
  actor_ = actor.str();
  for (std::size_t r = 0; r < resources_.size(); ++r) {
    if (resources_[r].buckets.empty()) continue;
    for (std::uint32_t action = 0; action < actions_.size(); ++action) {
      engine_.decide(actor, action, resources_[r], facts, Detail::first, verdict_);
      if (verdict_.answer != Answer::deny)
        out.push_back({actor_, actions_[action], resource_names_[r], verdict_.answer});
    }
  }
  return out;
}

std::vector<Allowed> Universe::who_can(std::uint32_t action, const Target& resource, const Facts& facts) {
  std::vector<Allowed> out;
  resource_ = resource.ref.str();
  for (std::size_t a = 0; a < actors_.size(); ++a) {
    engine_.decide(actors_[a], action, resource, facts, Detail::first, verdict_);
    if (verdict_.answer != Answer::deny)
      out.push_back({actor_names_[a], actions_[action], resource_, verdict_.answer});
  }
  return out;
}

std::vector<Allowed> Universe::which_actions(const EntityView& actor, const Target& resource, const Facts& facts) {
  std::vector<Allowed> out;
  actor_ = actor.str();
  resource_ = resource.ref.str();
  for (std::uint32_t action = 0; action < actions_.size(); ++action) {
    engine_.decide(actor, action, resource, facts, Detail::first, verdict_);
    if (verdict_.answer != Answer::deny) out.push_back({actor_, actions_[action], resource_, verdict_.answer});
  }
  return out;
}

std::vector<Ref> witnesses(const Index& index) {
  std::set<Ref> out;
  for (std::uint32_t i = 0; i < index.rule_count(); ++i) {
    std::string pattern(index.rule(i).resource);
    // A star becomes a name that nobody uses; ** one segment of it.
    for (auto at = pattern.find('*'); at != pattern.npos; at = pattern.find('*'))
      pattern.replace(at, pattern.substr(at, 2) == "**" ? 2 : 1, "any-other");
    auto ref = parse_ref(pattern.find(':') == pattern.npos ? "any-other:any-other/any-other" : pattern);
    if (!ref) continue;
    if (ref->type == "any-other" && ref->context.empty()) ref->context = "any-other";
    if (!index.find(*ref)) out.insert(*ref);
  }
  return {out.begin(), out.end()};
}

}  // namespace tk::law
