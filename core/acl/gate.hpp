// Who is asking, and whether law lets them: the Authority of the write path. Tokens are opaque
// (256 bits, stored as SHA-256 in a token record) until the ACL issue replaces their bytes.
#pragma once

#include <optional>
#include <string>

#include "core/law/engine.hpp"
#include "core/record/store.hpp"

namespace tk::acl {

class Gate : public record::Authority {
 public:
  explicit Gate(const law::Index& index) : index_(index) {}
  Result<record::Ruling> rule(const record::Question& question) override;
  // Whether law lets the actor answer `parked` by a rule of that role (or one that it inherits to), or by a
  // grant to that group, or because it is that user.
  Result<bool> holds(const record::Actor& actor, const std::string& whom, const law::Ref& parked) override;
  const law::Index& index() const { return index_; }

 private:
  law::Engine& engine();  // of the law that is in force by now
  const law::Index& index_;
  std::optional<law::Engine> engine_;
  std::string commit_;  // of the index that engine_ was made for
};

// The actor of an entity of the index; inactive ones are refused.
Result<record::Actor> actor_of(const law::Index& index, const law::Ref& ref);

// TK_TOKEN, or the Unix user's entity, or --as (needs actor.act-as; a refusal is journaled).
Result<record::Actor> identify(record::Store& store, Gate& gate, const std::string& as);

struct Issued {
  std::string token;      // what goes into TK_TOKEN; never stored
  record::Change change;  // makes its record
};
// A token for an agent's step, dead at `expires_ms` (Unix milliseconds) or when it is revoked.
Issued issue(const record::Actor& agent, const record::Actor& by, const trace::Context& trace,
             const std::string& context, const std::string& parent, std::int64_t expires_ms);

}  // namespace tk::acl
