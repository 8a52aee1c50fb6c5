#include "excerpt.hpp"

#include <algorithm>
#include <cstring>

namespace tk::review {

LineIndex::LineIndex(std::string_view text) : text_(text) {
    starts_.push_back(0);
    std::size_t at = 0;
    while (at < text.size()) {
        const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
        if (found == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
        starts_.push_back(at);
    }
}

std::size_t LineIndex::line_of(std::size_t at) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), at);
    return static_cast<std::size_t>(next - starts_.begin()) - 1;
}

std::size_t LineIndex::end_of(std::size_t line) const {
    std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
    if (end > starts_[line] && text_[end - 1] == '\r') --end;
    return end;
}

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    std::size_t end = bytes;
    // At most three steps: bytes that only look like the inside of a sequence stay as they are.
    for (int step = 0; step < 3 && end > 0; ++step) {
        if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U) break;
        --end;
    }
    return text.substr(0, end);
}

std::string one_line(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') c = ' ';
    }
    return out;
}

}  // namespace tk::review
