#include "core/record/named_id.hpp"

#include <span>
#include <utility>

#include "core/base/ids.hpp"
#include "core/crypto/digest.hpp"

namespace tk::record {

std::string named_id(std::string_view name) {
  auto digest = crypto::sha256(name);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x80);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  std::string out;
  for (auto part : {std::pair(0u, 4u), {4u, 2u}, {6u, 2u}, {8u, 2u}, {10u, 6u}})
    out += (out.empty() ? "" : "-") + ids::hex(std::span(digest).subspan(part.first, part.second));
  return out;
}

}  // namespace tk::record
