#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/shared.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

constexpr const char* kAttributes =
    "vault.manifest merge=tk-vault\n**/secrets/*.xml merge=tk-vault\n";

Result<vault::Member> own_key(const Session& s, vault::Broker& broker, bool& made) {
  auto path = key_path(s);
  if (os::exists(path)) return broker.keys(path);
  made = true;
  TK_CHECK(os::make_directories(s.workspace.state("keys"), 0700));
  TK_TRY(auto out, broker.generate(path));
  TK_CHECK(os::give_to_owner_of(s.workspace.state(""), path));
  return out;
}

Result<void> make(Desk& desk, vault::Broker& broker, const vault::Member& member) {
  auto& s = *desk.session;
  vault::Manifest manifest;
  manifest.recipients.emplace(member.recipient, member.signer);
  // Where there was one before: the history knows it.
  TK_TRY(auto known, vault_record(s).transform(signers_here));
  known.push_back(member.signer);
  TK_TRY(auto before, newest_trusted(desk, known, desk.head));
  if (!before.empty()) manifest.generation = before.front().generation;
  std::vector<git::Change> files;
  TK_TRY(auto declares, desk.repository.read(desk.head, "MANIFEST.xml"));
  TK_TRY(auto declared,
         with_recipients(declares.value_or("<manifest version=\"1\">\n</manifest>\n"),
                         {member.recipient}));
  files.push_back({"MANIFEST.xml", std::move(declared)});
  TK_TRY(auto attributes, desk.repository.read(desk.head, ".gitattributes"));
  files.push_back({".gitattributes", attributes.value_or("") + kAttributes});
  TK_TRY(auto record, vault_record(s));
  std::vector<Edit> edits;
  edits.push_back({{}, vault_change(s, record, manifest, {member.recipient}, {}, 0)});
  return commit(desk, broker, manifest, std::move(edits), "vault: made", std::move(files))
      .transform([](auto) {});
}

// Of a vault that others made: who signs for it now may do so here from now on.
Result<void> take_on(Desk& desk, const std::string& text, const std::string& trust) {
  auto& s = *desk.session;
  TK_TRY(auto manifest, read_manifest(text));
  auto may = vault::signers_of(manifest);
  if (std::find(may.begin(), may.end(), manifest.signer) == may.end())
    return fail(Code::vault_integrity,
                "vault.manifest is signed by " + manifest.signer +
                    ", which it does not name among its own recipients",
                "git log -p -- vault.manifest");
  TK_TRY(auto record, vault_record(s));
  if (record && trust.empty()) return {};
  if (!trust.empty() && trust != manifest.signer)
    return fail(Code::vault_integrity,
                "vault.manifest is signed by " + manifest.signer + ", not by " + trust,
                "ask those who use the vault which of the two is theirs");
  TK_TRY(auto done, s.store.apply(vault_change(s, record, manifest, {}, {}, 0)));
  return {};
}

}  // namespace

Result<Exit> run_init(const cli::Args& args) {
  TK_TRY(auto desk, Desk::open(args.get("as")));
  auto& s = *desk->session;
  if (s.actor.kind != "user" || s.actor.on_behalf_of_ref.starts_with("agent:"))
    return fail(Code::vault_mode, "agents keep no key of the vault");
  TK_CHECK(s.store.ask(s.actor, "vault.manage", {"vault", s.workspace.default_context(), "vault"}));
  TK_TRY(auto broker, start_broker(s));
  bool made = false;
  TK_TRY(auto member, own_key(s, broker, made));
  TK_TRY(auto lies, laid(s));
  const auto& text = lies.manifest;
  if (text)
    TK_CHECK(take_on(*desk, *text, args.get("trust")));
  else
    TK_CHECK(make(*desk, broker, member));
  TK_CHECK(desk->repository.configure("merge.tk-vault.name", "secrets of tk"));
  TK_CHECK(desk->repository.configure("merge.tk-vault.driver",
                                      "'" + os::self_path() + "' merge %O %A %B %P"));
  bool opens = !text;
  if (text) {
    TK_TRY(auto manifest, read_manifest(*text));
    opens = manifest.recipients.contains(member.recipient);
  }
  if (args.json()) {
    cli::print(json::pretty(Value::Map{{"recipient", member.recipient},
                                       {"signer", member.signer},
                                       {"key", key_path(s)},
                                       {"made", made},
                                       {"opens", opens}}) +
               "\n");
    return Exit::ok;
  }
  cli::print("recipient  " + member.recipient + "\nsigner     " + member.signer + "\nkey        " +
             key_path(s) + (made ? "  (new: keep a copy where it is safe)" : "") + "\n");
  if (!opens)
    cli::note("this key opens nothing yet. Who has one of the vault's: tk vault recipients add " +
              member.recipient + " --signer " + member.signer);
  return Exit::ok;
}

}  // namespace tk::tools::vault_tool
