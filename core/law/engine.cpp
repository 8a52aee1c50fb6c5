#include "core/law/engine.hpp"

#include <algorithm>
#include <array>

#include "core/law/detail/bucket.hpp"
#include "core/law/detail/facts.hpp"
#include "core/law/detail/tables.hpp"

namespace tk::law {
namespace {

using namespace detail;

// The bits of the roles that an actor has where a resource stands. Most actors have one set.
class Roles {
 public:
  void find(std::string_view b, const EntityRow& actor, std::string_view context, const Suppose* suppose) {
    bits_ = nullptr, n_ = 0;
    auto [held, n] = rows<HoldingRow>(b, kHoldings, actor.holdings);
    for (std::size_t i = 0; i < n; ++i) {
      if (!covers(str(b, held[i].context), context)) continue;
      auto [words, count] = rows<std::uint64_t>(b, kWords, held[i].words);
      if (n_ == 0) bits_ = words, n_ = count;
      else add(words, count);
    }
    if (!suppose) return;
    for (auto role : suppose->roles) {
      auto [row, one] = rows<RoleRow>(b, kRoles, {role, 1});
      if (!one) continue;
      auto [closure, c] = rows<ClosureRow>(b, kClosure, row->closure);
      for (std::size_t i = 0; i < c; ++i) {
        std::vector<std::uint64_t> word(closure[i].role / 64 + 1);
        word.back() = std::uint64_t{1} << closure[i].role % 64;
        add(word.data(), word.size());
      }
    }
  }
  bool has(std::uint32_t role) const { return role / 64 < n_ && bits_[role / 64] >> role % 64 & 1; }
  bool none() const { return n_ == 0; }

