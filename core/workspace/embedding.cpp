#include "core/workspace/embedding.hpp"

#include <algorithm>
#include <cmath>

namespace tk::workspace {
namespace {

constexpr std::size_t kMaxWords = 256, kMaxWord = 64;
constexpr float kWordWeight = 1.5f;

std::uint32_t hash(std::string_view s, std::uint32_t seed) {
  std::uint32_t h = 2166136261u ^ seed;
  for (char c : s) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  h ^= h >> 15, h *= 0x2c1b3c6du, h ^= h >> 12, h *= 0x297a2d39u;
  return h ^ h >> 15;
}

void add(float* to, const Features& features, float weight) {
  float sum = 0;
  for (const auto& [h, w] : features) sum += w * w;
  if (sum == 0) return;
  weight /= std::sqrt(sum);
  for (const auto& [h, w] : features) to[h % kDimensions] += (h & 0x80000000u ? -w : w) * weight;
}

}  // namespace

std::vector<std::string> words_of_text(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  auto end = [&] {
    if (!word.empty() && out.size() < kMaxWords) out.push_back(word.substr(0, kMaxWord));
    word.clear();
  };
  for (char c : text) {
    auto u = static_cast<unsigned char>(c);
    if (c >= 'A' && c <= 'Z') word += static_cast<char>(c + 32);
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || u >= 0x80) word += c;
    else end();
  }
  end();
  return out;
}

Features features_of(std::string_view text) {
  Features out;
  for (const auto& word : words_of_text(text)) {
    out.emplace_back(hash(word, 1), kWordWeight);
    auto framed = "^" + word + "$";
    auto letters = word;  // in order, so that two that changed places are no loss
    std::sort(letters.begin(), letters.end());
    out.emplace_back(hash(letters, 3), 1.0f);
    for (std::size_t i = 0; i + 3 <= framed.size(); ++i) out.emplace_back(hash(std::string_view(framed).substr(i, 3), 2), 1.0f);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end(), [](auto& a, auto& b) { return a.first == b.first; }), out.end());
  return out;
}

Vector embed(std::string_view name, std::string_view text) {
  float sums[kDimensions] = {};
  add(sums, features_of(name), 1.0f);
  add(sums, features_of(text), 0.7f);
  float length = 0, most = 0;
  for (float v : sums) length += v * v, most = std::max(most, std::abs(v));
  Vector out;
  if (length == 0) return out;
  out.scale = most / 127.0f / std::sqrt(length);
  for (std::size_t i = 0; i < kDimensions; ++i) out.at[i] = static_cast<std::int8_t>(std::lround(sums[i] / most * 127.0f));
  return out;
}

// The room is built for size; this loop is where a search spends its time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
__attribute__((optimize("O3"), target_clones("avx2", "default")))
#endif
void products(const Vector& query, const std::int8_t* first, std::size_t stride, std::size_t n, std::int32_t* out) {
  std::int16_t wide[kDimensions];
  for (std::size_t i = 0; i < kDimensions; ++i) wide[i] = query.at[i];
  for (std::size_t r = 0; r < n; ++r) {
    const std::int8_t* record = first + r * stride;
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < kDimensions; ++i) sum += wide[i] * static_cast<std::int16_t>(record[i]);
    out[r] = sum;
  }
}

}  // namespace tk::workspace
