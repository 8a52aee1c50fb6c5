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

std::string with_stars_named(std::string_view text) {
  std::string out(text);
  for (auto at = out.find('*'); at != out.npos; at = out.find('*'))
    out.replace(at, out.compare(at, 2, "**") == 0 ? 2 : 1, kOther);
  return out;
}

}  // namespace

std::vector<Ref> witnesses(const Index& index) {
  struct Pattern {
    std::string_view text;
    std::string type, context, name;
  };
  std::vector<Pattern> patterns;
  std::set<std::string, std::less<>> contexts{std::string(kOther)};
  std::set<std::string_view> seen;
  for (std::uint32_t i = 0; i < index.rule_count(); ++i) {
    auto text = index.rule(i).resource;
    if (!seen.insert(text).second) continue;
    auto colon = text.find(':');
    auto rest = colon == text.npos ? std::string_view("**") : text.substr(colon + 1);
    auto slash = rest.find('/');
    Pattern p{text, with_stars_named(text.substr(0, colon)), {}, with_stars_named(rest.substr(slash == rest.npos ? 0 : slash + 1))};
    if (slash != rest.npos) p.context = with_stars_named(rest.substr(0, slash));
    if (!p.context.empty()) contexts.insert(p.context);
    patterns.push_back(std::move(p));
  }
  for (auto context : index.grant_contexts()) contexts.emplace(context);
  std::set<Ref> out;
  for (const auto& p : patterns)
    for (const auto& context : contexts)
      if (matches(p.text, p.type, context, p.name))
        if (Ref ref{p.type, context, p.name}; !index.lookup(ref)) out.insert(std::move(ref));
  return {out.begin(), out.end()};
}

}  // namespace tk::law
