#include "core/crypto/ed25519.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/ids.hpp"

namespace tk::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// RFC 8032 accepts signatures that are the same for many messages under keys of small order: such a key names
// nobody. The eight points, as they may be written (y, with both signs).
bool small_order(const PublicKey& key) {
  static constexpr std::uint8_t kPoints[7][32] = {
      {0}, {1},
      {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
       0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
      {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
       0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
      {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
      {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
      {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}};
  auto unsigned_key = key;
  unsigned_key[31] &= 0x7f;
  for (const auto& point : kPoints)
    if (std::memcmp(unsigned_key.data(), point, 32) == 0) return true;
  return false;
}

}  // namespace

void wipe(void* bytes, std::size_t size) { OPENSSL_cleanse(bytes, size); }

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey SigningKey::from_seed(const Seed& seed) {
  SigningKey out;
  out.key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  std::size_t size = out.public_.size();
  if (!out.key_ || EVP_PKEY_get_raw_public_key(out.key_.get(), out.public_.data(), &size) != 1) std::abort();
  return out;
}

SigningKey SigningKey::generate() {
  Seed seed{};
  ids::random_bytes(seed);
  auto out = from_seed(seed);
  wipe(seed.data(), seed.size());
  return out;
}

Seed SigningKey::seed() const {
  Seed out{};
  std::size_t size = out.size();
  if (EVP_PKEY_get_raw_private_key(key_.get(), out.data(), &size) != 1) std::abort();
  return out;
}

Signature SigningKey::sign(std::string_view message) const {
  Signature out{};
  std::size_t size = out.size();
  Context context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) != 1)
    std::abort();
  return out;
}

VerifyingKey::VerifyingKey(const PublicKey& key) {
  if (!small_order(key)) key_ = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size());
}
VerifyingKey::VerifyingKey(VerifyingKey&& o) noexcept : key_(std::exchange(o.key_, nullptr)) {}
VerifyingKey& VerifyingKey::operator=(VerifyingKey&& o) noexcept {
  std::swap(key_, o.key_);
  return *this;
}
VerifyingKey::~VerifyingKey() { EVP_PKEY_free(key_); }

bool VerifyingKey::verify(std::string_view message, std::string_view signature) const {
  if (!key_ || signature.size() != sizeof(Signature)) return false;
  Context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

}  // namespace tk::crypto
