#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

using Trusted = std::vector<vault::Manifest>;

// The newest in the history of HEAD; of a merge that nobody signed those of both its sides.
Result<Trusted> trusted_at_head(Desk& desk, const std::string& text) {
  TK_TRY(auto record, vault_record(*desk.session));
  auto known = signers_here(record);
  std::vector<std::string> from{desk.head};
  if (auto second = desk.repository.resolve(desk.head + "^2"); second && !read_manifest(text))
    from = {desk.head + "^1", *second};
  Trusted out;
  for (const auto& one : from) {
    TK_TRY(auto commit, desk.repository.resolve(one));
    TK_TRY(auto newest, newest_trusted(desk, known, commit));
    out.insert(out.end(), newest.begin(), newest.end());
  }
  if (out.empty())
    return fail(Code::vault_integrity,
                "no manifest in the history was signed by somebody whom this workspace knows",
                "tk vault init --trust SIGNER");
  return out;
}

// What is declared and stands in none of them, or stood in one and is not declared.
std::vector<std::string> beyond(const Trusted& trusted,
                                const std::vector<vault::Declared>& declared,
                                const std::set<std::string>& recipients) {
  std::map<std::string, std::size_t> told;
  for (const auto& one : trusted)
    for (const auto& why : vault::differences(one, declared, recipients)) ++told[why];
  std::vector<std::string> out;
  for (const auto& [why, times] : told)
    if (times == trusted.size() || why.ends_with("is missing") ||
        why.find("taken away") != why.npos)
      out.push_back(why);
  return out;
}

// What is declared now as a manifest; nothing that somebody signed of who could read what is
// forgotten.
vault::Manifest as_declared(Trusted known, const std::optional<vault::Manifest>& lying,
                            const std::vector<Secret>& secrets,
                            const std::set<std::string>& recipients) {
  vault::Manifest out;
  auto everybody = recipients;
  for (const auto& one : known) {
    out.generation = std::max(out.generation, one.generation);
    out.former.insert(one.former.begin(), one.former.end());
    everybody.insert(one.former.begin(), one.former.end());
    for (const auto& [text, signs] : one.recipients) {
      everybody.insert(text);
      if (!recipients.contains(text)) out.former.insert(text);
    }
  }
  if (lying) known.push_back(*lying);
  for (const auto& text : recipients) {
    out.former.erase(text);
    auto& signs = out.recipients[text];
    for (const auto& one : known)
      if (auto it = one.recipients.find(text); it != one.recipients.end() && signs.empty())
        signs = it->second;
  }
  for (const auto& secret : secrets) {
    auto ref = secret.ref.str();
    vault::Manifest::Entry entry{secret.declared.place.id,
                                 secret.declared.place.version,
                                 vault::digest_of(secret.declared),
                                 {}};
    bool told = false;
    for (const auto& one : known)
      if (auto it = one.secrets.find(ref); it != one.secrets.end() && it->second.id == entry.id &&
                                           it->second.version == entry.version) {
        told = true;
        entry.readers.insert(it->second.readers.begin(), it->second.readers.end());
      }
    // Of what nobody told who read it, everybody may have.
    if (!told)
      for (const auto& text : everybody) entry.readers.insert(vault::short_name(text));
    out.secrets.emplace(ref, std::move(entry));
  }
  return out;
}

bool stands_in(const Trusted& trusted, const std::string& ref,
               const vault::Manifest::Entry& entry) {
  return std::any_of(trusted.begin(), trusted.end(), [&](const auto& one) {
    auto it = one.secrets.find(ref);
    return it != one.secrets.end() && it->second.sha256 == entry.sha256 &&
           it->second.version == entry.version && it->second.id == entry.id;
  });
}

}  // namespace

Result<Exit> run_sign(const cli::Args& args) {
  TK_TRY(auto desk, Desk::open(args.get("as")));
  auto& s = *desk->session;
  TK_TRY(auto lies, laid(s));
  const auto& text = lies.manifest;
  if (!text) return fail(Code::vault_unknown, "this workspace has no vault", "tk vault init");
  TK_TRY(auto trusted, trusted_at_head(*desk, *text));
  std::optional<vault::Manifest> lying;
  if (auto read = vault::Manifest::read(*text)) lying = std::move(*read);
  auto secrets = secrets_of(s.law.index());
  TK_TRY(auto declares, desk->repository.read(desk->head, "MANIFEST.xml"));
  TK_TRY(auto recipients, declared_recipients(declares.value_or("<manifest/>")));
  std::vector<vault::Declared> declared;
  for (const auto& secret : secrets) declared.push_back(secret.declared);
  // Where HEAD's is one of several, what the others say and it does not is dropped by who signs.
  auto others = trusted;
  if (others.size() > 1) std::erase_if(others, [&](const auto& one) { return one.text() == *text; });
  auto differences = beyond(others, declared, recipients);
  auto manifest = as_declared(trusted, lying, secrets, recipients);
  auto good = read_manifest(*text);
  bool stands = good && trusted.size() == 1 && good->text() == trusted.front().text() && differences.empty();
  auto tell = [&](bool done, Value seq) {
    Value::List list(differences.begin(), differences.end());
    if (args.json())
      cli::print(json::pretty(Value::Map{
                     {"signed", done}, {"differences", std::move(list)}, {"seq", std::move(seq)}}) +
                 "\n");
    else
      for (const auto& line : differences) cli::print(line + "\n");
  };
  if (stands) {
    tell(true, Value());
    if (!args.json()) cli::print("nothing to sign: what is declared is what was signed\n");
    return Exit::ok;
  }
  if (!args.has("accept") && !differences.empty()) {
    tell(false, Value());
    cli::note("that is what would be signed beyond what was; with --accept it is");
    return Exit::waiting;
  }
  TK_TRY(auto broker, start_broker(s));
  TK_TRY(auto member, broker.keys(key_path(s)));
  std::vector<vault::Sealed> sealed;
  std::vector<Edit> edits;
  TK_TRY(auto record, vault_record(s));
  edits.push_back({{}, vault_change(s, record, manifest, {}, {}, 0)});
  for (const auto& secret : secrets) {
    if (stands_in(trusted, secret.ref.str(), manifest.secrets.at(secret.ref.str()))) continue;
    sealed.push_back(secret.sealed());
    TK_TRY(auto one, edit(*desk, secret, {}, "rotate"));
    one.file.path.clear();
    one.change.input.emplace("value_version", secret.declared.place.version);
    edits.push_back(std::move(one));
  }
  // A value that opens elsewhere only, or by nobody's key, is not signed.
  if (!sealed.empty()) TK_CHECK(broker.reseal(sealed, recipients_of(manifest), [](auto, auto&&) { return Result<void>(); }));
  TK_TRY(auto seq, commit(*desk, broker, manifest, std::move(edits), "vault: signed"));
  tell(true, seq);
  if (!args.json()) cli::print("signed: " + text::count(secrets.size(), "secret") + "\n");
  return Exit::ok;
}

}  // namespace tk::tools::vault_tool
