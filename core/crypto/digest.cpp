#include "core/crypto/digest.hpp"

#include <openssl/evp.h>

#include <cstdlib>

#include "core/base/ids.hpp"

namespace tk::crypto {

Digest sha256(std::string_view bytes) {
  // One context and one fetched algorithm a process: the fetch costs more than the hash.
  static EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local EVP_MD_CTX* context = EVP_MD_CTX_new();
  Digest out{};
  unsigned size = 0;
  if (!algorithm || !context || EVP_DigestInit_ex2(context, algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, out.data(), &size) != 1)
    std::abort();  // no digest: nothing may be acknowledged
  return out;
}

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
  std::array<std::uint8_t, 20> out{};
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha1(), nullptr) != 1) std::abort();
  return out;
}

std::string sha256_hex(std::string_view bytes) { return ids::hex(sha256(bytes)); }

}  // namespace tk::crypto
