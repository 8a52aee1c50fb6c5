// Refresh tokens (RFC 9700, section 4.14): opaque, good for one use within 24 hours, each the successor of the one
// before. The n-th of a family follows from a key and (family, n), so that a retry within 10 seconds gets the same
// successor although only hashes are kept. Whoever presents an older one of the family shows that two hold it: the
// family ends, and with it every access token that came of it. Errors: acl_refresh.
#pragma once

#include "core/acl/token.hpp"

namespace tk::acl {

inline constexpr std::int64_t kRefreshLife = 86'400'000, kRetryWindow = 10'000;  // milliseconds

// A family and the first token of it. `first` is the access token that it begins with; its family is filled in.
struct Family {
  std::string id, refresh_token;
  std::int64_t expires_ms = 0;
  record::Change change;
};
Result<Family> new_family(const Realm& realm, const Wanted& wanted, std::int64_t ttl_s, const record::Actor& by,
                          const trace::Context& trace);

struct Refreshed {
  Issued access;
  std::string refresh_token, family;
  std::int64_t expires_ms = 0;  // of the refresh token
};
// Law is not asked again: it was when the family was made, and what a token may do law decides at each use. Who
// holds the token acts as the family's actor.
Result<Refreshed> refresh(record::Store& store, const law::Index& index, const Realm& realm, std::string_view token,
                          const trace::Context& trace);

}  // namespace tk::acl
