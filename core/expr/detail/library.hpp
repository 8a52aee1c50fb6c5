// Which functions and operators CEL has: the checker reads their signatures, the compiler their C++ functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/expr/detail/bytecode.hpp"
#include "core/expr/detail/signature.hpp"

namespace tk::expr {

struct Function {
  std::vector<Signature> overloads;
  Native native = nullptr;  // null of what the machine has an instruction for: operators, and `op`
  Op op = Op::call;
  bool variadic = false;    // math.greatest and math.least: any number of numbers, or one list
};

// By name: size, math.abs, _+_; null when there is none. Signatures are read when they are first asked for: reading
// all of them would be most of what a short program does.
const Function* find_function(std::string_view name);
std::vector<std::string_view> function_names();  // without operators

}  // namespace tk::expr
