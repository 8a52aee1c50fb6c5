#include "core/json/fields.hpp"

#include "core/json/json.hpp"

namespace tk::json {
namespace {

tl::unexpected<Error> bad(const std::string& why) { return fail(Code::json_syntax, why); }

}  // namespace

void Fields::blanks() {
  while (!left_.empty() && (left_[0] == ' ' || left_[0] == '\t' || left_[0] == '\r' || left_[0] == '\n'))
    left_.remove_prefix(1);
}

// A string at the front. Where nothing is escaped it is looked at in place.
Result<std::string_view> Fields::string(std::string& unescaped) {
  std::size_t at = 1;
  bool plain = true;
  for (; at < left_.size() && left_[at] != '"'; ++at) {
    auto c = static_cast<unsigned char>(left_[at]);
    if (c < 0x20) return bad("a control character in a string");
    if (c >= 0x80) plain = false;
    if (c == '\\') plain = false, ++at;
  }
  if (at >= left_.size()) return bad("a string without an end");
  auto raw = left_.substr(0, at + 1);
  left_.remove_prefix(at + 1);
  if (plain) return raw.substr(1, raw.size() - 2);
  TK_TRY(auto value, parse(raw));  // escapes and UTF-8 are that one's business
  unescaped = value.text();
  return std::string_view(unescaped);
}

Result<std::string_view> Fields::value() {
  auto begin = left_;
  std::size_t depth = 0, at = 0;
  bool quoted = false;
  for (; at < left_.size(); ++at) {
    char c = left_[at];
    if (quoted) {
      if (c == '\\') ++at;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > 64) return bad("more than 64 levels");
    } else if (c == '}' || c == ']') {
      if (depth == 0) break;
      --depth;
    } else if (c == ',' && depth == 0) {
      break;
    }
  }
  if (quoted || depth || at > left_.size()) return bad("a value without an end");
  auto out = begin.substr(0, at);
  left_.remove_prefix(at);
  while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.remove_suffix(1);
  if (out.empty()) return bad("a member without a value");
  return out;
}

Result<bool> Fields::next() {
  blanks();
  if (!begun_) {
    if (left_.empty() || left_[0] != '{') return bad("not a JSON object");
    left_.remove_prefix(1);
    blanks();
    begun_ = true;
    if (!left_.empty() && left_[0] == '}') left_.remove_prefix(1), raw_ = "}";
    if (raw_ == "}") return blanks(), left_.empty() ? Result<bool>(false) : bad("more than one object on a line");
  } else if (!left_.empty() && left_[0] == '}') {
    left_.remove_prefix(1);
    blanks();
    if (!left_.empty()) return bad("more than one object on a line");
    return false;
  } else if (!left_.empty() && left_[0] == ',') {
    left_.remove_prefix(1);
    blanks();
  } else {
    return bad("an object without an end");
  }
  if (left_.empty() || left_[0] != '"') return bad("a member needs a name in quotes");
  TK_TRY(name_, string(name_text_));
  blanks();
  if (left_.empty() || left_[0] != ':') return bad("a member needs a value");
  left_.remove_prefix(1);
  blanks();
  TK_TRY(raw_, value());
  return true;
}

Result<std::string_view> Fields::text() {
  if (raw_.size() < 2 || raw_.front() != '"') return bad("`" + std::string(name_) + "` must be a text");
  auto kept = left_;
  left_ = raw_;
  auto out = string(value_text_);
  bool whole = left_.empty();
  left_ = kept;
  if (out && !whole) return bad("more than a text");
  return out;
}

}  // namespace tk::json
