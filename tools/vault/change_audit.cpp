#include <algorithm>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/git/repository.hpp"
#include "core/json/json.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

struct Finding {
  std::string kind, ref, why, mend;
};

// The names of those who know a value and are no recipients any more.
std::vector<std::string> know_it_still(const vault::Manifest& manifest,
                                       const vault::Manifest::Entry& entry) {
  std::set<std::string> now;
  for (const auto& [recipient, signs] : manifest.recipients)
    now.insert(vault::short_name(recipient));
  std::vector<std::string> out;
  for (const auto& reader : entry.readers)
    if (!now.contains(reader)) out.push_back("age1" + reader + "…");
  return out;
}

void look_at(const vault::Manifest& manifest, const Secret& secret, std::vector<Finding>& out) {
  auto ref = secret.ref.str();
  auto it = manifest.secrets.find(ref);
  if (it == manifest.secrets.end()) return;
  if (auto who = know_it_still(manifest, it->second); !who.empty())
    out.push_back({"must-rotate", ref,
                   text::join(who, ", ") + " could read this value and is no recipient any more",
                   "tk vault set " + ref.substr(7)});
  for (const auto& [recipient, signs] : manifest.recipients)
    if (!it->second.readers.contains(vault::short_name(recipient)))
      out.push_back({"not-sealed", ref, recipient + " is a recipient and cannot open it",
                     "tk vault rotate " + ref.substr(7)});
  auto after = secret.get("rotate-after"), set = secret.get("set-at");
  auto life = clock::parse_duration(after.empty() ? "0s" : after);
  auto when = clock::parse_rfc3339(set);
  if (!after.empty() && life && when && *when + *life < clock::now_ns())
    out.push_back({"overdue", ref, "its value is of " + set + ", and lives " + after,
                   "tk vault set " + ref.substr(7)});
}

}  // namespace

Result<Exit> run_audit(const cli::Args& args) {
  TK_TRY(auto s, Session::open());
  TK_TRY(auto repository, git::Repository::open(s->workspace.root()));
  TK_TRY(auto manifest, trusted_manifest(*s));
  std::vector<Finding> findings;
  auto secrets = secrets_of(s->law.index());
  std::vector<vault::Declared> declared;
  for (const auto& secret : secrets) declared.push_back(secret.declared);
  TK_TRY(auto declares, repository.read(std::string(s->law.index().commit()), "MANIFEST.xml"));
  TK_TRY(auto recipients, declared_recipients(declares.value_or("<manifest/>")));
  for (const auto& why : vault::differences(manifest, declared, recipients))
    findings.push_back({"integrity", why.substr(0, why.find(' ')), why, "git log -p"});
  if (auto members = check_members(*s, manifest); !members)
    findings.push_back(
        {"integrity", "vault.manifest", members.error().message, members.error().hint});
  bool broken = !findings.empty();
  for (const auto& secret : secrets) look_at(manifest, secret, findings);
  Value::List out;
  std::string text;
  for (const auto& f : findings) {
    out.emplace_back(
        Value::Map{{"kind", f.kind}, {"ref", f.ref}, {"why", f.why}, {"mend", f.mend}});
    text += f.kind + "  " + f.ref + ": " + f.why + "  (" + f.mend + ")\n";
  }
  if (args.json())
    cli::print(json::pretty(Value::Map{{"ok", findings.empty()},
                                       {"secrets", static_cast<std::int64_t>(secrets.size())},
                                       {"findings", std::move(out)}}) +
               "\n");
  else
    cli::print(findings.empty() ? text::count(secrets.size(), "secret") + ", nothing to do\n"
                                : text);
  return broken ? Exit::integrity : findings.empty() ? Exit::ok : Exit::no;
}

}  // namespace tk::tools::vault_tool
