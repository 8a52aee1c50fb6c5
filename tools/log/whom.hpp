// Words of the command line that name a moment or somebody.
#pragma once

#include <cstdint>
#include <string>

#include "tools/session/session.hpp"

namespace tk::tools::log_tool {

// "2h" ago, or an RFC 3339 time; 0 for nothing.
Result<std::int64_t> read_time(const std::string& word);
// An entity by reference or id; records by their id. What fits nothing stays as it is.
std::string id_of(Session& session, const std::string& word);
// The id of somebody whose data there may be: an entity, a record, or whoever had a key once; else an error.
Result<std::string> subject_named(Session& session, const std::string& word);

}  // namespace tk::tools::log_tool
