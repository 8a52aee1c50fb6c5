// Every ref of a repository with all that it reaches, as a git bundle (gitformat-bundle, version 2): `git clone FILE`
// takes it too. Written by one thread in one order, so the same repository gives the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/git/repository.hpp"

namespace tk::git {

// Refs of remotes are somebody else's and stay out.
Result<std::string> write_bundle(const Repository& repository);

// A new repository in `folder` with everything of the bundle, `head` (refs/heads/…) checked out. Bytes that are no
// bundle, or lack something that they refer to, are `broken`.
Result<Repository> read_bundle(std::string_view bytes, const std::string& folder, const std::string& head, Code broken);

}  // namespace tk::git
