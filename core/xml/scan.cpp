#include <charconv>

#include "core/base/text.hpp"
#include "core/xml/detail/scan.hpp"

namespace tk::xml::detail {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxAttributes = 256;  // of one element; each is compared with the others

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || (c & 0x80);
}
bool name_char(char c) {
  return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

// "#10" or "#xA": a character that XML 1.0 can hold. pugixml would take any number, and end the
// value at &#0; without a word.
bool character(std::string_view reference) {
  auto digits = reference.substr(1);
  int base = digits.starts_with('x') ? 16 : 10;
  if (base == 16) digits.remove_prefix(1);
  std::uint32_t c = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), c, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return false;
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

class Scanner {
 public:
  Scanner(std::string_view text, std::string_view file) : s_(text), file_(file) {}

  Result<std::vector<ScannedElement>> run() {
    if (s_.size() > kMaxBytes) return bad(0, "larger than 1 MiB");
    if (auto at = text::invalid_utf8(s_); at != s_.npos) return bad(at, "not UTF-8");
    for (std::size_t i = 0; i < s_.size(); ++i)
      if (auto c = static_cast<unsigned char>(s_[i]); c < 0x20 && !space(s_[i]))
        return bad(i, "a control character");
    if (s_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < s_.size()) {
      if (s_[at_] == '<') {
        TK_CHECK(markup());
      } else {
        TK_CHECK(characters());
      }
    }
    if (!open_.empty())
      return bad(open_.back().second, "<" + std::string(open_.back().first) + "> is never closed");
    if (out_.empty()) return bad(0, "no element");
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> bad(std::size_t at, std::string why, std::string hint = {}) {
    auto p = text::position(s_, at);
    return fail_at(Code::xml_syntax, {std::string(file_), p.line, p.column}, std::move(why),
                   std::move(hint));
  }

  Result<void> skip_to(std::string_view end, std::string_view what, std::size_t opener) {
    auto found = s_.find(end, at_ + opener);  // "<!-->" opens a comment and does not close it
    if (found == s_.npos) return bad(at_, "unterminated " + std::string(what));
    at_ = found + end.size();
    return {};
  }

  Result<void> markup() {
    auto rest = s_.substr(at_);
    if (rest.starts_with("<!--")) return skip_to("-->", "comment", 4);
    if (rest.starts_with("<![CDATA[")) {
      if (open_.empty()) return bad(at_, "text outside of the root element");
      return skip_to("]]>", "CDATA section", 9);
    }
    if (rest.starts_with("<!")) return bad(at_, "DOCTYPE and declarations are refused");
    if (rest.starts_with("<?")) return skip_to("?>", "processing instruction", 2);
    if (rest.starts_with("</")) return closing();
    return opening();
  }

  Result<void> characters() {
    if (s_[at_] == '&') return reference();
    if (open_.empty() && !space(s_[at_])) return bad(at_, "text outside of the root element");
    ++at_;
    return {};
  }

  Result<void> reference() {
    auto end = s_.find(';', at_);
    if (open_.empty() || end == s_.npos || end - at_ > 10)
      return bad(at_, "a bare &", "write &amp;");
    auto name = s_.substr(at_ + 1, end - at_ - 1);
    bool known = name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
    if (!known && !name.starts_with('#'))
      return bad(at_, "unknown entity &" + std::string(name) + ";", "write &amp; for a plain &");
    if (!known && !character(name))
      return bad(at_, "&" + std::string(name) + "; is no character of XML",
                 "write &amp; for a plain &");
    at_ = end + 1;
    return {};
  }

  std::string_view name() {
    auto start = at_;
    if (at_ < s_.size() && name_start(s_[at_]))
      while (at_ < s_.size() && name_char(s_[at_])) ++at_;
    return s_.substr(start, at_ - start);
  }

  void spaces() {
    while (at_ < s_.size() && space(s_[at_])) ++at_;
  }

  Result<void> opening() {
    auto start = at_++;
    ScannedElement element{name(), start, 0, {}};
    if (element.name.empty()) return bad(start, "a bare <", "write &lt;");
    if (open_.empty() && !out_.empty()) return bad(start, "a second root element");
    if (open_.size() >= kMaxDepth) return bad(start, "nested deeper than 32 levels");
    for (;;) {
      element.open_end = at_;
      spaces();
      if (at_ >= s_.size()) return bad(start, "unterminated tag");
      if (s_[at_] == '>' || s_[at_] == '/') break;
      if (element.open_end == at_) return bad(at_, "a space is missing before this attribute");
      TK_TRY(auto attribute, this->attribute());
      if (element.attributes.size() == kMaxAttributes)
        return bad(attribute.name_at, "more than 256 attributes");
      for (const auto& other : element.attributes)
        if (other.name == attribute.name)
          return bad(attribute.name_at, "attribute " + std::string(attribute.name) + " stands twice");
      element.attributes.push_back(attribute);
    }
    bool empty = s_[at_] == '/';
    if (empty && (at_ + 1 >= s_.size() || s_[at_ + 1] != '>')) return bad(at_, "a bare / in a tag");
    at_ += empty ? 2 : 1;
    if (!empty) open_.emplace_back(element.name, start);
    out_.push_back(std::move(element));
    return {};
  }

  Result<ScannedAttribute> attribute() {
    ScannedAttribute a{{}, at_, 0, 0};
    a.name = name();
    if (a.name.empty()) return bad(at_, "an attribute name is expected");
    spaces();
    if (at_ >= s_.size() || s_[at_] != '=')
      return bad(a.name_at, "attribute " + std::string(a.name) + " has no value");
    ++at_;
    spaces();
    if (at_ >= s_.size() || (s_[at_] != '"' && s_[at_] != '\''))
      return bad(at_ < s_.size() ? at_ : a.name_at, "an attribute value must stand in quotes");
    char quote = s_[at_++];
    a.value_at = at_;
    while (at_ < s_.size() && s_[at_] != quote) {
      if (s_[at_] == '<') return bad(at_, "< in an attribute value", "write &lt;");
      if (s_[at_] == '&') {
        open_.emplace_back(std::string_view{}, at_);  // references are legal here
        auto good = reference();
        open_.pop_back();
        TK_CHECK(good);
      } else {
        ++at_;
      }
    }
    if (at_ >= s_.size()) return bad(a.value_at, "unterminated attribute value");
    a.value_end = at_++;
    return a;
  }

  Result<void> closing() {
    auto start = at_;
    at_ += 2;
    auto closed = name();
    spaces();
    if (at_ >= s_.size() || s_[at_] != '>') return bad(start, "unterminated closing tag");
    ++at_;
    if (open_.empty() || open_.back().first != closed)
      return bad(start, "</" + std::string(closed) + "> closes nothing" +
                            (open_.empty() ? "" : "; <" + std::string(open_.back().first) +
                                                      "> is open"));
    open_.pop_back();
    return {};
  }

  std::string_view s_, file_;
  std::size_t at_ = 0;
  std::vector<std::pair<std::string_view, std::size_t>> open_;
  std::vector<ScannedElement> out_;
};

}  // namespace

Result<std::vector<ScannedElement>> scan(std::string_view text, std::string_view file) {
  return Scanner(text, file).run();
}

}  // namespace tk::xml::detail
