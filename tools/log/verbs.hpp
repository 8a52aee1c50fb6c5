#pragma once

#include "core/cli/spec.hpp"

namespace tk::tools::log {

cli::VerbSpec query_verb();
cli::VerbSpec verify_verb();

}  // namespace tk::tools::log
