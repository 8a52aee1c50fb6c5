// One command in two executables: the first, which links little, becomes the other one where that
// is needed.
#pragma once

#include <string>

#include "core/base/error.hpp"

namespace tk::tools {

// Carries on as libexec/tk/PROGRAM, with the words that this one was called with. Comes back only
// with an error.
Result<void> become(const std::string& program);

}  // namespace tk::tools
