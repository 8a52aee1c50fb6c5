// The forms in which a secret may come back: as it is, escaped for the places where programs put texts, in the usual encodings
// of bytes, and what a program that wants it out would do first (turned round, ROT13). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::vault {

// Each form once. Of base64 and base32 the part that is the same whatever stands before and behind (3 and 5 alignments).
std::vector<std::string> forms_of(std::string_view secret);

}  // namespace tk::vault
