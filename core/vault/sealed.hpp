// A secret as it stands in git: an age file whose text says whose it is, so that a sealed value that was put into another secret's
// place, or an older one put back, is refused; and the manifest of all of them, signed, in which nothing can be changed,
// taken out, added or given to another recipient by who has not the signing key. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/vault/age.hpp"

namespace tk::vault {

struct Place {
  std::string ref, id;  // secret:acme.web/db, and its entity's id
  std::int64_t version = 1;
};

// One line of base64.
std::string seal(const Place& place, std::string_view value, std::span<const age::Recipient> recipients);
// Failure::payload where it was sealed for another place or version. The caller wipes what it gets.
tl::expected<std::string, age::Failure> open(const Place& place, std::string_view sealed, const age::Keys& keys);

struct Sealed {
  Place place;
  std::string value;  // as seal() gave it
};

// The manifest: what is there, for whom, and its signature (Ed25519 over all before it). Lines, in the order of the refs:
//   tk-vault 1
//   recipient age1…
//   secret REF ID VERSION SHA256-OF-VALUE
//   signed BASE64
std::string manifest(std::vector<Sealed> all, std::vector<age::Recipient> recipients, const crypto::SigningKey& key);
// Why the secrets are not what was signed, each a line that names one; empty: they are.
std::vector<std::string> check(std::string_view manifest, const std::vector<Sealed>& all, const std::vector<age::Recipient>& recipients,
                               const crypto::PublicKey& key);

}  // namespace tk::vault
