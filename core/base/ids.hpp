// Identifiers and randomness. Ids are UUIDv7 (RFC 9562 section 5.7), monotonic within a process and
// never reused. Randomness comes from getrandom(2) and can be injected for replay.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tk::ids {

using Random = void (*)(std::span<std::uint8_t> out);

void random_bytes(std::span<std::uint8_t> out);
void inject(Random random);  // tests only; null puts getrandom back

std::string uuid7();
bool is_uuid(std::string_view text);

std::string hex(std::span<const std::uint8_t> bytes);

}  // namespace tk::ids
