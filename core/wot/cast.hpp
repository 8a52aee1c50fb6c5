// Casts: questions to a human that a run waits for. Answering only records; the run goes on when
// somebody drives it.
#pragma once

#include <string>
#include <vector>

#include "core/wot/run.hpp"

namespace tk::wot {

// The open casts of a run, or of all runs (empty).
Result<std::vector<record::Record>> open_casts(record::Store& store, const std::string& run);
std::string cast_name(const record::Record& cast);  // as the workflow names it

// CAST is the name where one is open, else an id (or its prefix). First valid answer counts.
Result<record::Record> answer(Environment& env, const std::string& run, const std::string& cast,
                              const std::string& value);
// Takes the timeout of an open cast whose deadline has passed.
Result<record::Record> expire(Environment& env, const record::Record& cast);
bool past_deadline(const record::Record& cast);

}  // namespace tk::wot
