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

struct Place {
  std::uint64_t word, bits;
};
template <unsigned kBits>
Place place_of(std::uint64_t head) {
  auto mixed = head * 0x9e3779b97f4a7c15u;
  return {mixed >> (64 - kBits),
          std::uint64_t{1} << (mixed >> 24 & 63) | std::uint64_t{1} << (mixed >> 34 & 63)};
}

// As what a byte counts; kSpecial where there is more to do.
constexpr unsigned kSpecial = 0x100;
constexpr auto kEntries = [] {
  std::array<std::uint16_t, 256> out{};
  for (unsigned c = 0; c < 256; ++c) out[c] = detail::kCountsAs[c];
  out['\n'] = out[27] = kSpecial;
  return out;
}();

// Of the last kOpen + 1 bytes.
std::uint64_t third_of(std::uint64_t window) {
  return (window & ((std::uint64_t{1} << 8 * (kOpen + 1)) - 1)) * 0x9e3779b97f4a7c15u >> 46;
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
    if (std::any_of(same.begin(), same.end(), [&](auto f) { return forms_[f].text == text; }))
      continue;
    for (std::size_t size = 1; size < kShortest; ++size)
      beginnings_[size].emplace(head_of(text, size), true);
    auto key = place_of<kBits>(head);
    filter_[key.word] |= key.bits;
    auto bit = third_of(head >> 8 * (kShortest - kOpen - 1));
    thirds_[bit / 64] |= std::uint64_t{1} << bit % 64;
    same.push_back(static_cast<std::uint32_t>(forms_.size()));
    forms_.push_back({std::move(text), index});
  }
}

// The last eight bytes that count are the head of some form.
void Scrubber::start(const Window& window, bool every) {
  auto it = by_head_.find(window.bytes);
  if (it == by_head_.end()) return;
  auto begin = window.offset(kShortest);
  for (auto form : it->second) {
    if (forms_[form].text.size() == kShortest)
      matched(begin, window.offset(1) + 1, forms_[form].name);
    else
      live_.push_back({form, kShortest, begin, every});
  }
}

void Scrubber::look_at_every(std::uint8_t byte, std::uint64_t offset) {
  every_.push(byte, offset);
  if (every_.count >= kShortest) start(every_, true);
}

void Scrubber::matched(std::uint64_t begin, std::uint64_t end, std::uint32_t name) {
  Range one{std::max({begin, base_, open_}), end,
            name};  // of what began in one that went out already, the rest
  while (!ranges_.empty() && ranges_.back().end > one.begin &&
         one.begin <= ranges_.back().begin) {  // the longer one counts
    one.end = std::max(one.end, ranges_.back().end);
    one.name = ranges_.back().name;
    ranges_.pop_back();
  }
  if (!ranges_.empty()) one.begin = std::max(one.begin, ranges_.back().end);
  if (one.begin < one.end) ranges_.push_back(one);
}

bool Scrubber::may_start(std::uint64_t window) const {
  auto key = place_of<kBits>(window);
  return (filter_[key.word] & key.bits) == key.bits;
}

std::string Scrubber::feed(std::string_view bytes) {
  auto offset = base_ + pending_.size();
  pending_ += bytes;
  // In registers, and without a branch for what does not count: this is done for each byte of what a program writes.
  auto last = window_.bytes, count = window_.count;
  auto* const offsets = window_.offsets.data();
  const auto* filter = filter_.data();
  auto mode = [&] {
    return !live_.empty() || apart_ != 0 || counting_.inside() ? kSpecial : 0u;
  };
  auto special = mode();
  for (char byte : bytes) {
    auto at = offset++;
    unsigned v = kEntries[static_cast<unsigned char>(byte)];
    if (((v | special) & kSpecial) == 0) {
      last = v != 0 ? last << 8 | v : last;
      offsets[count % Window::kKept] = at;
      count += v != 0;
      auto key = place_of<kBits>(last);
      bool hit = ((filter[key.word] & key.bits) == key.bits) & (v != 0);
      if (!hit) continue;
      window_.bytes = last, window_.count = count;
      start(window_, false);
    } else {
      window_.bytes = last, window_.count = count;
      look_at(byte, at);
      last = window_.bytes, count = window_.count;
    }
    special = mode();
  }
  window_.bytes = last, window_.count = count;
  return take(held_from(offset));
}

// A byte where something is going on.
void Scrubber::look_at(char byte, std::uint64_t at) {
  auto v = counting_(static_cast<unsigned char>(byte));
  if (v == 0) return not_counted(byte, counting_.swallowed(), at);
  window_.push(v, at);
  go_on(v, at, false);
  if (apart_ != 0) --apart_, look_at_every(v, at);
  if (may_start(window_.bytes)) start(window_, false);
}

void Scrubber::not_counted(char byte, std::uint8_t swallowed, std::uint64_t at) {
  if (swallowed != 0) {
    if (apart_ == 0) every_ = window_;
    apart_ = kShortest;
    go_on(swallowed, at, true);
    look_at_every(swallowed, at);
  } else if (byte == '\n') {
    line_ends(at + 1);
  }
}

// Of control sequences only the matches of all bytes see what stands in them.
void Scrubber::go_on(std::uint8_t byte, std::uint64_t offset, bool swallowed) {
  std::size_t kept = 0;
  for (auto& one : live_) {
    const auto& text = forms_[one.form].text;
    bool counts = !swallowed || one.every;
    if (counts && static_cast<unsigned char>(text[one.length]) != byte) continue;
    if (counts && ++one.length == text.size())
      matched(one.begin, offset + 1, forms_[one.form].name);
    else
      live_[kept++] = one;
  }
  live_.resize(kept);
}

void Scrubber::line_ends(std::uint64_t offset) {
  if (!live_.empty()) return;
  // Mostly nothing longer is near, which a few bits tell.
  bool near = apart_ != 0;
  for (unsigned shift = 0; shift <= 8 * (kShortest - 2 - kOpen); shift += 8) {
    auto bit = third_of(window_.bytes >> shift);
    near = near || (thirds_[bit / 64] >> bit % 64 & 1);
  }
  if (!near || (partial(window_) <= kOpen && (apart_ == 0 || partial(every_) <= kOpen)))
    open_ = offset;
}

// How many of the last bytes that count are the beginning of a form; fewer than a head has.
std::size_t Scrubber::partial(const Window& window) const {
  for (auto size = std::min<std::uint64_t>(kShortest - 1, window.count); size > 0; --size)
    if (beginnings_[size].contains(window.bytes & ((std::uint64_t{1} << 8 * size) - 1)))
      return size;
  return 0;
}

// Where the first live match begins, but for what goes out anyway; `end` where there is none.
std::uint64_t Scrubber::held_from(std::uint64_t end) const {
  auto from = end;
  for (const auto& one : live_) from = std::min(from, one.begin);
  auto decided = std::max(base_, open_);
  // A match goes out as a whole, whatever began in it; one that began before it may be the longer
  // one.
  for (const auto& range : ranges_)
    if (range.begin < from) decided = std::max(decided, range.end);
  for (const auto* window : {&window_, &every_})
    for (auto back = window == &window_ || apart_ != 0 ? partial(*window) : 0; back > 0; --back)
      if (auto at = window->offset(back); at >= decided) {
        from = std::min(from, at);
        break;
      }
  return std::min(end, std::max(from, decided));
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
  window_ = every_ = {};
  apart_ = 0;
  counting_ = Counting();
  return out;
}

}  // namespace tk::vault
