// AES-256-SIV (RFC 5297) through OpenSSL: authenticated, and the same bytes for the same key, place and text, so
// that what is sealed twice can be compared. It tells equal texts of one place apart from others, no more.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/digest.hpp"

namespace tk::crypto {

using SealKey = std::array<std::uint8_t, 64>;

std::string seal(const SealKey& key, std::string_view place, std::string_view text);  // 16 bytes longer
std::optional<std::string> unseal(const SealKey& key, std::string_view place, std::string_view sealed);

Digest hmac_sha256(std::string_view key, std::string_view message);  // RFC 2104
bool equal(std::string_view a, std::string_view b);  // in the time of its length, whatever differs

}  // namespace tk::crypto
