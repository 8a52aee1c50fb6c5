#pragma once

#include "core/wot/cast.hpp"
#include "core/wot/run.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::wot {

cli::VerbSpec check();
cli::VerbSpec run();
cli::VerbSpec resume();
cli::VerbSpec show();
cli::VerbSpec list();
cli::VerbSpec inbox();
cli::VerbSpec answer();
cli::VerbSpec graph();

tk::wot::Environment environment(Session& session);
Result<record::Record> find_run(Session& session, const std::string& word);

}  // namespace tk::tools::wot
