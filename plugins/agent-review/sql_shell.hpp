// SQL that a shell script hands to a database client, or keeps in a variable.
//
// Contract: part is a shell token stream that the flow has learnt.

#pragma once

#include "sql_builds.hpp"

#include <string_view>
#include <unordered_set>

namespace tk::review {

// The build that begins with the string at `i`, when a value makes it dangerous SQL; else its
// inflows are empty. `next` becomes the index behind the word the string belongs to.
// What a script says about its databases: functions that run a client, files that are fed to one.
class ShellDatabases {
public:
    explicit ShellDatabases(const TokenStream& part);
    bool knows(std::string_view word) const { return words_.contains(word); }

private:
    std::unordered_set<std::string_view> words_;
};

Build read_shell_build(const TokenStream& part, const ValueFlow& flow,
                       const ShellDatabases& databases, std::uint32_t i, std::uint32_t& next);

}  // namespace tk::review
