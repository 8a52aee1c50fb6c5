// Secrets that are handed to people and programs and say nothing to them: a prefix, and in base64url the id of the
// record that they open, a number and 256 bits. Only SHA-256 of the whole stands in the journal.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/crypto/digest.hpp"

namespace tk::acl {

struct Opaque {
  std::string id;  // a UUID
  std::uint32_t n = 0;
  crypto::Digest secret{};
};

std::string spell(std::string_view prefix, const Opaque& opaque);
// Nothing when it is not spelled exactly so.
std::optional<Opaque> read_opaque(std::string_view prefix, std::string_view text);

}  // namespace tk::acl
