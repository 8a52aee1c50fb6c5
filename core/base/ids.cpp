#include "core/base/ids.hpp"

#include <sys/random.h>

#include <array>
#include <cctype>
#include <cstdlib>

#include "core/base/clock.hpp"

namespace tk::ids {
namespace {

Random injected = nullptr;

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void inject(Random random) { injected = random; }

void random_bytes(std::span<std::uint8_t> out) {
  if (injected) return injected(out);
  std::size_t done = 0;
  while (done < out.size()) {
    auto n = getrandom(out.data() + done, out.size() - done, 0);
    if (n > 0) done += static_cast<std::size_t>(n);
    else if (errno != EINTR) std::abort();  // no randomness: no id may be made
  }
}

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (auto b : bytes) {
    out += kDigits[b >> 4];
    out += kDigits[b & 15];
  }
  return out;
}

std::string uuid7() {
  static std::uint64_t last = 0;
  std::array<std::uint8_t, 16> b{};
  random_bytes(b);
  // 48 bits of milliseconds, then 12 bits of the sub-millisecond part: ordered within a process.
  auto ns = static_cast<std::uint64_t>(clock::now_ns());
  std::uint64_t tick = ((ns / 1'000'000) << 12) | ((ns % 1'000'000) * 4096 / 1'000'000);
  if (tick <= last) tick = last + 1;
  last = tick;
  for (int i = 0; i < 6; ++i) b[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(tick >> (12 + 8 * (5 - i)));
  b[6] = static_cast<std::uint8_t>(0x70 | ((tick >> 8) & 15));
  b[7] = static_cast<std::uint8_t>(tick);
  b[8] = static_cast<std::uint8_t>(0x80 | (b[8] & 0x3f));
  auto h = hex(b);
  return h.substr(0, 8) + '-' + h.substr(8, 4) + '-' + h.substr(12, 4) + '-' + h.substr(16, 4) +
         '-' + h.substr(20);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : nibble(text[i]) < 0) return false;
  }
  return true;
}

}  // namespace tk::ids
