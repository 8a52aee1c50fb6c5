// The members of one JSON object without building a Value: for the hot path, where most of a line is looked at
// once. The values stay as they are written; parse() makes a Value of one. The whole line is checked for its
// shape (brackets, quotes, separators); numbers and words are checked by whoever parses them.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::json {

class Fields {
 public:
  explicit Fields(std::string_view object) : left_(object) {}
  // The next member, or false at the end of the object. An error when this is no object.
  Result<bool> next();
  std::string_view name() const { return name_; }
  std::string_view raw() const { return raw_; }      // as it is written
  // The text of a string value; nothing when it is no string. Valid until the next call.
  Result<std::string_view> text();

 private:
  Result<std::string_view> string(std::string& unescaped);
  Result<std::string_view> value();
  void blanks();
  std::string_view left_, name_, raw_;
  std::string name_text_, value_text_;
  bool begun_ = false;
};

}  // namespace tk::json
