// How proofs are written: hashes in base64, sizes as numbers of rows.
#pragma once

#include <string>

#include "core/base/value.hpp"
#include "core/journal/merkle.hpp"

namespace tk::tools::log_tool {

std::string base64_of(const crypto::Digest& hash);
Value path_json(const journal::merkle::Path& path);
Result<std::int64_t> read_size(const std::string& word, const char* what);

}  // namespace tk::tools::log_tool
