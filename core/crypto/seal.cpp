#include "core/crypto/seal.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace tk::crypto {
namespace {

constexpr std::size_t kTag = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
  void operator()(EVP_MAC_CTX* c) const { EVP_MAC_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

// OpenSSL's SIV takes an empty text only where something is asked for it: one byte stands before every text.
Context begin(const SealKey& key, bool to_seal) {
  static EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr);
  Context context(EVP_CIPHER_CTX_new());
  if (!cipher || !context || EVP_CipherInit_ex2(context.get(), cipher, key.data(), nullptr, to_seal ? 1 : 0, nullptr) != 1)
    std::abort();
  return context;
}

EVP_MAC_CTX* new_hmac() {
  static EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  auto* out = EVP_MAC_CTX_new(mac);
  if (!out || EVP_MAC_CTX_set_params(out, params) != 1) std::abort();
  return out;
}

}  // namespace

std::string seal(const SealKey& key, std::string_view place, std::string_view text) {
  auto context = begin(key, true);
  auto plain = "\1" + std::string(text);
  std::string out(kTag + plain.size(), '\0');
  int size = 0;
  if (EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(place), static_cast<int>(place.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), bytes(out) + kTag, &size, bytes(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), nullptr, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTag, out.data()) != 1)
    std::abort();
  OPENSSL_cleanse(plain.data(), plain.size());
  return out;
}

std::optional<std::string> unseal(const SealKey& key, std::string_view place, std::string_view sealed) {
  if (sealed.size() <= kTag) return std::nullopt;
  auto context = begin(key, false);
  auto tag = std::string(sealed.substr(0, kTag));
  sealed.remove_prefix(kTag);
  std::string out(sealed.size(), '\0');
  int size = 0;
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &size, bytes(place), static_cast<int>(place.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes(out), &size, bytes(sealed), static_cast<int>(sealed.size())) != 1 ||
      out.front() != '\1')
    return std::nullopt;
  return out.substr(1);
}

Digest hmac_sha256(std::string_view key, std::string_view message) {
  // One context a thread, of an algorithm that was fetched once: that costs more than the work. It keeps no key.
  thread_local const std::unique_ptr<EVP_MAC_CTX, Free> context(new_hmac());
  static constexpr unsigned char kNoKey[1] = {};
  Digest out{};
  std::size_t size = 0;
  auto* c = context.get();
  if (!c || EVP_MAC_init(c, key.empty() ? kNoKey : bytes(key), key.size(), nullptr) != 1 || EVP_MAC_update(c, bytes(message), message.size()) != 1 ||
      EVP_MAC_final(c, out.data(), &size, out.size()) != 1 || EVP_MAC_init(c, kNoKey, 0, nullptr) != 1)
    std::abort();
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tk::crypto
