#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/json/json.hpp"

namespace tk::json {
namespace {

using nlohmann::json;
constexpr std::size_t kMaxDepth = 64;

// Builds the Value as the tokens come: the depth and the duplicates are seen before memory is spent.
class Builder : public nlohmann::json_sax<json> {
 public:
  bool null() override { return add(Value()); }
  bool boolean(bool v) override { return add(Value(v)); }
  bool number_integer(std::int64_t v) override { return add(Value(v)); }
  bool number_unsigned(std::uint64_t v) override {
    if (v <= static_cast<std::uint64_t>(INT64_MAX)) return add(Value(static_cast<std::int64_t>(v)));
    return add(Value(v));
  }
  bool number_float(double v, const std::string&) override { return add(Value(v)); }
  bool string(std::string& v) override { return add(Value(std::move(v))); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value(Value::Map{})); }
  bool start_array(std::size_t) override { return open(Value(Value::List{})); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (stack_.back().value.as_map()->contains(name))
      return refuse("member \"" + text::printable(name) + "\" stands twice");
    stack_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception& e) override {
    std::string_view what = e.what();
    if (auto colon = what.find("; "); colon != what.npos) what = what.substr(0, colon);
    if (auto colon = what.rfind(": "); colon != what.npos) what = what.substr(colon + 2);
    offset_ = at > 0 ? at - 1 : 0;
    message_ = "malformed JSON: " + text::printable(what);
    return false;
  }

  bool refuse(std::string why) {
    message_ = std::move(why);
    return false;
  }
  Value take() { return std::move(result_); }
  const std::string& message() const { return message_; }
  std::size_t offset() const { return offset_; }

 private:
  struct Frame {
    Value value;
    std::string key;
  };

  bool open(Value container) {
    if (stack_.size() >= kMaxDepth) return refuse("nested deeper than 64 levels");
    stack_.push_back({std::move(container), {}});
    return true;
  }
  bool close() {
    Value done = std::move(stack_.back().value);
    stack_.pop_back();
    return add(std::move(done));
  }
  bool add(Value v) {
    if (stack_.empty()) {
      result_ = std::move(v);
    } else if (auto* list = stack_.back().value.as_list()) {
      list->push_back(std::move(v));
    } else {
      stack_.back().value.as_map()->insert_or_assign(std::move(stack_.back().key), std::move(v));
    }
    return true;
  }

  std::vector<Frame> stack_;
  Value result_;
  std::string message_;
  std::size_t offset_ = 0;
};

}  // namespace

Result<Value> parse(std::string_view text, std::string_view name) {
  auto where = [&](std::size_t offset) {
    auto p = text::position(text, offset);
    return Where{std::string(name), p.line, p.column};
  };
  if (auto bad = text::invalid_utf8(text); bad != text.npos)
    return fail_at(Code::json_syntax, where(bad), "not UTF-8");
  // nlohmann takes a NUL for the end: what stands behind it would never be looked at.
  if (auto nul = text.find('\0'); nul != text.npos)
    return fail_at(Code::json_syntax, where(nul), "a NUL byte");
  Builder builder;
  bool good = false;
  try {
    good = json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const std::exception& e) {  // numbers out of range and the like
    builder.refuse(e.what());
  }
  if (!good)
    return fail_at(Code::json_syntax, where(builder.offset()),
                   builder.message().empty() ? "malformed JSON" : builder.message());
  return builder.take();
}

}  // namespace tk::json
