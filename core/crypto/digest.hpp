// SHA-256 (FIPS 180-4) through OpenSSL's EVP.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tk::crypto {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
// What git's files end with; nothing is trusted for it where somebody could have made both halves of a collision.
std::array<std::uint8_t, 20> sha1(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

}  // namespace tk::crypto
