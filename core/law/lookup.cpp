// From the chain Actor → Groups → Grant → Role → Rule to two tables that are looked up: the rules of a bucket
// and an action, and the roles of an actor as bits.
#include <algorithm>
#include <bit>

#include "core/law/detail/bucket.hpp"
#include "core/law/detail/builder.hpp"

namespace tk::law::detail {
namespace {

class Lookup {
 public:
  Lookup(Builder& b, const Model& model, const std::vector<std::string>& actions)
      : b_(b), model_(model), actions_(actions) {}

  Result<void> run() {
    TK_CHECK(add_candidates());
    hash_buckets();
    hash_groups();
    for (auto& e : b_.entities) add_entity(e);
    return check();
  }

 private:
  Result<void> check() const {
    auto why = b_.too_much();
    if (why.empty()) return {};
    return fail_at(Code::law_syntax, model_.rules.empty() ? Where{} : model_.rules.front().where, why);
  }

  // Patterns of actions are written out: which actions there are is known.
  const std::vector<std::uint32_t>& actions_of(std::string_view pattern) {
    auto [it, fresh] = expanded_.try_emplace(std::string(pattern));
    if (fresh)
      for (std::size_t i = 0; i < actions_.size(); ++i)
        if (action_matches(pattern, actions_[i])) it->second.push_back(count(i));
    return it->second;
  }

  Result<void> add_candidates() {
    std::size_t made = 0;
    for (std::size_t i = 0; i < b_.rules.size(); ++i) {
      const auto& rule = b_.rules[i];
      bool exact = true;
      auto bucket = bucket_of(b_.text(rule.resource), exact);
      auto at = number_of(bucket);
      CandidateRow row{count(i), rule.role, rule.when, rule.permit ? 0 : kForbid};
      if (rule.sets.size || rule.obligations.size) row.flags |= kChanges;
      if (!exact) row.flags |= kPattern;
      std::vector<std::uint32_t> named;
      for (std::uint32_t a = 0; a < rule.actions.size; ++a)
        for (auto action : actions_of(b_.text(b_.action_patterns[rule.actions.at + a]))) named.push_back(action);
      std::sort(named.begin(), named.end());
      named.erase(std::unique(named.begin(), named.end()), named.end());
      for (auto action : named) groups_[{at, action}].push_back(row);
      made += named.size();
      if (made > kMaxRows)
        return fail_at(Code::law_syntax, model_.rules.front().where, "rules name more than 4,194,304 actions in all");
    }
    return {};
  }

  std::uint32_t number_of(const Bucket& bucket) {
    std::tuple key(bucket.kind, std::string(bucket.type), std::string(bucket.context), std::string(bucket.name));
    return numbers_.try_emplace(std::move(key), count(numbers_.size())).first->second;
  }

  static std::size_t places(std::size_t n) { return std::bit_ceil(n + n / 2 + 1); }  // at most 2/3 full

  void hash_buckets() {
    b_.buckets.resize(places(numbers_.size()));
    for (const auto& [key, number] : numbers_) {
      const auto& [kind, type, context, name] = key;
      auto at = hash({kind, type, context, name}) & (b_.buckets.size() - 1);
      while (b_.buckets[at].number) at = (at + 1) & (b_.buckets.size() - 1);
      b_.buckets[at] = {b_.str(type), b_.str(context), b_.str(name), kind, number + 1};
    }
  }

  // Forbids first, then what changes or asks, then plain permits: a decision may stop at the first of those,
  // which is soonest found where there is no condition.
  void hash_groups() {
    b_.groups.resize(places(groups_.size()));
    auto rank = [](const CandidateRow& c) { return c.flags & kForbid ? 0 : c.flags & kChanges ? 1 : 2; };
    for (auto& [key, rows] : groups_) {
      std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
        return std::tuple(rank(a), a.when != 0, a.role, a.rule) < std::tuple(rank(b), b.when != 0, b.role, b.rule);
      });
      auto at = group_hash(key.first, key.second) & (b_.groups.size() - 1);
      while (b_.groups[at].bucket) at = (at + 1) & (b_.groups.size() - 1);
      auto of = [&](int wanted) {
        return count(static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](auto& c) { return rank(c) == wanted; })));
      };
      b_.groups[at] = {key.first + 1, key.second, {count(b_.candidates.size()), count(rows.size())}, of(0), of(1)};
      b_.candidates.insert(b_.candidates.end(), rows.begin(), rows.end());
    }
  }

  void add_entity(EntityRow& e) {
    e.buckets.at = count(b_.entity_buckets.size());
    for_each_bucket(b_.text(e.type), b_.text(e.context), b_.text(e.name), [&](const Bucket& bucket) {
      auto it = numbers_.find(std::tuple(bucket.kind, bucket.type, bucket.context, bucket.name));
      if (it != numbers_.end()) b_.entity_buckets.push_back(it->second);
    });
    e.buckets.size = count(b_.entity_buckets.size()) - e.buckets.at;
    // The bits of the roles that it has, by the context of the grants.
    std::map<std::string_view, std::vector<std::uint64_t>> held;
    for (std::uint32_t g = 0; g < e.grants.size; ++g) {
      const auto& grant = b_.actor_grants[e.grants.at + g];
      auto& words = held[b_.text(b_.grants[grant.grant].context)];
      words.resize((b_.roles.size() + 63) / 64);
      const auto& closure = b_.roles[grant.role].closure;
      for (std::uint32_t c = 0; c < closure.size; ++c) {
        auto role = b_.closure[closure.at + c].role;
        words[role / 64] |= std::uint64_t{1} << role % 64;
      }
    }
    e.holdings = {count(b_.holdings.size()), count(held.size())};
    for (auto& [context, words] : held) {
      auto [it, fresh] = kept_.try_emplace(words, count(b_.words.size()));
      if (fresh) b_.words.insert(b_.words.end(), words.begin(), words.end());
      b_.holdings.push_back({b_.str(context), {it->second, count(words.size())}});
    }
  }

  Builder& b_;
  const Model& model_;
  const std::vector<std::string>& actions_;
  std::map<std::string, std::vector<std::uint32_t>> expanded_;
  std::map<std::tuple<Bucket::Kind, std::string, std::string, std::string>, std::uint32_t, std::less<>> numbers_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<CandidateRow>> groups_;
  std::map<std::vector<std::uint64_t>, std::uint32_t> kept_;
};

}  // namespace

Result<void> make_lookup(Builder& b, const Model& model, const std::vector<std::string>& actions) {
  return Lookup(b, model, actions).run();
}

}  // namespace tk::law::detail
