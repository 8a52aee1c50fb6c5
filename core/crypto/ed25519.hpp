// Ed25519 (RFC 8032) through OpenSSL. A private key is 32 bytes of seed; it is wiped when its owner goes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/error.hpp"

struct evp_pkey_st;

namespace tk::crypto {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
using Seed = std::array<std::uint8_t, 32>;

class SigningKey {
 public:
  static SigningKey generate();
  static SigningKey from_seed(const Seed& seed);
  const PublicKey& public_key() const { return public_; }
  Seed seed() const;  // to write it into its file; the caller wipes it
  Signature sign(std::string_view message) const;

 private:
  SigningKey() = default;
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
  PublicKey public_{};
};

// A public key, ready to check many signatures. Keys that are no point of the curve, or one of small order,
// check nothing.
class VerifyingKey {
 public:
  explicit VerifyingKey(const PublicKey& key);
  VerifyingKey(VerifyingKey&&) noexcept;
  VerifyingKey& operator=(VerifyingKey&&) noexcept;
  ~VerifyingKey();
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  evp_pkey_st* key_ = nullptr;
};

void wipe(void* bytes, std::size_t size);  // not optimised away

}  // namespace tk::crypto
