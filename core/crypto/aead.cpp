#include "core/crypto/aead.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "core/crypto/seal.hpp"

namespace tk::crypto {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
  void operator()(EVP_PKEY_CTX* c) const { EVP_PKEY_CTX_free(c); }
};
template <class T>
using Held = std::unique_ptr<T, Free>;

const unsigned char* bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes(std::string& s) {
  return reinterpret_cast<unsigned char*>(s.data());
}

Held<EVP_CIPHER_CTX> begin(const Key& key, const Nonce& nonce, bool to_seal) {
  static EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  Held<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  if (!cipher || !context || EVP_CipherInit_ex2(context.get(), cipher, key.data(), nonce.data(), to_seal ? 1 : 0, nullptr) != 1) std::abort();
  return context;
}

}  // namespace

std::string aead_seal(const Key& key, const Nonce& nonce, std::string_view text) {
  auto context = begin(key, nonce, true);
  std::string out(text.size() + kAeadTag, '\0');
  int size = 0;
  if (EVP_EncryptUpdate(context.get(), bytes(out), &size, bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), bytes(out) + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTag, out.data() + text.size()) != 1)
    std::abort();
  return out;
}

std::optional<std::string> aead_open(const Key& key, const Nonce& nonce, std::string_view sealed) {
  if (sealed.size() < kAeadTag) return std::nullopt;
  auto context = begin(key, nonce, false);
  auto text = sealed.substr(0, sealed.size() - kAeadTag);
  std::string tag(sealed.substr(text.size())), out(text.size() + 1, '\0');
  int size = 0;
  bool good = EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTag, tag.data()) == 1 &&
              EVP_DecryptUpdate(context.get(), bytes(out), &size, bytes(text), static_cast<int>(text.size())) == 1 &&
              EVP_DecryptFinal_ex(context.get(), bytes(out) + size, &size) == 1;
  if (!good) {
    OPENSSL_cleanse(out.data(), out.size());
    return std::nullopt;
  }
  out.pop_back();
  return out;
}

X25519::X25519(const Key& secret)
    : key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, secret.data(), secret.size()), EVP_PKEY_free) {
  auto size = point_.size();
  if (!key_ || EVP_PKEY_get_raw_public_key(key_.get(), point_.data(), &size) != 1) std::abort();
}

X25519 X25519::generate() {
  Key secret{};
  random_bytes(secret.data(), secret.size());
  X25519 out(secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  return out;
}

std::optional<Key> X25519::agree(const Key& point) const {
  // Every point may be asked for (RFC 7748, 6.1); what is looked at is the outcome.
  Held<EVP_PKEY> theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, point.data(), point.size()));
  Held<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  Key out{};
  auto size = out.size();
  if (!theirs || !context || EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer_ex(context.get(), theirs.get(), 0) != 1 ||
      EVP_PKEY_derive(context.get(), out.data(), &size) != 1)
    return std::nullopt;
  if (std::all_of(out.begin(), out.end(), [](auto b) { return b == 0; })) return std::nullopt;
  return out;
}

Key hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info) {
  static constexpr std::string_view kNoSalt("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
  auto extracted = hmac_sha256(salt.empty() ? kNoSalt : salt, key);
  return hmac_sha256({reinterpret_cast<const char*>(extracted.data()), extracted.size()}, std::string(info) + '\1');
}

std::optional<Key> scrypt(std::string_view passphrase, std::string_view salt, unsigned log_n) {
  Key out{};
  auto n = std::uint64_t{1} << log_n;
  auto most = 128 * 8 * n + (1u << 20);
  if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), bytes(salt), salt.size(), n, 8, 1, most, out.data(), out.size()) != 1) return std::nullopt;
  return out;
}

void random_bytes(void* at, std::size_t size) {
  if (RAND_priv_bytes(static_cast<unsigned char*>(at), static_cast<int>(size)) != 1) std::abort();
}

}  // namespace tk::crypto
