// Who is asking, and whether law lets them: the Authority of the write path.
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

// TK_TOKEN (token.hpp), or the Unix user's entity, or --as (needs actor.act-as; a refusal is journaled).
struct Realm;
Result<record::Actor> identify(record::Store& store, Gate& gate, const Realm& realm, const std::string& as);

}  // namespace tk::acl
