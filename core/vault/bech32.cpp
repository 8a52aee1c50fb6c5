#include "core/vault/bech32.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <vector>

namespace tk::vault::bech32 {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksum = 6;

using Groups = std::vector<std::uint8_t>;

std::uint32_t polymod(const Groups& values) {
  static constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  std::uint32_t sum = 1;
  for (auto v : values) {
    auto top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ v;
    for (std::size_t i = 0; i < kGenerator.size(); ++i)
      if (top >> i & 1) sum ^= kGenerator[i];
  }
  return sum;
}

Groups expanded(std::string_view prefix) {
  Groups out;
  for (char c : prefix) out.push_back(static_cast<std::uint8_t>(static_cast<unsigned char>(c) >> 5));
  out.push_back(0);
  for (char c : prefix) out.push_back(static_cast<std::uint8_t>(c & 31));
  return out;
}

// Groups of `from` bits as groups of `to`; nothing where what is left over is not the zeroes that pad it.
std::optional<Groups> regrouped(const Groups& in, unsigned from, unsigned to, bool pad) {
  Groups out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (auto v : in) {
    held = (held << from | v) & 0xffff;
    for (bits += from; bits >= to; bits -= to) out.push_back(static_cast<std::uint8_t>(held >> (bits - to) & ((1u << to) - 1)));
  }
  auto rest = held & ((1u << bits) - 1);
  if (pad) {
    if (bits > 0) out.push_back(static_cast<std::uint8_t>(rest << (to - bits) & ((1u << to) - 1)));
  } else if (bits >= from || rest != 0) {
    return std::nullopt;
  }
  return out;
}

}  // namespace

std::string encode(std::string_view prefix, std::string_view bytes) {
  auto groups = *regrouped(Groups(bytes.begin(), bytes.end()), 8, 5, true);
  auto all = expanded(prefix);
  all.insert(all.end(), groups.begin(), groups.end());
  all.resize(all.size() + kChecksum);
  auto sum = polymod(all) ^ 1;
  std::string out = std::string(prefix) + "1";
  for (auto g : groups) out += kAlphabet[g];
  for (std::size_t i = 0; i < kChecksum; ++i) out += kAlphabet[sum >> 5 * (kChecksum - 1 - i) & 31];
  return out;
}

std::optional<Decoded> decode(std::string_view text) {
  auto is_upper = [](unsigned char c) { return std::isupper(c) != 0; };
  auto is_lower = [](unsigned char c) { return std::islower(c) != 0; };
  if (std::any_of(text.begin(), text.end(), is_upper) && std::any_of(text.begin(), text.end(), is_lower)) return std::nullopt;
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto one = low.rfind('1');
  if (one == low.npos || one == 0 || low.size() < one + 1 + kChecksum) return std::nullopt;
  Decoded out{low.substr(0, one), ""};
  for (char c : out.prefix)
    if (c < 33 || c > 126) return std::nullopt;
  Groups groups;
  for (char c : low.substr(one + 1)) {
    auto at = kAlphabet.find(c);
    if (at == kAlphabet.npos) return std::nullopt;
    groups.push_back(static_cast<std::uint8_t>(at));
  }
  auto all = expanded(out.prefix);
  all.insert(all.end(), groups.begin(), groups.end());
  if (polymod(all) != 1) return std::nullopt;
  groups.resize(groups.size() - kChecksum);
  auto bytes = regrouped(groups, 5, 8, false);
  if (!bytes) return std::nullopt;
  out.bytes.assign(bytes->begin(), bytes->end());
  return out;
}

}  // namespace tk::vault::bech32
