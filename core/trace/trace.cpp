#include "core/trace/trace.hpp"

#include <array>
#include <cstdlib>

#include "core/base/ids.hpp"

namespace tk::trace {
namespace {

template <std::size_t N>
std::string random_hex() {
  std::array<std::uint8_t, N> bytes{};
  do ids::random_bytes(bytes);
  while (bytes == std::array<std::uint8_t, N>{});
  return ids::hex(bytes);
}

bool lower_hex(std::string_view s) { return s.find_first_not_of("0123456789abcdef") == s.npos; }
bool id(std::string_view s) { return lower_hex(s) && s.find_first_not_of('0') != s.npos; }

}  // namespace

Context root() { return {random_hex<16>(), random_hex<8>(), {}}; }

Context child(const Context& parent) {
  return {parent.trace_id, random_hex<8>(), parent.span_id};
}

Context from_traceparent(std::string_view h) {
  // 00-<32 hex>-<16 hex>-<2 hex>; a later version may be longer, ff is forbidden.
  bool shape = h.size() >= 55 && h[2] == '-' && h[35] == '-' && h[52] == '-';
  if (!shape || h.substr(0, 2) == "ff" ||
      !lower_hex(h.substr(0, 2)) || !lower_hex(h.substr(53, 2)) ||
      (h.substr(0, 2) == "00" && h.size() != 55) || (h.size() > 55 && h[55] != '-') ||
      !id(h.substr(3, 32)) || !id(h.substr(36, 16)))
    return root();
  return child({std::string(h.substr(3, 32)), std::string(h.substr(36, 16)), {}});
}

Context from_environment() {
  const char* header = std::getenv("TRACEPARENT");
  return header ? from_traceparent(header) : root();
}

std::string traceparent(const Context& c) { return "00-" + c.trace_id + "-" + c.span_id + "-01"; }

}  // namespace tk::trace
