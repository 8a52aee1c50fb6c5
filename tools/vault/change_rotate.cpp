#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {

Result<Exit> run_rotate(const cli::Args& args) {
  TK_TRY(auto desk, Desk::open(args.get("as")));
  auto& s = *desk->session;
  TK_TRY(auto manifest, trusted_manifest(s));
  TK_CHECK(check_recipients(*desk, manifest));
  TK_TRY(auto broker, start_broker(s));
  TK_TRY(auto member, broker.keys(key_path(s)));
  std::vector<Secret> secrets;
  for (const auto& name : args.all("NAME")) {
    TK_TRY(auto one, find_secret(s, name));
    secrets.push_back(std::move(one));
  }
  if (args.all("NAME").empty()) secrets = secrets_of(s.law.index());
  if (secrets.empty()) {
    cli::note("there are no secrets");
    if (args.json()) cli::print(json::pretty(Value::Map{{"sealed", 0}, {"seq", Value()}}) + "\n");
    return Exit::ok;
  }
  TK_TRY(auto record, vault_record(s));
  TK_TRY(auto edits, seal_anew(*desk, broker, manifest, secrets));
  auto count = static_cast<std::int64_t>(edits.size());
  edits.insert(edits.begin(), {{}, vault_change(s, record, manifest, {}, {}, count)});
  TK_TRY(auto seq, commit(*desk, broker, manifest, std::move(edits),
                          "vault: " + text::count(secrets.size(), "secret") + " sealed anew"));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"sealed", count}, {"seq", seq}}) + "\n");
  else
    cli::print(text::count(secrets.size(), "secret") + " sealed anew for " +
               text::count(manifest.recipients.size(), "recipient") + "\n");
  return Exit::ok;
}

}  // namespace tk::tools::vault_tool
