// The decision: (actor, action, resource, facts) → allow, modify, ask or deny, with the rules that determined
// it. Reads the tables of an Index in place; conditions (CEL) are compiled when they are first met. Pure: no I/O,
// no clock. An Engine is one thread's; the Index and its bytes must stay as long as it.
//
// Combining: forbid overrides permit, no rule = deny (or as the law file says, Model::combining). A condition
// that fails (an attribute that is not there, an overflow) gives no permit, and does forbid where it stands in a
// forbid: then the answer is a deny, marked as an error (unless a forbid applies) and journaled with that kind. Of the permits that apply,
// all obligations hold (ask) and all <set> are carried out (modify).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/program.hpp"
#include "core/law/index.hpp"

namespace tk::law {

enum class Answer : std::uint8_t { allow, modify, ask, deny };
std::string_view to_string(Answer answer);

// What a question brings beside actor, action and resource. Nothing is owned.
struct Facts {
  const Value::Map* context = nullptr;              // context.X: arguments, circumstances
  const Value::Map* fields = nullptr;               // resource.X where the resource is a record, not an entity
  const Value* actor_properties = nullptr;          // maps: what a caller says; declared attributes are others
  const Value* resource_properties = nullptr;
  std::int64_t now_ns = 0;
  class History* history = nullptr;
  std::span<const std::string> labels;              // of what the run has seen: label("secret")
};

// What the journal knows, asked by conditions: count("tool.call", "actor", duration("1h")) and the like. The
// value of one call; an error Cell cannot be made by a host, so what cannot be told is missing, and denies.
class History {
 public:
  virtual ~History() = default;
  virtual expr::Cell tell(const expr::Input& call, const EntityView& actor, const Ref& resource,
                          const Facts& facts) = 0;
  // Whether the actor was halted: then the answer is deny, whatever is declared.
  virtual bool halted(const EntityView&) { return false; }
};

// A resource, found once and asked about often.
struct Target {
  Ref ref;
  EntityView entity;  // number is kNobody where it is not declared
  std::vector<std::uint32_t> own;
  std::span<const std::uint32_t> buckets;
  static constexpr std::uint32_t kNobody = ~std::uint32_t{0};
  bool declared() const { return entity.number != kNobody; }
  Target() { entity.number = kNobody; }
  Target(Target&&) = default;  // moving a vector keeps what `buckets` looks at
  Target& operator=(Target&&) = default;
};

// `first`: the answer, and the first rule that suffices for it; `all`: every rule that determines it.
enum class Detail : std::uint8_t { first, all };

struct Verdict {
  Answer answer = Answer::deny;
  bool error = false;                // denied, not because a rule forbids but because a condition failed
  std::vector<std::uint32_t> rules;  // numbers: the forbids, else the permits
  std::uint32_t failed = 0;          // number of the rule whose condition failed first
  std::string failure;               // what its condition said
  bool allowed() const { return answer == Answer::allow || answer == Answer::modify; }
};

// A decision that supposes something: for "what would allow it?". Applied on top of what is declared.
struct Suppose {
  std::vector<std::uint32_t> roles;  // held too, with all that they inherit
  bool active = false;               // the actor is active
  bool rule = false;                 // a permit rule for just this
  std::vector<std::uint32_t> met;    // rules whose condition holds
  std::map<std::string, Value, std::less<>> actor, resource, context;  // attributes, by name
};

class Engine {
 public:
  explicit Engine(const Index& index);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  const Index& index() const;
  std::optional<std::uint32_t> action(std::string_view name) const;
  Target target(const Ref& resource) const;         // a short name is that of the entity, if there is one
  Target target(const EntityView& resource) const;

  void decide(const EntityView& actor, std::uint32_t action, const Target& resource, const Facts& facts,
              Detail detail, Verdict& out, const Suppose* suppose = nullptr);

  // The arguments as a modify leaves them: every <set> of the rules of `verdict`, in their order.
  Result<Value::Map> changed_arguments(const EntityView& actor, std::uint32_t action, const Target& resource,
                                       const Facts& facts, const Verdict& verdict);

  // For explanations: the program of a rule's condition, null where it has none.
  const expr::Program* condition(std::uint32_t rule);
  // One clause of it, evaluated like the whole. Empty = it failed.
  std::optional<bool> holds(const expr::Program& clause, const EntityView& actor, std::uint32_t action,
                            const Target& resource, const Facts& facts, const Suppose* suppose);
  expr::Cell value(const expr::Program& program, const EntityView& actor, std::uint32_t action,
                   const Target& resource, const Facts& facts, const Suppose* suppose);
  const expr::Environment& environment();

  // The rules that cover action and resource, whoever has them; and of those the permits.
  std::vector<std::uint32_t> covering(std::uint32_t action, const Target& resource) const;
  std::vector<std::uint32_t> permits(std::uint32_t action, const Target& resource) const;
  // The contexts in which an actor holds a role; "" = everywhere.
  std::vector<std::string_view> contexts_of(const EntityView& actor, std::uint32_t role) const;
  bool has_role(const EntityView& actor, std::uint32_t role, std::string_view context) const;

 private:
  struct Detailed;
  std::unique_ptr<Detailed> d_;
};

}  // namespace tk::law
