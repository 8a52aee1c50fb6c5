// JSON text to Value and back. Untrusted bytes: UTF-8 only, at most 64 levels, no duplicate member.
// Integers become int64 (uint64 above), other numbers double. canonical() is RFC 8785: members
// sorted by UTF-16 code units, shortest numbers; an integer beyond 2^53 is written as a string.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/value.hpp"

namespace tk::json {

// `name` stands in the error's position; usually the file.
Result<Value> parse(std::string_view text, std::string_view name = {});
std::string canonical(const Value& value);
std::string pretty(const Value& value);   // two spaces a level, members in order; ends without \n
std::string compact(const Value& value);  // one line; parse() gives back an equal value
// Canonical text of one map member after the other, without building a Value: quoting only.
std::string quote(std::string_view text);

// Checks a value against a JSON Schema (draft 7) document; the error names the first misfit.
Result<void> check_schema(std::string_view schema_text, std::string_view schema_name,
                          const Value& value);

}  // namespace tk::json
