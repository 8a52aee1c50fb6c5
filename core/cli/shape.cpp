#include "core/cli/shape.hpp"

#include <cctype>

namespace tk::cli {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Value> all() {
    TK_TRY(auto type, either());
    if (!peek(0)) return wrong("the end");
    return type;
  }

 private:
  tl::unexpected<Error> wrong(const std::string& wanted) const {
    return fail(Code::bug, "shape, column " + std::to_string(at_ + 1) + ": " + wanted + " expected in: " +
                               std::string(text_));
  }
  bool peek(char c) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return (at_ < text_.size() ? text_[at_] : 0) == c;
  }
  bool take(char c) {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  std::string word() {
    peek(0);
    auto begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Value> either() {
    TK_TRY(auto first, one());
    if (!peek('|')) return first;
    Value::List all{std::move(first)};
    while (take('|')) {
      TK_TRY(auto next, one());
      all.push_back(std::move(next));
    }
    return Value(Value::Map{{"anyOf", std::move(all)}});
  }

  Result<Value> one() {
    if (take('[')) {
      TK_TRY(auto item, either());
      if (!take(']')) return wrong("]");
      return Value(Value::Map{{"type", "array"}, {"items", std::move(item)}});
    }
    if (take('{')) return object();
    if (take('\'')) {
      auto end = text_.find('\'', at_);
      if (end == text_.npos) return wrong("'");
      Value fixed(text_.substr(at_, end - at_));
      at_ = end + 1;
      return Value(Value::Map{{"const", std::move(fixed)}});
    }
    auto name = word();
    for (auto [ours, theirs] : {std::pair{"text", "string"}, {"int", "integer"}, {"number", "number"},
                                {"bool", "boolean"}, {"null", "null"}})
      if (name == ours) return Value(Value::Map{{"type", theirs}});
    if (name == "json") return Value(Value::Map{});
    return wrong("a type");
  }

  Result<Value> object() {
    if (take('*')) {
      if (!take(':')) return wrong(":");
      TK_TRY(auto member, either());
      if (!take('}')) return wrong("}");
      return Value(Value::Map{{"type", "object"}, {"additionalProperties", std::move(member)}});
    }
    Value::Map members;
    Value::List required;
    while (!peek('}')) {
      auto name = word();
      if (name.empty()) return wrong("a member");
      if (!take('?')) required.emplace_back(name);
      if (!take(':')) return wrong(":");
      TK_TRY(auto member, either());
      members.emplace(std::move(name), std::move(member));
      if (!take(',')) break;
    }
    if (!take('}')) return wrong("}");
    return Value(Value::Map{{"type", "object"}, {"properties", std::move(members)},
                            {"required", std::move(required)}, {"additionalProperties", false}});
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Value> schema_of(std::string_view shape) { return Parser(shape).all(); }

}  // namespace tk::cli
