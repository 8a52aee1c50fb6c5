// The tables of an index while it is made, and the pool that they point into; equal strings are stored once.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.hpp"
#include "core/law/detail/layout.hpp"
#include "core/law/model.hpp"

namespace tk::law::detail {

struct Builder {
  std::vector<EntityRow> entities;
  std::vector<AttributeRow> attributes;
  std::vector<ActorGrantRow> actor_grants;
  std::vector<GrantRow> grants;
  std::vector<RoleRow> roles;
  std::vector<ClosureRow> closure;
  std::vector<RuleRow> rules;
  std::vector<Str> action_patterns, actions;
  std::vector<FileRow> files;
  std::vector<KeyRow> keys;
  std::vector<BucketRow> buckets;
  std::vector<std::uint32_t> entity_buckets;
  std::vector<GroupRow> groups;
  std::vector<CandidateRow> candidates;
  std::vector<HoldingRow> holdings;
  std::vector<std::uint64_t> words;
  std::vector<ConditionRow> conditions;
  std::vector<SetRow> sets;
  std::vector<ObligationRow> obligations;
  std::string pool;
  std::size_t held = 0;  // entities named by members and grants, patterns written out
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Str, Hash, std::equal_to<>> known;

  // Empty, or what there is too much of. Asked while rows are made, before memory is gone.
  std::string too_much() const {
    if (held > kMaxRows) return "members and grants name more than 4,194,304 entities in all";
    if (closure.size() > kMaxRows) return "roles inherit more than 4,194,304 roles in all";
    if (actor_grants.size() > kMaxRows) return "actors hold more than 4,194,304 grants in all";
    if (words.size() > kMaxRows) return "actors hold more than 268,435,456 roles in all";
    if (candidates.size() > kMaxRows) return "rules name more than 4,194,304 actions in all";
    if (pool.size() > kMaxPool) return "the names in law take more than 256 MiB";
    return {};
  }

  Str str(std::string_view s) {
    auto it = known.find(s);
    if (it != known.end()) return it->second;
    Str out{static_cast<std::uint32_t>(pool.size()), static_cast<std::uint32_t>(s.size())};
    pool += s;
    known.emplace(s, out);
    return out;
  }
  std::string_view text(Str s) const { return std::string_view(pool).substr(s.at, s.size); }
};

inline std::uint32_t count(std::size_t n) { return static_cast<std::uint32_t>(n); }

// Fills what decisions look at (buckets, groups, candidates, holdings) from the chain that the other tables
// hold. `actions` are the names of kActionNames, sorted.
Result<void> make_lookup(Builder& b, const Model& model, const std::vector<std::string>& actions);

}  // namespace tk::law::detail
