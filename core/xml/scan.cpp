#include <algorithm>
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

// The first of U+FFFE and U+FFFF, which XML cannot hold although UTF-8 can.
std::size_t noncharacter(std::string_view s) {
  for (auto at = s.find("\xEF\xBF"); at != s.npos; at = s.find("\xEF\xBF", at + 1))
    if (at + 2 < s.size() && (s[at + 2] == '\xBE' || s[at + 2] == '\xBF')) return at;
  return s.npos;
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

  Result<Scanned> run() {
    if (s_.size() > kMaxBytes) return bad(0, "larger than 1 MiB", "put its entities into several files");
    if (auto at = text::invalid_utf8(s_); at != s_.npos) return bad(at, "not UTF-8", "save the file as UTF-8");
    for (std::size_t i = 0; i < s_.size(); ++i)
      if (auto c = static_cast<unsigned char>(s_[i]); c < 0x20 && !space(s_[i]))
        return bad(i, "a control character", "take it out");
    if (auto at = noncharacter(s_); at != s_.npos) return bad(at, "U+FFFE and U+FFFF are no characters of XML", "take it out");
    if (s_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    begin_ = at_;
    while (at_ < s_.size()) {
      if (s_[at_] == '<') {
        TK_CHECK(markup());
      } else {
        TK_CHECK(characters());
      }
    }
    if (!open_.empty())
      return bad(open_.back().second, "<" + std::string(open_.back().first) + "> is never closed",
                 "add </" + std::string(open_.back().first) + ">");
    if (out_.empty()) return bad(0, "no element", "an entity is one element, like <user name=\"alice\"/>");
    return Scanned{std::move(out_), std::move(tokens_)};
  }

 private:
  tl::unexpected<Error> bad(std::size_t at, std::string why, std::string hint = {}) {
    auto p = text::position(s_, at);
    return fail_at(Code::xml_syntax, {std::string(file_), p.line, p.column}, std::move(why), std::move(hint));
  }

  Result<void> markup() {
    auto rest = s_.substr(at_);
    if (rest.starts_with("<!--")) return comment();
    if (rest.starts_with("<![CDATA[")) return bad(at_, "CDATA sections are refused", "what an element says stands in attributes");
    if (rest.starts_with("<!")) return bad(at_, "DOCTYPE and declarations are refused", "take it out");
    if (rest.starts_with("<?")) return declaration();
    if (rest.starts_with("</")) return closing();
    return opening();
  }

  Result<void> comment() {
    auto start = at_;
    auto end = s_.find("--", at_ + 4);  // "<!-->" opens a comment and does not close it
    if (end == s_.npos) return bad(start, "a comment is never closed", "add -->");
    if (end + 2 >= s_.size() || s_[end + 2] != '>') return bad(end, "-- inside of a comment", "write one dash");
    at_ = end + 3;
    tokens_.push_back({Token::Kind::comment, start, at_, 0});
    return {};
  }

  // <?xml version="1.0" encoding="UTF-8"?> as the very first; no other processing instruction.
  Result<void> declaration() {
    auto start = at_;
    if (at_ != begin_ || !s_.substr(at_).starts_with("<?xml") || at_ + 5 >= s_.size() || !space(s_[at_ + 5]))
      return bad(start, "processing instructions are refused", "take it out");
    at_ += 5;
    std::vector<std::pair<std::string_view, std::string_view>> said;
    for (;;) {
      auto before = at_;
      spaces();
      if (s_.substr(at_).starts_with("?>")) break;
      if (before == at_) return bad(start, "the XML declaration is not closed", kDeclaration);
      TK_TRY(auto a, attribute());
      said.emplace_back(a.name, s_.substr(a.value_at, a.value_end - a.value_at));
    }
    at_ += 2;
    tokens_.push_back({Token::Kind::declaration, start, at_, 0});
    std::size_t next = 0;
    auto take = [&](std::string_view name) {
      return next < said.size() && said[next].first == name ? said[next++].second : std::string_view();
    };
    if (take("version") != "1.0") return bad(start, "the XML declaration must say version 1.0", kDeclaration);
    auto encoding = take("encoding");
    bool utf8 = encoding.size() == 5 && std::equal(encoding.begin(), encoding.end(), "utf-8", [](char x, char y) { return (x | 0x20) == (y | 0x20); });
    if (!encoding.empty() && !utf8) return bad(start, "the encoding must be UTF-8", "save the file as UTF-8 and say so");
    auto standalone = take("standalone");
    if (next != said.size() || !(standalone.empty() || standalone == "yes" || standalone == "no"))
      return bad(start, "this is no XML declaration", kDeclaration);
    return {};
  }

  Result<void> characters() {
    if (s_[at_] == '&') return reference();
    if (open_.empty() && !space(s_[at_])) return bad(at_, "text outside of the root element", "take it out");
    if (s_.substr(at_).starts_with("]]>")) return bad(at_, "]]> in text", "write ]]&gt;");
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

  // A name with a colon would be one of a namespace, of which there are none here: no prefix is bound.
  Result<std::string_view> plain_name(std::size_t start) {
    auto out = name();
    if (auto colon = out.find(':'); colon != out.npos)
      return bad(start, "\"" + std::string(text::shorten(out, 80)) + "\" has a colon: entities have no namespaces", "take the prefix away");
    return out;
  }

  void spaces() {
    while (at_ < s_.size() && space(s_[at_])) ++at_;
  }

  Result<void> opening() {
    auto start = at_++;
    if (at_ >= s_.size() || !name_start(s_[at_])) return bad(start, "a bare <", "write &lt;");
    TK_TRY(auto named, plain_name(start));
    ScannedElement element{named, start, 0, {}};
    if (open_.empty() && !out_.empty()) return bad(start, "a second root element", "put it into a file of its own");
    if (open_.size() >= kMaxDepth) return bad(start, "nested deeper than 32 levels", "entities are flat: see tk repo types");
    for (;;) {
      element.open_end = at_;
      spaces();
      if (at_ >= s_.size()) return bad(start, "unterminated tag", "close it with >");
      if (s_[at_] == '>' || s_[at_] == '/') break;
      if (element.open_end == at_) return bad(at_, "a space is missing before this attribute", "put one there");
      TK_TRY(auto attribute, this->attribute());
      if (element.attributes.size() == kMaxAttributes)
        return bad(attribute.name_at, "more than 256 attributes", "see tk repo types for those there are");
      for (const auto& other : element.attributes)
        if (other.name == attribute.name)
          return bad(attribute.name_at, "attribute " + std::string(attribute.name) + " stands twice", "take one of them away");
      element.attributes.push_back(attribute);
    }
    bool empty = s_[at_] == '/';
    if (empty && (at_ + 1 >= s_.size() || s_[at_ + 1] != '>')) return bad(at_, "a bare / in a tag", "end the tag with > or />");
    at_ += empty ? 2 : 1;
    if (!empty) open_.emplace_back(element.name, start);
    tokens_.push_back({empty ? Token::Kind::empty : Token::Kind::open, start, at_, out_.size()});
    out_.push_back(std::move(element));
    return {};
  }

  Result<ScannedAttribute> attribute() {
    ScannedAttribute a{{}, at_, 0, 0};
    if (at_ >= s_.size() || !name_start(s_[at_])) return bad(at_, "an attribute name is expected", "write name=\"value\"");
    TK_TRY(a.name, plain_name(at_));
    spaces();
    if (at_ >= s_.size() || s_[at_] != '=')
      return bad(a.name_at, "attribute " + std::string(a.name) + " has no value", "write " + std::string(a.name) + "=\"value\"");
    ++at_;
    spaces();
    if (at_ >= s_.size() || (s_[at_] != '"' && s_[at_] != '\''))
      return bad(at_ < s_.size() ? at_ : a.name_at, "an attribute value must stand in quotes", "write " + std::string(a.name) + "=\"value\"");
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
    if (at_ >= s_.size()) return bad(a.value_at, "unterminated attribute value", "close it with a quote");
    a.value_end = at_++;
    return a;
  }

  Result<void> closing() {
    auto start = at_;
    at_ += 2;
    auto closed = name();
    spaces();
    if (at_ >= s_.size() || s_[at_] != '>') return bad(start, "unterminated closing tag", "close it with >");
    ++at_;
    if (open_.empty()) return bad(start, "</" + std::string(closed) + "> closes nothing", "take it out");
    if (auto open = std::string(open_.back().first); open != closed)
      return bad(start, "</" + std::string(closed) + "> closes nothing; <" + open + "> is open", "close <" + open + "> first");
    open_.pop_back();
    tokens_.push_back({Token::Kind::close, start, at_, 0});
    return {};
  }

  static constexpr const char* kDeclaration = "write <?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  std::string_view s_, file_;
  std::size_t at_ = 0, begin_ = 0;
  std::vector<std::pair<std::string_view, std::size_t>> open_;
  std::vector<ScannedElement> out_;
  std::vector<Token> tokens_;
};

}  // namespace

Result<Scanned> scan(std::string_view text, std::string_view file) {
  return Scanner(text, file).run();
}

}  // namespace tk::xml::detail
