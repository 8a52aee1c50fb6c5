#include "core/base/base64.hpp"

#include <array>
#include <cstdint>

namespace tk::base64 {
namespace {

using Letters = std::string_view;
constexpr Letters kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr Letters kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string write(std::string_view bytes, Letters letters, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < n ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k <= n; ++k) out += letters[word >> (18 - 6 * k) & 63];
    if (padded) out.append(3 - n, '=');
  }
  return out;
}

using Values = std::array<std::int8_t, 256>;
constexpr Values values_of(Letters letters) {
  Values value{};
  value.fill(-1);
  for (std::size_t i = 0; i < letters.size(); ++i)
    value[static_cast<std::uint8_t>(letters[i])] = static_cast<std::int8_t>(i);
  return value;
}
constexpr Values kStandardValues = values_of(kStandard), kUrlValues = values_of(kUrl);

std::optional<std::string> read(std::string_view text, const Values& value) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t n = 0;
  std::uint32_t word = 0;
  int bits = 0;
  for (char c : text) {
    auto v = value[static_cast<std::uint8_t>(c)];
    if (v < 0) return std::nullopt;
    word = word << 6 | static_cast<std::uint32_t>(v);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = static_cast<char>(word >> bits & 0xff);
  }
  if ((word & ((1u << bits) - 1)) != 0) return std::nullopt;
  out.resize(n);
  return out;
}

}  // namespace

std::string encode(std::string_view bytes) { return write(bytes, kStandard, true); }
std::string encode_url(std::string_view bytes) { return write(bytes, kUrl, false); }

std::optional<std::string> decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  auto end = text.find_last_not_of('=');
  auto kept = end == text.npos ? 0 : end + 1;
  if (text.size() - kept > 2) return std::nullopt;
  return read(text.substr(0, kept), kStandardValues);
}
std::optional<std::string> decode_url(std::string_view text) { return read(text, kUrlValues); }

}  // namespace tk::base64
