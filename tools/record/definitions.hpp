// The definition that a word of the command line means.
#pragma once

#include "core/record/definition.hpp"
#include "tools/session/session.hpp"

namespace tk::tools::record_tool {

using Shared = std::shared_ptr<const record::Definition>;

// A file (it ends in .toml), a type, or a record's id or a prefix of it: then the one that it is pinned to.
Result<Shared> definition_of(Session& s, const std::string& word);
// The types that records/*.toml of the workspace declare, sorted.
std::vector<std::string> own_types(const Session& s);

}  // namespace tk::tools::record_tool
