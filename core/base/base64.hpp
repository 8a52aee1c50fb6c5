// Base64 (RFC 4648): section 4 with padding, section 5 (URL-safe) without. Reading is strict: no blanks, no
// missing or needless padding, and the bits behind the last byte are zero, so that bytes have one spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tk::base64 {

std::string encode(std::string_view bytes);
std::string encode_url(std::string_view bytes);
std::optional<std::string> decode(std::string_view text);
std::optional<std::string> decode_url(std::string_view text);

}  // namespace tk::base64
