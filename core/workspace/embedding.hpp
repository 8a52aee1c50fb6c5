// A text as a vector, by nothing but itself: hashed words and trigrams of letters, 256 dimensions of a byte each. Near
// spellings have near vectors; the same text has the same vector on every machine. What is found by it is judged again by
// the features themselves, which the vector only estimates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tk::workspace {

inline constexpr std::size_t kDimensions = 256;

// Hashes of the words of a text and of their trigrams, each with its weight; sorted, each once.
using Features = std::vector<std::pair<std::uint32_t, float>>;
Features features_of(std::string_view text);
// The words as they are hashed: lower case, letters and digits only; other bytes than ASCII stay.
std::vector<std::string> words_of_text(std::string_view text);

struct Vector {
  float scale = 0;  // what a product of bytes is multiplied with: vectors have the length 1
  std::int8_t at[kDimensions] = {};
};
// Of what an entity is called and of what is said about it.
Vector embed(std::string_view name, std::string_view text);

// The products of one vector with n records that lie `stride` bytes apart.
void products(const Vector& query, const std::int8_t* first, std::size_t stride, std::size_t n, std::int32_t* out);

}  // namespace tk::workspace
