#include "core/acl/opaque.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/base64.hpp"
#include "core/base/ids.hpp"

namespace tk::acl {

namespace {
constexpr std::size_t kBytes = 16 + 4 + 32;
}

std::string spell(std::string_view prefix, const Opaque& o) {
  std::string bytes;
  std::string hex = o.id;
  std::erase(hex, '-');
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(o.n >> shift);
  bytes.append(reinterpret_cast<const char*>(o.secret.data()), o.secret.size());
  return std::string(prefix) + base64::encode_url(bytes);
}

std::optional<Opaque> read_opaque(std::string_view prefix, std::string_view text) {
  if (text.size() > 128 || !text.starts_with(prefix)) return std::nullopt;
  auto bytes = base64::decode_url(text.substr(prefix.size()));
  if (!bytes || bytes->size() != kBytes) return std::nullopt;
  const auto* at = reinterpret_cast<const std::uint8_t*>(bytes->data());
  Opaque out;
  out.id = ids::hex({at, 16});
  for (auto dash : {8u, 13u, 18u, 23u}) out.id.insert(dash, "-");
  for (int i = 0; i < 4; ++i) out.n = out.n << 8 | at[16 + i];
  std::copy(at + 20, at + kBytes, out.secret.begin());
  return out;
}

}  // namespace tk::acl
