// tk-vault's side of change_verbs.hpp: it becomes vault-change.
#include "core/workspace/compiled_law.hpp"
#include "tools/session/become.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

Result<Exit> become_other() {
  TK_CHECK(become("vault-change"));
  return Exit::bug;
}

}  // namespace

Result<Exit> run_init(const cli::Args&) {
  return become_other();
}
Result<Exit> run_set(const cli::Args&) {
  return become_other();
}
Result<Exit> run_rotate(const cli::Args&) {
  return become_other();
}
Result<Exit> run_recipients(const cli::Args&) {
  return become_other();
}
Result<Exit> run_audit(const cli::Args&) {
  return become_other();
}
Result<Exit> run_sign(const cli::Args&) {
  return become_other();
}
Result<Exit> run_merge(const cli::Args&) {
  return become_other();
}

}  // namespace tk::tools::vault_tool
