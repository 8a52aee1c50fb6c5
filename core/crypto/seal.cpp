#include "core/crypto/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <memory>

namespace tk::crypto {
namespace {

constexpr std::size_t kTag = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
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
  Digest out{};
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(message), message.size(), out.data(), &size))
    std::abort();
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tk::crypto
