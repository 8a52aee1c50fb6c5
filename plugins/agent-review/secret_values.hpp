// Judging a literal: is it a credential, or only the shape of one?
//
// Contract: pure functions of the value; each looks at no more than its first 512 bytes.

#pragma once

#include <string>
#include <string_view>

namespace tk::review {

enum class ValueKind { password, secret, token, key };

enum class Likeness {
    none,    // placeholder, word, identifier, path, digest, lookup
    weak,    // a default everyone knows: "changeme", "admin123"
    likely,  // a slug of words and numbers that may be real
    real,
};

std::string lower_ascii(std::string_view text);
bool is_word_byte(char c);
double entropy_bits(std::string_view value);

// "xxxx", "<token>", "${VAR}", "your-key-here", "AKIA...EXAMPLE", "0123456789abcdef".
bool is_placeholder(std::string_view value);

bool is_uuid(std::string_view value);
bool is_hex(std::string_view value);

// Mixed letters and digits without the rhythm of words.
bool is_random(std::string_view value);

// Changes between small, capital and digit as often as chance does.
bool is_noise(std::string_view value);

// A value assigned to a name that speaks of a credential.
Likeness judge(ValueKind kind, std::string_view value);

// Decodes base64 or base64url as far as it goes; for looking into a JWT.
std::string decode_base64(std::string_view value);

}  // namespace tk::review
