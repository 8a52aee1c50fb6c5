// JSON Web Tokens as tk makes and reads them (RFC 7515, 7519, 8037, 8725, 9068): compact JWS, Ed25519 and nothing
// else, the key found by its kid alone. Who acts for whom is the `act` chain of RFC 8693, what a token is limited
// to the authorization_details of RFC 9396. Pure: no clock, no files. Whether a token still counts is asked in
// token.hpp. Errors are acl_bad_token; the message is the reason, and never quotes the token.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/crypto/ed25519.hpp"

namespace tk::acl::jwt {

inline constexpr std::size_t kMaxBytes = 8192;          // looked at before anything else
inline constexpr std::int64_t kSkew = 30;               // seconds that nbf and iat may lie ahead; exp has none
inline constexpr std::int64_t kLongest = 7 * 86'400;    // seconds from nbf to exp, of any token
inline constexpr std::string_view kType = "at+jwt";

// Somebody with rights, as of the epoch of their standing when the token was made.
struct Party {
  std::string id, ref;  // the id counts; the ref is what it was called
  std::int64_t epoch = 0;
  bool operator==(const Party&) const = default;
};

// An entry of authorization_details: actions (or *) on places; both empty = whatever the lease covers.
struct Detail {
  std::vector<std::string> actions, locations;
  std::string lease, purpose;
  bool operator==(const Detail&) const = default;
};

struct Claims {
  std::string issuer, jti;
  std::vector<std::string> audience;
  std::int64_t expires = 0, not_before = 0, issued = 0;  // seconds since 1970
  Party subject;              // whose rights it carries
  std::vector<Party> chain;   // who acts, the nearest first; empty: the subject itself
  std::vector<Detail> details;
  std::string family, lease;
  const Party& actor() const { return chain.empty() ? subject : chain.front(); }
  bool operator==(const Claims&) const = default;
};

std::string sign(const Claims& claims, const crypto::SigningKey& key, std::string_view kid);

struct Expected {
  std::string_view issuer, audience;
  std::int64_t now = 0;  // seconds
};
using FindKey = std::function<const crypto::VerifyingKey*(std::string_view kid)>;
// The claims of a token that is signed, addressed and in time.
Result<Claims> read(std::string_view token, const FindKey& find, const Expected& expected);

// RFC 7638 thumbprint of an Ed25519 key, which is its kid.
std::string thumbprint(const crypto::PublicKey& key);

}  // namespace tk::acl::jwt
