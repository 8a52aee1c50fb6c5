// Bech32 (BIP 173) without its limit of 90 characters, as age has it: a prefix, "1", 5 bits a character, a checksum.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tk::vault::bech32 {

struct Decoded {
  std::string prefix, bytes;  // the prefix in lower case
};

std::string encode(std::string_view prefix, std::string_view bytes);  // in lower case
// Nothing where a character, the padding or the checksum is wrong, or upper and lower case are mixed.
std::optional<Decoded> decode(std::string_view text);

}  // namespace tk::vault::bech32
