#include "byte_runs.hpp"

#include "secret_values.hpp"

namespace tk::review {
namespace {

bool member(Charset charset, unsigned char c) {
    const bool digit = c >= '0' && c <= '9';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    const bool alnum = digit || upper || lower;
    switch (charset) {
        case Charset::digits:
            return digit;
        case Charset::lowerhex:
            return digit || (c >= 'a' && c <= 'f');
        case Charset::hex:
            return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        case Charset::upper:
            return digit || upper;
        case Charset::lowernum:
            return digit || lower;
        case Charset::alnum:
            return alnum;
        case Charset::word:
            return alnum || c == '_';
        case Charset::url64:
            return alnum || c == '_' || c == '-';
        case Charset::dotted:
            return alnum || c == '_' || c == '-' || c == '.';
        case Charset::base64:
            return alnum || c == '+' || c == '/' || c == '=';
        case Charset::base64url:
            return alnum || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
        case Charset::wordcash:
            return alnum || c == '_' || c == '$';
    }
    return false;
}

struct Members {
    std::array<std::uint16_t, 256> of{};
    constexpr Members() = default;
};

Members tabulate() {
    Members table;
    for (std::size_t c = 0; c < 256; ++c) {
        unsigned bits = 0;
        for (std::size_t set = 0; set < kCharsets; ++set) {
            if (member(static_cast<Charset>(set), static_cast<unsigned char>(c))) bits |= 1U << set;
        }
        table.of[c] = static_cast<std::uint16_t>(bits);
    }
    return table;
}

}  // namespace

bool in_charset(Charset charset, char c) {
    static const Members table = tabulate();
    return ((table.of[static_cast<unsigned char>(c)] >> static_cast<unsigned>(charset)) & 1U) != 0;
}

std::size_t ByteRuns::end_of_run(Charset charset, std::size_t at) {
    Run& run = known_[static_cast<std::size_t>(charset)];
    if (at >= run.begin && at <= run.end) return run.end;
    std::size_t end = at;
    while (end < text_.size() && in_charset(charset, text_[end])) {
        ++end;
        if (end == run.begin) {
            end = run.end;  // reached the run that was measured before
            break;
        }
    }
    run = {at, end};
    return end;
}

bool starts_word(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    if (!is_word_byte(before)) return true;
    const bool escape = before == 'n' || before == 't' || before == 'r';
    return escape && at >= 2 && text[at - 2] == '\\';
}

}  // namespace tk::review
