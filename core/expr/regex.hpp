// A regular expression that runs in linear time (RE2's syntax, which CEL names).
#pragma once

#include <memory>
#include <string_view>

#include "core/base/error.hpp"

namespace tk::expr {

class Regex {
 public:
  ~Regex();
  // The message of the error is one line about the pattern.
  static Result<std::unique_ptr<Regex>> compile(std::string_view pattern);
  bool found_in(std::string_view text) const;  // anywhere; many threads at once

 private:
  Regex();
  struct Detail;
  std::unique_ptr<Detail> detail_;
};

}  // namespace tk::expr
