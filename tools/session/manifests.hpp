// What the history of a commit says of the vault, which its last commit alone cannot: whether its manifest is the newest.
#pragma once

#include <map>
#include <string>

#include "core/git/repository.hpp"
#include "core/vault/manifest.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::tools {

using NewestManifests = std::map<std::string, vault::Laid::Newest>;  // by signer

// Of each who signed one and is named in it as who may, the newest manifest in the history of a commit. It goes on from
// what was laid (.tk/run/vault.idx) for an ancestor; else each manifest that there ever was is looked at once. git's error
// where a part of the history is not here.
Result<NewestManifests> newest_manifests(const workspace::Workspace& workspace, const git::Repository& repository, const std::string& commit);

// What is laid for a commit; of a shallow clone's history it says what there is.
Result<vault::Laid> lay_vault(const workspace::Workspace& workspace, const git::Repository& repository, const std::string& commit);

}  // namespace tk::tools
