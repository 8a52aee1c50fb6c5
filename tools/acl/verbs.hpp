#pragma once

#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "help/acl.hpp"
#include "tools/session/session.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::acl_tool {

// A secret is typed nowhere where others see it: from the environment, else one line of standard input. A word
// given for it on the command line is taken too, for tests; "-" says standard input.
Result<std::string> read_secret(const cli::Args& args, const std::string& positional, const char* variable,
                                const std::string& what);

std::string time_of(std::int64_t ms);

}  // namespace tk::tools::acl_tool
