// The shape of a JSON output, said in one line, and the JSON Schema (draft 7) that it stands for:
//   text int number bool json null   'word'   [T]   {name: T, name?: T}   {*: T}   T|T
// An object has the members that are named and no others; `?` marks one that may be missing.
#pragma once

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::cli {

Result<Value> schema_of(std::string_view shape);

}  // namespace tk::cli
