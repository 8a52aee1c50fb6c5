// SQL that a shell script hands to a database client, or keeps in a variable.
//
// Contract: part is a shell token stream that the flow has learnt.

#pragma once

#include "sql_builds.hpp"

namespace tk::review {

// The build that begins with the string at `i`, when a value makes it dangerous SQL; else its
// inflows are empty. `next` becomes the index behind the word the string belongs to.
Build read_shell_build(const TokenStream& part, const ValueFlow& flow, std::uint32_t i,
                       std::uint32_t& next);

}  // namespace tk::review
