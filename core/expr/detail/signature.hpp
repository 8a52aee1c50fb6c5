// A function's signature, read from the text that declares it: "size(string) int", "string.size() int",
// "optional_type(T).orValue(T) T".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/expr/program.hpp"

namespace tk::expr {

struct Signature {
  std::string name;  // may be dotted: math.abs
  bool member = false;
  std::vector<Type> parameters;  // of a member the receiver is the first
  Type result;
};

// `name`: what the function is called, when the text alone does not say where a name ends (_?_:_).
Result<Signature> parse_signature(std::string_view text, std::string_view name = {});

}  // namespace tk::expr
