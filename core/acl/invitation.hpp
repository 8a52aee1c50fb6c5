// Invitations: somebody who is no user yet may become one, with one role, once, within 72 hours, at the address that
// was invited. The code is kept as SHA-256 only, the address as an HMAC under a key of its own (an address alone is
// soon guessed from a hash). Whoever invites answers for it: law is asked about the inviter when it is accepted
// too. Errors: acl_invitation.
#pragma once

#include "core/acl/token.hpp"

namespace tk::acl {

inline constexpr std::int64_t kInvitationLifeNs = 72 * 3'600'000'000'000;

struct Invited {
  record::Record invitation;
  std::string code;
  std::int64_t expires_ns = 0;
  std::vector<std::string> withdrawn;  // ids of earlier ones of the same address and role
};
// `into`: the context where the user will stand and the role will hold.
Result<Invited> invite(record::Store& store, const Realm& realm, const std::string& address, const std::string& role,
                       const std::string& into, const record::Actor& by, const trace::Context& trace);

struct Welcome {
  record::Record invitation;
  record::Actor inviter;  // in whose name the user is made
};
// What the code opens for who has that address. One whose time is over becomes `expired`.
Result<Welcome> open_invitation(record::Store& store, const law::Index& index, const Realm& realm, const std::string& code,
                                const std::string& address, const trace::Context& trace);
// Uses it up, in the same commit as the user that it makes, or not at all.
record::Change acceptance(const Welcome& welcome, const std::string& user_id, const trace::Context& trace);

}  // namespace tk::acl
