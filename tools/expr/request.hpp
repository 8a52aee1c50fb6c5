// One expression to evaluate, as a command line or a line of --jsonl says it.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/value.hpp"
#include "core/expr/program.hpp"

namespace tk::tools::expr_tool {

// The room's errors say a line and column of the expression; here they get a name for it.
Error placed(Error error);

// The bytes of a zone's file below /usr/share/zoneinfo; empty when there is none of that name.
std::string zone_file(std::string_view name);

// {"expr": text, "vars": {…}} and what typed.md says beside them: the answer's line.
std::string answer(const std::string& line, bool typed);

// Values as cel-spec's Value message has them in JSON: {"int64Value": "1"}.
Result<std::string> literal_of(const Value& typed);  // as an expression of CEL
Value typed_of(const tk::expr::Cell& cell);

}  // namespace tk::tools::expr_tool
