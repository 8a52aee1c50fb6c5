// What age files are made of, through OpenSSL: ChaCha20-Poly1305 (RFC 8439), X25519 (RFC 7748), HKDF-SHA256 (RFC 5869) and
// scrypt (RFC 7914). Keys are 32 bytes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;  // of OpenSSL

namespace tk::crypto {

using Key = std::array<std::uint8_t, 32>;
using Nonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kAeadTag = 16;

std::string aead_seal(const Key& key, const Nonce& nonce, std::string_view text);  // kAeadTag bytes longer
std::optional<std::string> aead_open(const Key& key, const Nonce& nonce, std::string_view sealed);

// A secret scalar with its point, which is computed once.
class X25519 {
 public:
  explicit X25519(const Key& secret);
  static X25519 generate();
  const Key& point() const { return point_; }
  // Nothing where the other's point is of small order: the result would be known to everybody.
  std::optional<Key> agree(const Key& point) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  Key point_{};
};

Key hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info);
// N = 2^log_n, r = 8, p = 1; nothing where there is no memory for it (128 * 8 * N bytes).
std::optional<Key> scrypt(std::string_view passphrase, std::string_view salt, unsigned log_n);

void random_bytes(void* bytes, std::size_t size);

inline std::string_view view(const Key& key) { return {reinterpret_cast<const char*>(key.data()), key.size()}; }

}  // namespace tk::crypto
