// The keys that sign tokens: one that signs, the next one, and those that are retired but must still verify what
// they signed. Their public parts are records of type `key`; the seeds are 0600 files in .tk/keys until the vault
// holds them. kid = RFC 7638 thumbprint. Errors: acl_key where a file does not fit its record.
#pragma once

#include <string>
#include <vector>

#include "core/acl/jwt.hpp"
#include "core/record/store.hpp"

namespace tk::acl {

struct Key {
  std::string kid, record, state;  // next, current, retired
  std::int64_t serial = 0, until_ms = 0;  // until: of a retired one, what it signed counts until then
  crypto::PublicKey point{};
};

class KeyRing {
 public:
  static Result<KeyRing> load(record::Store& store);
  const crypto::VerifyingKey* find(std::string_view kid, std::int64_t now_ms) const;
  const Key* in(std::string_view state) const;
  const std::vector<Key>& keys() const { return keys_; }
  Value jwks(std::int64_t now_ms) const;  // RFC 7517: those that find() finds

 private:
  static bool counts(const Key& key, std::int64_t now_ms) { return key.state != "retired" || now_ms < key.until_ms; }
  std::vector<Key> keys_;
  std::vector<crypto::VerifyingKey> verifying_;  // of the same place
};

// Where keys are: the folder of their files, and the context of their records, whose owners may turn them.
struct KeyPlace {
  std::string folder, context;
};

struct Signer {
  crypto::SigningKey key;
  std::string kid;
};
// The key that signs now. The first ones are made when they are first needed, in the name of `by`.
Result<Signer> signer(record::Store& store, const KeyPlace& place, const record::Actor& by, const trace::Context& trace);

// The next key signs from now on; the one before verifies as long as a token of it can live. `at_once`: no key that
// there is counts any more, and every token that they signed is void. Law is asked (token.issue on the keys).
Result<KeyRing> rotate(record::Store& store, const KeyPlace& place, const record::Actor& by,
                       const trace::Context& trace, const std::string& reason, bool at_once);

}  // namespace tk::acl
