// The verbs that read or change what git has: another executable carries them out,
// libexec/tk/vault-change, so that who only runs something with a secret does not wait for git's
// library.
#pragma once

#include "core/cli/spec.hpp"

namespace tk::tools::vault_tool {

Result<Exit> run_init(const cli::Args& args);
Result<Exit> run_set(const cli::Args& args);
Result<Exit> run_rotate(const cli::Args& args);
Result<Exit> run_recipients(const cli::Args& args);
Result<Exit> run_audit(const cli::Args& args);
Result<Exit> run_sign(const cli::Args& args);
Result<Exit> run_merge(const cli::Args& args);

}  // namespace tk::tools::vault_tool
