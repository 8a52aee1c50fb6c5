// Takes secrets out of what a program writes, while it writes it: each form of each secret
// (encodings.hpp) becomes ⟦secret:NAME⟧, wherever the bytes are cut into writes. Upper and lower
// case count as the same, and white space, NUL bytes, colours of a terminal and zero-width
// characters in between do not count, so wrapped base64, UTF-16 and spelled-out texts are found
// too. What looks like a control sequence is looked at as text as well, as it may have been put
// before a secret to hide its beginning.
//
// Of what was fed only a live partial match is held back. It is not let go by time, but by the byte
// that ends it, or the end; or, of no more than kOpen bytes that count, by the end of a line: else
// every other line would wait for the next one, and who waits for a line (a prompt, "listening on
// 8080") with it. The rest of such a match is masked, should there be one. This holds plaintext: it
// belongs into the vault's broker and nowhere else. It is no boundary: who has a secret and may run
// code can write it in a form that is not listed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tk::vault {

inline constexpr std::size_t kShortest =
    8;  // bytes that count; a shorter secret cannot be told from other text

inline constexpr std::size_t kOpen = 2;  // bytes that count

namespace detail {

constexpr std::array<std::uint8_t, 256> counts_as() {
  std::array<std::uint8_t, 256> out{};
  for (unsigned c = 0; c < 256; ++c)
    out[c] = static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  for (unsigned c : {0u, 9u, 10u, 11u, 12u, 13u, 27u, 32u, 0xe2u, 0x80u, 0x8bu, 0x8cu, 0x8du, 0xefu,
                     0xbbu, 0xbfu})
    out[c] = 0;
  return out;
}
inline constexpr auto kCountsAs = counts_as();

}  // namespace detail

// Which bytes count, from first to last, and as what: themselves in lower case. 0: it does not
// count, like those of control sequences (ESC [ … letter) and all three bytes of zero-width
// characters (U+200B to U+200D, U+FEFF).
class Counting {
 public:
  std::uint8_t operator()(unsigned char c) {
    auto v = detail::kCountsAs[c];
    swallowed_ = 0;
    if (v == 0) {
      if (c == 27) state_ = 1;
      return 0;
    }
    if (state_ == 0) return v;
    swallowed_ = v;
    state_ = state_ == 1 ? (c == '[' ? 2 : 0) : c < 0x40 ? 2 : 0;
    return 0;
  }
  bool inside() const { return state_ != 0; }  // a control sequence
  // As what a byte would have counted that was one of a control sequence.
  std::uint8_t swallowed() const { return swallowed_; }

 private:
  std::uint8_t swallowed_ = 0;
  int state_ = 0;  // 1: behind ESC, 2: in a sequence
};

class Scrubber {
 public:
  // Whether a secret can be found: it has kShortest bytes that count.
  static bool can_find(std::string_view secret);

  Scrubber() = default;
  Scrubber(const Scrubber&) = delete;
  Scrubber& operator=(const Scrubber&) = delete;
  ~Scrubber();  // wipes the forms
  void add(const std::string& name, std::string_view secret);

  std::string feed(std::string_view bytes);  // what may go out
  std::string finish();                      // the rest; a new stream may begin
  const std::map<std::string, std::uint64_t>& found() const {
    return found_;
  }  // how often, by name

 private:
  struct Form {
    std::string text;  // of bytes that count
    std::uint32_t name;
  };
  struct Live {
    std::uint32_t form;
    std::uint32_t length;  // matched
    std::uint64_t begin;
    bool every;  // of all bytes, those of control sequences too
  };
  // The last eight bytes that counted, and where they stand.
  struct Window {
    std::uint64_t bytes = 0, count = 0;
    static constexpr std::size_t kKept = 2 * kShortest;  // where the next one goes none of the last stands
    std::array<std::uint64_t, kKept> offsets{};
    std::uint64_t offset(std::uint64_t back) const { return offsets[(count - back) % kKept]; }
    void push(std::uint8_t byte, std::uint64_t at) {
      bytes = bytes << 8 | byte;
      offsets[count++ % kKept] = at;
    }
  };
  struct Range {
    std::uint64_t begin, end;
    std::uint32_t name;
  };
  bool may_start(std::uint64_t window) const;
  void start(const Window& window, bool every);
  void look_at(char byte, std::uint64_t at);
  void look_at_every(std::uint8_t byte, std::uint64_t offset);
  void matched(std::uint64_t begin, std::uint64_t end, std::uint32_t name);
  void go_on(std::uint8_t byte, std::uint64_t offset, bool swallowed);
  void not_counted(char byte, std::uint8_t swallowed, std::uint64_t at);
  void line_ends(std::uint64_t offset);
  std::size_t partial(const Window& window) const;
  std::uint64_t held_from(std::uint64_t end) const;
  std::string take(std::uint64_t up_to);

  static constexpr unsigned kBits = 13;  // of the number of words
  std::vector<std::string> names_;
  std::vector<Form> forms_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>
      by_head_;  // the first eight bytes of forms
  std::array<std::unordered_map<std::uint64_t, bool>, kShortest> beginnings_;  // their first 1 to 7
  std::vector<std::uint64_t> filter_ =
      std::vector<std::uint64_t>(1u << kBits);  // two bits of a word for each head
  std::vector<std::uint64_t> thirds_ =
      std::vector<std::uint64_t>(1u << 12);  // a bit for the first kOpen + 1 bytes of each
  // The stream: what was not given out yet begins at offset base_.
  std::string pending_;
  std::uint64_t base_ = 0;
  std::uint64_t open_ = 0;  // what stands before it goes out, whatever comes
  Window window_, every_;   // `every_` counts while it differs: for `apart_` more bytes
  unsigned apart_ = 0;
  std::vector<Live> live_;
  std::vector<Range> ranges_;  // in order, apart from each other
  Counting counting_;
  std::map<std::string, std::uint64_t> found_;
};

}  // namespace tk::vault
