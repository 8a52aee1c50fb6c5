#pragma once

#include "core/wot/cast.hpp"
#include "core/wot/run.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::wot_tool {

tk::wot::Environment environment(Session& session);
Result<record::Record> find_run(Session& session, const std::string& word);

}  // namespace tk::tools::wot_tool
