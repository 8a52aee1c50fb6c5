// Access tokens: JWTs (jwt.hpp) that live as long as their record, their family, the standing of everybody in their
// chain and the law's entities say, whatever exp is. One record of type `token` for each, its id the jti.
//
// Verifier answers; that a token does not count is an answer and no error. What was found good may be answered from
// memory while journal::Live::standing() and the law's commit are the same, for a second at most and never past
// exp. Whatever cannot be looked up is an error, so a caller that takes only valid answers fails closed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/acl/keys.hpp"
#include "core/law/index.hpp"

namespace tk::acl {

// Where tokens are at home: the folder of keys, and what acl.issuer and acl.audience say.
struct Realm {
  std::string keys, issuer, audience;
};
template <class Workspace>  // the room of workspaces stands beside this one
Realm realm_of(const Workspace& workspace) {
  return {workspace.state("keys"), workspace.config("acl.issuer").value_or(""),
          workspace.config("acl.audience").value_or("tk")};
}
// acl.issuer, else tk:<id of the workspace's first galaxy>.
std::string issuer_of(const Realm& realm, const law::Index& index);
// The folder, and that galaxy.
KeyPlace key_place(const Realm& realm, const law::Index& index);

inline constexpr std::int64_t kAccessLife = 300, kMostByHand = 86'400;  // seconds

struct Wanted {
  jwt::Party subject;              // whose rights
  std::vector<jwt::Party> chain;   // who acts, the nearest first
  std::string audience;            // empty = the realm's
  std::int64_t expires_ms = 0;     // rounded up to the second
  std::vector<jwt::Detail> details;
  std::string family, lease;
  std::string kind = "access";     // access, step
  std::string context, parent;     // of the record
};

struct Issued {
  std::string token, jti;
  std::int64_t expires_ms = 0;
  record::Change change;  // makes its record; law is asked token.issue when it is applied
};
Result<Issued> issue(record::Store& store, const law::Index& index, const Realm& realm, const Wanted& wanted,
                     const record::Actor& by, const trace::Context& trace);

// An actor as of now; acl_halted when it is halted.
Result<jwt::Party> party_of(record::Store& store, const record::Actor& actor);
// Why somebody's rights do not count any more; empty when they do. `found` is its entity.
Result<std::string> party_problem(record::Store& store, const law::Index& index, const jwt::Party& party,
                                  law::EntityView& found);

struct Verified {
  bool valid = false;
  std::string reason;    // why not
  jwt::Claims claims;    // of a valid one
  record::Actor actor;   // whom it speaks for, with its limits
};

class Verifier {
 public:
  Verifier(record::Store& store, const law::Index& index, Realm realm)
      : store_(store), index_(index), realm_(std::move(realm)) {}
  // For an audience; empty = the realm's.
  Result<std::shared_ptr<const Verified>> verify(std::string_view token, std::string_view audience = {});

 private:
  struct Kept {
    std::shared_ptr<const Verified> answer;
    std::string audience, commit;
    std::uint64_t standing = 0;
    std::int64_t looked_ns = 0;  // monotonic
  };
  struct ByDigest {
    std::size_t operator()(const crypto::Digest& d) const;
  };
  // What is the same for many tokens: how an actor of a chain stands, whether a family lives. Empty = well.
  struct Known {
    std::string why, ref;
    std::optional<record::Actor> actor;
  };
  Result<const Known*> party(const jwt::Party& party);
  Result<std::string> family(const std::string& id);
  void forget_if_moved(std::uint64_t standing, bool live);
  Result<Verified> look(std::string_view token, std::string_view audience, std::int64_t now_ns);
  Result<std::string> problem(const jwt::Claims& claims, std::int64_t now_ns, Verified& out);

  record::Store& store_;
  const law::Index& index_;
  Realm realm_;
  std::unique_ptr<KeyRing> ring_;
  std::uint64_t ring_standing_ = 0;
  std::int64_t ring_ns_ = 0;
  std::string issuer_;
  std::unordered_map<std::string, Known> parties_;
  std::unordered_map<std::string, std::string> families_;
  std::string known_commit_;
  std::uint64_t known_standing_ = 0;
  std::int64_t known_ns_ = 0;
  std::unordered_map<crypto::Digest, Kept, ByDigest> kept_;
};

}  // namespace tk::acl
