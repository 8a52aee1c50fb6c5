// How far a run of bytes of one class reaches, without looking at a byte twice.
//
// Contract: the text outlives the object. end_of_run(c, at) is the first position from `at` on
// whose byte is not in class c.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tk::review {

enum class Charset : std::uint8_t {
    digits,
    lowerhex,
    hex,
    upper,
    lowernum,
    alnum,
    word,
    url64,
    dotted,
    base64,
    base64url,
    wordcash
};
constexpr std::size_t kCharsets = 12;

class ByteRuns {
public:
    explicit ByteRuns(std::string_view text) : text_(text) {}
    std::string_view text() const { return text_; }
    std::size_t end_of_run(Charset charset, std::size_t at);

private:
    struct Run {
        std::size_t begin = std::string_view::npos, end = 0;
    };
    std::string_view text_;
    std::array<Run, kCharsets> known_{};
};

bool in_charset(Charset charset, char c);

// True when no longer word begins before `at` (an escape such as \n ends the word before).
bool starts_word(std::string_view text, std::size_t at);

}  // namespace tk::review
