// Questions with a gap: what may this actor do, who may do this, and what changed between two laws. Complete
// over what is declared: actors are users and agents, resources are entities, and for those that only patterns
// name (casts, runs, files …) witnesses of each pattern of a rule.
#pragma once

#include <string>
#include <vector>

#include "core/law/engine.hpp"

namespace tk::law {

struct Allowed {
  std::string_view actor, action, resource;  // valid as long as the Universe
  Answer answer = Answer::allow;
};

// Everything that is declared in one index, ready to be asked about.
class Universe {
 public:
  explicit Universe(Engine& engine);
  const std::vector<EntityView>& actors() const { return actors_; }
  const std::vector<Target>& resources() const { return resources_; }

  // Answers that are not deny.
  std::vector<Allowed> what_can(const EntityView& actor, const Facts& facts);
  std::vector<Allowed> who_can(std::uint32_t action, const Target& resource, const Facts& facts);
  std::vector<Allowed> which_actions(const EntityView& actor, const Target& resource, const Facts& facts);

 private:
  Engine& engine_;
  std::vector<EntityView> actors_;
  std::vector<Target> resources_;
  std::vector<std::string_view> actions_;
  std::vector<std::string> actor_names_, resource_names_;
  std::string actor_, resource_;  // of the question, where it is not declared
  Verdict verdict_;
};

// Resources that are not declared and that patterns of these laws cover: one of every kind that patterns and the
// contexts of grants tell apart, so that what comes to be declared is like one of them but for its attributes.
// `all` is false when there are too many kinds.
std::vector<Ref> witnesses(std::span<const Index* const> laws, bool& all);

}  // namespace tk::law