 private:
  void add(const std::uint64_t* words, std::size_t n) {
    if (bits_ != own_.data() || n_ == 0) own_.assign(bits_, bits_ + n_);
    own_.resize(std::max(own_.size(), n));
    for (std::size_t i = 0; i < n; ++i) own_[i] |= words[i];
    bits_ = own_.data(), n_ = own_.size();
  }
  const std::uint64_t* bits_ = nullptr;
  std::size_t n_ = 0;
  std::vector<std::uint64_t> own_;
};

// The rules of one bucket and action, in the three classes in which they are sorted.
struct Group {
  const CandidateRow* bounds[4];
  const CandidateRow* begin() const { return bounds[0]; }
  const CandidateRow* end() const { return bounds[3]; }
};

}  // namespace

struct Engine::Detailed {
  explicit Detailed(const Index& i) : index(i), facts(i) {}
  const Index& index;
  FactReader facts;
  Roles roles;
  std::vector<Group> groups;
};

Engine::Engine(const Index& index) : d_(std::make_unique<Detailed>(index)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
const Index& Engine::index() const { return d_->index; }

std::string_view to_string(Answer answer) {
  static constexpr std::array<std::string_view, 4> kNames = {"allow", "modify", "ask", "deny"};
  return kNames[static_cast<std::size_t>(answer)];
}

std::optional<std::uint32_t> Engine::action(std::string_view name) const {
  auto b = d_->index.bytes();
  auto [table, n] = all<Str>(b, kActionNames);
  const auto* it = std::lower_bound(table, table + n, name,
                                    [&](const Str& s, std::string_view want) { return str(b, s) < want; });
  if (it == table + n || str(b, *it) != name) return std::nullopt;
  return static_cast<std::uint32_t>(it - table);
}

Target Engine::target(const EntityView& resource) const {
  Target out;
  out.entity = resource;
  out.ref = {std::string(resource.type), std::string(resource.context), std::string(resource.name)};
  auto b = d_->index.bytes();
  auto [row, one] = rows<EntityRow>(b, kEntities, {resource.number, 1});
  if (!one) return out;
  auto [buckets, n] = rows<std::uint32_t>(b, kEntityBuckets, row->buckets);
  out.buckets = std::span(buckets, n);
  return out;
}

Target Engine::target(const Ref& resource) const {
  if (auto entity = d_->index.lookup(resource)) return target(*entity);
  Target out;
  out.ref = resource;
  auto b = d_->index.bytes();
  auto [table, n] = all<BucketRow>(b, kBuckets);
  for_each_bucket(resource.type, resource.context, resource.name, [&, table = table, n = n](const Bucket& want) {
    if (n == 0) return;
    auto at = hash(want) & (n - 1);
    for (std::size_t tries = 0; tries < n && table[at].number; ++tries, at = (at + 1) & (n - 1)) {
      const auto& row = table[at];
      if (row.kind != want.kind || str(b, row.type) != want.type || str(b, row.context) != want.context ||
          str(b, row.name) != want.name)
        continue;
      return out.own.push_back(row.number - 1);
    }
  });
  out.buckets = out.own;
  return out;
}

namespace {

void find_groups(std::string_view b, std::uint32_t action, const Target& resource, std::vector<Group>& out) {
  out.clear();
  auto [table, n] = all<GroupRow>(b, kGroups);
  if (n == 0) return;
  // With many rules the tables are in no near cache: all places are asked for before the first is waited for.
  for (auto bucket : resource.buckets) __builtin_prefetch(table + (group_hash(bucket, action) & (n - 1)));
  for (auto bucket : resource.buckets) {
    auto at = group_hash(bucket, action) & (n - 1);
    for (std::size_t tries = 0; tries < n && table[at].bucket; ++tries, at = (at + 1) & (n - 1)) {
      if (table[at].bucket != bucket + 1 || table[at].action != action) continue;
      auto [rows_, size] = rows<CandidateRow>(b, kCandidates, table[at].candidates);
      auto forbids = std::min<std::size_t>(table[at].forbids, size);
      auto changing = std::min<std::size_t>(table[at].changing, size - forbids);
      __builtin_prefetch(rows_);
      if (size) out.push_back({{rows_, rows_ + forbids, rows_ + forbids + changing, rows_ + size}});
      break;
    }
  }
}

bool covers_resource(std::string_view b, const CandidateRow& c, const Target& t) {
  if (!(c.flags & kPattern)) return true;
  auto [rule, one] = rows<RuleRow>(b, kRules, {c.rule, 1});
  return one && matches(str(b, rule->resource), t.ref.type, t.ref.context, t.ref.name);
}

enum Class { forbids, changing, plain };

}  // namespace

void Engine::decide(const EntityView& actor, std::uint32_t action, const Target& resource, const Facts& facts,
                    Detail detail, Verdict& out, const Suppose* suppose) {
  auto b = d_->index.bytes();
  out.answer = Answer::deny;
  out.error = false;
  out.rules.clear();
  out.failure.clear();
  auto [row, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  if (!one || (!actor.active() && !(suppose && suppose->active))) return;
  if (facts.history && facts.history->halted(actor)) return;
  find_groups(b, action, resource, d_->groups);
  if (d_->groups.empty() && !suppose) return;
  d_->roles.find(b, *row, resource.ref.context, suppose);
  d_->facts.ask({&actor, row, action, &resource, &facts, suppose});

  bool failed = false, forbidden = false;
  auto met = [&](const CandidateRow& c) {
    if (!d_->roles.has(c.role) || !covers_resource(b, c, resource)) return false;
    if (c.when == 0) forbidden |= (c.flags & kForbid) != 0;
    if (c.when == 0 || (suppose && std::find(suppose->met.begin(), suppose->met.end(), c.rule) != suppose->met.end()))
      return true;
    auto value = d_->facts.condition(c.when - 1);
    if (value) {
      forbidden |= *value && (c.flags & kForbid);
      return *value;
    }
    if (!failed) out.failed = c.rule, out.failure = d_->facts.failure();
    failed = true;
    return (c.flags & kForbid) != 0;  // a forbid that cannot be told forbids
  };
  // Looks through one class; with `stop` at the first that applies only.
  auto collect = [&](Class wanted, bool stop) {
    for (const auto& g : d_->groups)
      for (const auto* c = g.bounds[wanted]; c != g.bounds[wanted + 1]; ++c) {
        if (!met(*c)) continue;
        out.rules.push_back(c->rule);
        if (stop && (wanted != forbids || forbidden)) return;  // one that only failed may not be the reason
      }
  };
  bool first = detail == Detail::first;
  auto permit = [&] {
    collect(changing, false);
    auto changing_n = out.rules.size();
    if (changing_n == 0 || !first) collect(plain, first);
    if (suppose && suppose->rule && out.rules.empty()) return void(out.answer = Answer::allow);
    if (out.rules.empty()) return;
    out.answer = Answer::allow;
    for (std::size_t i = 0; i < changing_n; ++i) {
      auto [rule, found] = rows<RuleRow>(b, kRules, {out.rules[i], 1});
      if (!found) continue;
      if (rule->obligations.size) out.answer = Answer::ask;
      else if (out.answer == Answer::allow) out.answer = Answer::modify;
    }
  };
  if (d_->index.combining() == Combining::permit_overrides) {
    permit();
    if (out.answer == Answer::deny) collect(forbids, first);
  } else {
    collect(forbids, first);
    if (out.rules.empty()) permit();
  }
  out.error = failed && !forbidden && out.answer == Answer::deny;
}

Result<Value::Map> Engine::changed_arguments(const EntityView& actor, std::uint32_t action, const Target& resource,
                                             const Facts& facts, const Verdict& verdict) {
  auto b = d_->index.bytes();
  auto [row, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  Value::Map out = facts.context ? *facts.context : Value::Map{};
  if (!one) return out;
  d_->facts.ask({&actor, row, action, &resource, &facts, nullptr});
  for (auto number : verdict.rules) {
    auto [rule, found] = rows<RuleRow>(b, kRules, {number, 1});
    if (!found) continue;
    auto [sets, n] = rows<SetRow>(b, kSets, rule->sets);
    for (std::size_t i = 0; i < n; ++i) {
      auto value = d_->facts.value(sets[i].condition);
      if (value.is_error()) return fail(Code::expr_failed, "<set arg=\"" + std::string(str(b, sets[i].argument)) + "\"> of rule " +
                                            std::string(str(b, rule->id)) + ": " + d_->facts.failure());
      out[std::string(str(b, sets[i].argument))] = value.value();
    }
  }
  return out;
}

const expr::Program* Engine::condition(std::uint32_t rule) {
  auto [row, one] = rows<RuleRow>(d_->index.bytes(), kRules, {rule, 1});
  return one && row->when ? d_->facts.program(row->when - 1) : nullptr;
}

expr::Cell Engine::value(const expr::Program& program, const EntityView& actor, std::uint32_t action,
                         const Target& resource, const Facts& facts, const Suppose* suppose) {
  auto [row, one] = rows<EntityRow>(d_->index.bytes(), kEntities, {actor.number, 1});
  if (!one) return {};
  d_->facts.ask({&actor, row, action, &resource, &facts, suppose});
  return d_->facts.run(program);
}

std::optional<bool> Engine::holds(const expr::Program& clause, const EntityView& actor, std::uint32_t action,
                                  const Target& resource, const Facts& facts, const Suppose* suppose) {
  auto cell = value(clause, actor, action, resource, facts, suppose);
  if (cell.kind() != expr::Cell::Kind::boolean) return std::nullopt;
  return cell.is_true();
}

const expr::Environment& Engine::environment() { return d_->facts.environment(); }

std::vector<std::uint32_t> Engine::permits(std::uint32_t action, const Target& resource) const {
  auto out = covering(action, resource);
  std::erase_if(out, [&](std::uint32_t rule) { return !d_->index.rule(rule).permit; });
  return out;
}

std::vector<std::string_view> Engine::contexts_of(const EntityView& actor, std::uint32_t role) const {
  std::vector<std::string_view> out;
  auto b = d_->index.bytes();
  auto [row, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  if (!one) return out;
  auto [held, n] = rows<HoldingRow>(b, kHoldings, row->holdings);
  for (std::size_t i = 0; i < n; ++i) {
    auto [words, size] = rows<std::uint64_t>(b, kWords, held[i].words);
    if (role / 64 < size && words[role / 64] >> role % 64 & 1) out.push_back(str(b, held[i].context));
  }
  return out;
}

std::vector<std::uint32_t> Engine::covering(std::uint32_t action, const Target& resource) const {
  std::vector<Group> groups;
  auto b = d_->index.bytes();
  find_groups(b, action, resource, groups);
  std::vector<std::uint32_t> out;
  for (const auto& g : groups)
    for (const auto& c : g)
      if (covers_resource(b, c, resource)) out.push_back(c.rule);
  std::sort(out.begin(), out.end());
  return out;
}

bool Engine::has_role(const EntityView& actor, std::uint32_t role, std::string_view context) const {
  auto b = d_->index.bytes();
  auto [row, one] = rows<EntityRow>(b, kEntities, {actor.number, 1});
  if (!one) return false;
  Roles roles;
  roles.find(b, *row, context, nullptr);
  return roles.has(role);
}

}  // namespace tk::law
