// A journal row as JSON, as `tk log --json` prints it.
#pragma once

#include "core/base/value.hpp"
#include "core/journal/journal.hpp"

namespace tk::tools::log_tool {

Value row_json(const journal::Stored& stored);
// Only what the row's hash and leaf are made of: the digests of payload and changes in hex in place of them.
Value hashed_json(const journal::Row& row);

}  // namespace tk::tools::log_tool
