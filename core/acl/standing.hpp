// How an actor stands, apart from what is declared of it: the epoch of the rights that it was given (tokens,
// refresh families, leases of an earlier one are void, so that one row ends them all) and whether it is halted.
// A record of type `standing`, named by the actor's id; an actor without one is at epoch 0 and goes on.
#pragma once

#include <cstdint>
#include <string>

#include "core/record/store.hpp"

namespace tk::acl {

struct Standing {
  std::int64_t epoch = 0;
  bool halted = false;
  std::string record;  // its id; empty where there is none yet
  std::string since;   // of the halt, for people
  std::int64_t changed_ns = 0;  // when it was last revoked, halted or let go on; 0: never
  std::string by;      // the id of who halted it
};

Result<Standing> standing_of(record::Store& store, const std::string& actor_id);

// The change that ends every right which `actor` was given until now, or halts it, or lets it go on. Law is asked
// (token.revoke, actor.halt, actor.resume) about the actor's entity when it is applied. Makes the record first
// where there is none yet, which changes nothing about the actor.
enum class Verdict { revoke, halt, resume };
Result<record::Change> judge(record::Store& store, Verdict verdict, const record::Actor& actor,
                             const record::Actor& by, const trace::Context& trace, const std::string& reason);

}  // namespace tk::acl
