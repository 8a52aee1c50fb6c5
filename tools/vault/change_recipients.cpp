#include <algorithm>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

Result<Exit> list(const cli::Args& args) {
  TK_TRY(auto s, Session::open());
  TK_TRY(auto manifest, trusted_manifest(*s));
  Value::List out;
  std::vector<std::vector<std::string>> rows;
  auto readable = [&](const std::string& recipient) {
    return std::count_if(manifest.secrets.begin(), manifest.secrets.end(), [&](const auto& one) {
      return one.second.readers.contains(vault::short_name(recipient));
    });
  };
  for (const auto& [recipient, signs] : manifest.recipients) {
    out.emplace_back(Value::Map{{"recipient", recipient},
                                {"signer", signs.empty() ? Value() : Value(signs)},
                                {"former", false},
                                {"reads", readable(recipient)}});
    rows.push_back({recipient, signs.empty() ? "opens" : "opens and signs"});
  }
  for (const auto& recipient : manifest.former) {
    out.emplace_back(Value::Map{{"recipient", recipient},
                                {"signer", Value()},
                                {"former", true},
                                {"reads", readable(recipient)}});
    rows.push_back(
        {recipient, "was removed; knows " +
                        text::count(static_cast<std::size_t>(readable(recipient)), "value")});
  }
  cli::print(args.json() ? json::pretty(out) + "\n" : cli::table(rows));
  return Exit::ok;
}

Result<Exit> change(const cli::Args& args, bool add) {
  auto text = args.get("RECIPIENT");
  if (text.empty())
    return fail(Code::cli_usage, "whom?", "tk vault recipients " + args.get("DEED") + " age1…");
  if (!vault::age::Recipient::parse(text))
    return fail(Code::cli_usage, text::printable(text) + " is no recipient of age",
                "age1… with its 58 letters; tk vault init prints that of a workspace");
  auto signs = args.get("signer");
  if (auto key = base64::decode(signs); !signs.empty() && (!key || key->size() != 32))
    return fail(Code::cli_usage, text::printable(signs) + " is no signer",
                "as tk vault init prints it: 44 letters of base64");
  if (!add && !signs.empty())
    return fail(Code::cli_usage, "--signer goes with add", "leave it out");
  TK_TRY(auto desk, Desk::open(args.get("as")));
  auto& s = *desk->session;
  TK_TRY(auto manifest, trusted_manifest(s));
  TK_CHECK(check_recipients(*desk, manifest));
  TK_TRY(auto record, vault_record(s));
  auto it = manifest.recipients.find(text);
  if (add) {
    if (it != manifest.recipients.end() && it->second == signs)
      return fail(Code::vault_conflict, text + " is a recipient already",
                  "tk vault recipients list");
    manifest.recipients[text] = signs;
    manifest.former.erase(text);
  } else {
    if (it == manifest.recipients.end())
      return fail(Code::vault_unknown, text + " is none of the recipients",
                  "tk vault recipients list");
    if (manifest.recipients.size() == 1)
      return fail(Code::cli_usage,
                  "the last recipient cannot go: nobody could open the secrets any more",
                  "add another one first");
    manifest.recipients.erase(it);
    manifest.former.insert(text);
  }
  TK_TRY(auto broker, start_broker(s));
  TK_TRY(auto member, broker.keys(key_path(s)));
  if (!add && member.recipient == text)
    return fail(Code::cli_usage, "that is your own key: you could not sign this",
                "let another recipient remove it");
  auto secrets = secrets_of(s.law.index());
  std::vector<Edit> edits;
  if (!secrets.empty()) {
    TK_TRY(edits, seal_anew(*desk, broker, manifest, secrets));
  }
  auto count = static_cast<std::int64_t>(edits.size());
  std::vector<std::string> added, removed;
  (add ? added : removed).push_back(text);
  edits.insert(edits.begin(), {{}, vault_change(s, record, manifest, added, removed, count)});
  std::set<std::string> names;
  for (const auto& [name, key] : manifest.recipients) names.insert(name);
  TK_TRY(auto declares, desk->repository.read(desk->head, "MANIFEST.xml"));
  TK_TRY(auto declared,
         with_recipients(declares.value_or("<manifest version=\"1\">\n</manifest>\n"), names));
  std::int64_t known = std::count_if(
      manifest.secrets.begin(), manifest.secrets.end(),
      [&](const auto& one) { return one.second.readers.contains(vault::short_name(text)); });
  TK_TRY(auto seq, commit(*desk, broker, manifest, std::move(edits),
                          std::string("vault: recipient ") + (add ? "added" : "removed"),
                          {{"MANIFEST.xml", declared}}));
  if (args.json())
    cli::print(json::pretty(
                   Value::Map{{"recipient", text},
                              {"recipients", static_cast<std::int64_t>(manifest.recipients.size())},
                              {"sealed", count},
                              {"must_rotate", add ? 0 : known},
                              {"seq", seq}}) +
               "\n");
  else
    cli::print(text::count(static_cast<std::size_t>(count), "secret") + " sealed anew for " +
               text::count(manifest.recipients.size(), "recipient") + "\n");
  if (!add && known > 0)
    cli::note("to remove somebody is not to take back what they know: " +
              text::count(static_cast<std::size_t>(known), "value") +
              " must get another one (tk vault audit names them; tk vault set NAME)");
  return Exit::ok;
}

}  // namespace

Result<Exit> run_recipients(const cli::Args& args) {
  auto deed = args.get("DEED");
  if (deed == "list" && args.has("RECIPIENT"))
    return fail(Code::cli_usage, "list takes no recipient", "tk vault recipients list");
  return deed == "list" ? list(args) : change(args, deed == "add");
}

}  // namespace tk::tools::vault_tool
