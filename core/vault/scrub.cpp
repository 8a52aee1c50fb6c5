#include "core/vault/scrub.hpp"

#include <algorithm>

#include "core/crypto/ed25519.hpp"
#include "core/vault/encodings.hpp"

namespace tk::vault {
namespace {

std::string counted(std::string_view text) {
  Counting counts;
  std::string out;
  for (char c : text)
    if (auto v = counts(static_cast<unsigned char>(c))) out += static_cast<char>(v);
  return out;
}

std::uint64_t head_of(std::string_view text, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out = out << 8 | static_cast<unsigned char>(text[i]);
  return out;
}

}  // namespace

bool Scrubber::can_find(std::string_view secret) {
  return counted(secret).size() >= kShortest;
}

Scrubber::~Scrubber() {
  for (auto& form : forms_) crypto::wipe(form.text.data(), form.text.size());
  crypto::wipe(pending_.data(), pending_.size());
}

void Scrubber::add(const std::string& name, std::string_view secret) {
  auto index = static_cast<std::uint32_t>(names_.size());
  names_.push_back(name);
  for (auto& form : forms_of(secret)) {
    auto text = counted(form);
    crypto::wipe(form.data(), form.size());
    if (text.size() < kShortest) continue;
    auto head = head_of(text, kShortest);
    auto& same = by_head_[head];
    if (std::any_of(same.begin(), same.end(), [&](auto f) { return forms_[f].text == text; })) continue;
    for (std::size_t size = 1; size < kShortest; ++size) beginnings_[size].emplace(head_of(text, size), true);
    auto bit = head * 0x9e3779b97f4a7c15u >> (64 - kBits);
    filter_[bit / 64] |= std::uint64_t{1} << bit % 64;
    same.push_back(static_cast<std::uint32_t>(forms_.size()));
    forms_.push_back({std::move(text), index});
  }
}

// The last eight bytes that count are the head of some form.
void Scrubber::start(std::uint64_t offset) {
  auto it = by_head_.find(window_);
  if (it == by_head_.end()) return;
  auto begin = offsets_[counted_ % kShortest];  // the oldest of the window
  for (auto form : it->second) {
    if (forms_[form].text.size() == kShortest)
      matched(begin, offset + 1, forms_[form].name);
    else
      live_.push_back({form, kShortest, begin});
  }
}

void Scrubber::matched(std::uint64_t begin, std::uint64_t end, std::uint32_t name) {
  Range one{std::max(begin, base_), end, name};  // of what began in one that went out already, the rest
  while (!ranges_.empty() && ranges_.back().end > one.begin && one.begin <= ranges_.back().begin) {  // the longer one counts
    one.end = std::max(one.end, ranges_.back().end);
    one.name = ranges_.back().name;
    ranges_.pop_back();
  }
  if (!ranges_.empty()) one.begin = std::max(one.begin, ranges_.back().end);
  if (one.begin < one.end) ranges_.push_back(one);
}

std::string Scrubber::feed(std::string_view bytes) {
  auto offset = base_ + pending_.size();
  pending_ += bytes;
  for (char byte : bytes) {
    auto c = static_cast<unsigned char>(byte);
    auto at = offset++;
    auto v = counting_(c);
    if (v == 0) continue;
    window_ = window_ << 8 | v;
    offsets_[counted_++ % kShortest] = at;
    if (!live_.empty()) {
      std::size_t kept = 0;
      for (auto& one : live_) {
        const auto& text = forms_[one.form].text;
        if (static_cast<unsigned char>(text[one.length]) != v) continue;
        if (++one.length == text.size())
          matched(one.begin, at + 1, forms_[one.form].name);
        else
          live_[kept++] = one;
      }
      live_.resize(kept);
    }
    auto bit = window_ * 0x9e3779b97f4a7c15u >> (64 - kBits);
    if (filter_[bit / 64] >> bit % 64 & 1) start(at);
  }
  return take(held_from(offset));
}

// Where the first live match begins; `end` where there is none.
std::uint64_t Scrubber::held_from(std::uint64_t end) const {
  for (const auto& one : live_) end = std::min(end, one.begin);
  auto most = std::min<std::uint64_t>(kShortest - 1, counted_);
  for (auto size = most; size > 0; --size) {
    auto last = window_ & ((std::uint64_t{1} << 8 * size) - 1);
    if (!beginnings_[size].contains(last)) continue;
    end = std::min(end, offsets_[(counted_ - size) % kShortest]);
    break;
  }
  // A match goes out as a whole, whatever began in it; one that began before it may be the longer one.
  for (const auto& range : ranges_)
    if (range.begin < end && end < range.end) end = range.end;
  return std::max(end, base_);
}

std::string Scrubber::take(std::uint64_t up_to) {
  std::string out;
  std::size_t used = 0;
  auto at = base_;
  for (const auto& range : ranges_) {
    if (range.end > up_to) break;
    out.append(pending_, at - base_, range.begin - at);
    out += "⟦secret:" + names_[range.name] + "⟧";
    ++found_[names_[range.name]];
    at = range.end;
    ++used;
  }
  ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<std::ptrdiff_t>(used));
  if (up_to > at) out.append(pending_, at - base_, up_to - at), at = up_to;
  pending_.erase(0, at - base_);
  base_ = at;
  return out;
}

std::string Scrubber::finish() {
  live_.clear();
  auto out = take(base_ + pending_.size());
  window_ = counted_ = 0;
  counting_ = Counting();
  return out;
}

}  // namespace tk::vault
