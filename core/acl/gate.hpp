// Who is asking, and whether law lets them: the Authority of the write path. Law says what is declared; the journal
// says how the actor stands (halted, a revoked token) and what it borrowed. Everything is looked up at the question:
// what is remembered between two is forgotten as soon as Live::standing moves, and after a second anyway.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/acl/lease.hpp"
#include "core/law/engine.hpp"
#include "core/law/explain.hpp"
#include "core/record/store.hpp"

namespace tk::acl {

class Gate : public record::Authority {
 public:
  explicit Gate(const law::Index& index) : index_(index) {}
  // What the journal knows counts from now on. The store must outlive the questions.
  void attach(record::Store& store, LeaseCaps caps) {
    store_ = &store;
    caps_ = caps;
  }

  Result<record::Ruling> rule(const record::Question& question) override;
  // Whether law lets the actor answer `parked` by a rule of that role (or one that it inherits to), or by a
  // grant to that group, or because it is that user.
  Result<bool> holds(const record::Actor& actor, const std::string& whom, const law::Ref& parked) override;
  // Why the actor may do nothing at all now (halted, its token or family ended); empty = it may ask law.
  Result<std::string> trouble(const record::Actor& actor);
  // Why a lease that is not over gives nothing all the same (its lender or borrower lost it, its run is over); empty trace: any.
  Result<std::string> void_now(const Lease& lease, std::string_view trace);
  const law::Index& index() const { return index_; }

 private:
  struct Asked;
  law::Engine& engine();  // of the law that is in force by now
  record::Ruling ruled(Asked& asked, const law::Decision& decision) const;
  Result<record::Ruling> own(Asked& asked);
  Result<record::Ruling> borrowed(Asked& asked);
  Result<std::string> not_lent(Asked& asked, const law::Decision& decision) const;
  Result<void> new_lease(Asked& asked, record::Ruling& ruling);
  Result<std::string> of_persons_only(const record::Question& q, const law::Ref& resource);
  Result<std::string> look_for_trouble(const record::Actor& actor);

  const law::Index& index_;
  std::optional<law::Engine> engine_;
  std::string commit_;  // of the index that engine_ was made for
  record::Store* store_ = nullptr;
  LeaseCaps caps_;
  std::map<std::string, std::string> troubles_;  // by actor and token, as long as `standing_` stands
  std::uint64_t standing_ = 0;
  std::int64_t looked_ns_ = 0;
};

// The actor of an entity of the index; inactive ones are refused.
Result<record::Actor> actor_of(const law::Index& index, const law::Ref& ref);

// The same of one that need only be declared, in whatever state: who is halted or let go on.
Result<record::Actor> declared_actor(const law::Index& index, const std::string& text);

// TK_TOKEN, or the Unix user's entity, or --as (needs actor.act-as; a refusal is journaled). A process that
// descends from an agent's program but carries no token is nobody.
struct Realm;  // token.hpp
Result<record::Actor> identify(record::Store& store, Gate& gate, const Realm& realm, const std::string& as);

}  // namespace tk::acl
