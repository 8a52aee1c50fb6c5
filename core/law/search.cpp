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

namespace {

constexpr std::string_view kOther = "any-other";  // a name that nobody uses
constexpr std::size_t kMaxWitnesses = 20'000;

std::string with_stars_named(std::string_view text) {
  std::string out(text);
  for (auto at = out.find('*'); at != out.npos; at = out.find('*'))
    out.replace(at, out.compare(at, 2, "**") == 0 ? 2 : 1, kOther);
  return out;
}

}  // namespace

std::vector<Ref> witnesses(std::span<const Index* const> laws, bool& all) {
  // The parts of names that patterns tell apart, and one that none does.
  std::set<std::string, std::less<>> types{std::string(kOther)}, contexts{std::string(kOther)},
      names{std::string(kOther), std::string(kOther) + "/" + std::string(kOther)};
  std::set<std::string_view> broad;
  std::set<Ref> out;
  auto declared = [&](const Ref& ref) { return std::any_of(laws.begin(), laws.end(), [&](auto* law) { return law->lookup(ref).has_value(); }); };
  for (const auto* law : laws) {
    for (auto context : law->grant_contexts()) contexts.emplace(context);
    for (std::uint32_t i = 0; i < law->rule_count(); ++i) {
      auto text = law->rule(i).resource;
      bool star = text.find('*') != text.npos;
      auto ref = parse_ref(text);
      if (!star && ref && !ref->context.empty()) {  // it covers one: that is its own witness
        if (!declared(*ref)) out.insert(*ref);
        contexts.insert(ref->context);
        continue;
      }
      if (!broad.insert(text).second) continue;
      auto colon = text.find(':');
      if (colon == text.npos) continue;
      auto rest = text.substr(colon + 1);
      auto slash = rest.find('/');
      types.insert(with_stars_named(text.substr(0, colon)));
      names.insert(with_stars_named(rest.substr(slash == rest.npos ? 0 : slash + 1)));
      if (slash != rest.npos) contexts.insert(with_stars_named(rest.substr(0, slash)));
    }
  }
  all = types.size() * contexts.size() * names.size() <= kMaxWitnesses;
  if (!all) return {out.begin(), out.end()};
  for (const auto& type : types)
    for (const auto& context : contexts)
      for (const auto& name : names) {
        auto covered = [&](std::string_view pattern) { return matches(pattern, type, context, name); };
        if (Ref ref{type, context, name}; std::any_of(broad.begin(), broad.end(), covered) && !declared(ref)) out.insert(std::move(ref));
      }
  return {out.begin(), out.end()};
}

}  // namespace tk::law
