// A definition as one TypeScript file: a type for each state, the events, can(), a pure reducer and validators,
// with no import. What it computes equals what tk computes, byte for byte in JSON; what has no translation is an
// error at its place. Also as a JSON Schema. The same definition gives the same bytes.
#pragma once

#include <string>

#include "core/record/definition.hpp"

namespace tk::record {

Result<std::string> typescript(const Definition& definition);
Result<std::string> json_schema(const Definition& definition);

}  // namespace tk::record
