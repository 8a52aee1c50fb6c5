// age files, version 1 (age-encryption.org/v1, https://c2sp.org/age): a header with a stanza for each recipient that wraps the
// file key, a MAC over it, and the text in chunks of 64 KiB (STREAM over ChaCha20-Poly1305). Recipients are X25519 keys
// ("age1…"), or one passphrase (scrypt). Read strictly: bytes have one meaning, and a header has one spelling.
//
// Nothing of a text is given before all of it was found whole.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/crypto/aead.hpp"
#include <tl/expected.hpp>

namespace tk::vault::age {

class Recipient {
 public:
  static std::optional<Recipient> parse(std::string_view text);  // "age1…"
  explicit Recipient(const crypto::Key& point) : point_(point) {}
  std::string text() const;
  const crypto::Key& point() const { return point_; }
  bool operator==(const Recipient&) const = default;

 private:
  crypto::Key point_;
};

// A secret key; wiped when it goes.
class Identity {
 public:
  static Identity generate();
  static std::optional<Identity> parse(std::string_view text);  // "AGE-SECRET-KEY-1…"
  explicit Identity(const crypto::Key& secret) : secret_(secret), key_(secret) {}
  Identity(const Identity&) = default;
  Identity& operator=(const Identity&) = default;
  ~Identity();
  std::string text() const;  // to write it into its file; the caller wipes it
  Recipient recipient() const { return Recipient(key_.point()); }
  const crypto::Key& secret() const { return secret_; }
  std::optional<crypto::Key> agree(const crypto::Key& point) const { return key_.agree(point); }

 private:
  crypto::Key secret_;
  crypto::X25519 key_;
};

struct Failure {
  enum Kind { armor, header, no_match, mac, payload } kind;
  std::string why;
};

struct Keys {
  std::span<const Identity> identities = {};
  std::optional<std::string_view> passphrase = {};
};

inline constexpr unsigned kWork = 18, kMostWork = 22;  // log2 of scrypt's N: about 1 s, and 4 GiB

std::string encrypt(std::string_view text, std::span<const Recipient> recipients);  // at least one
std::string encrypt(std::string_view text, std::string_view passphrase, unsigned work = kWork);
// Armored or not. `no_match`: none of the keys is one of its recipients'.
tl::expected<std::string, Failure> decrypt(std::string_view file, const Keys& keys);

std::string armored(std::string_view file);
tl::expected<std::string, Failure> dearmored(std::string_view text);

}  // namespace tk::vault::age
