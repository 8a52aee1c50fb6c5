#include "tools/vault/change.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/xml/xml.hpp"
#include "tools/session/declare.hpp"
#include "tools/session/manifests.hpp"

namespace tk::tools::vault_tool {
namespace {

constexpr const char* kDeclares = "MANIFEST.xml";

}  // namespace

Result<std::unique_ptr<Desk>> Desk::open(const std::string& as) {
  TK_TRY(auto ws, workspace::Workspace::find());
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  auto out = std::make_unique<Desk>(std::move(repository));
  TK_TRY(auto effects, workspace::RefEffects::open(out->repository));
  out->effects.emplace(std::move(effects));
  TK_TRY(out->session, Session::open(as, &*out->effects));
  TK_TRY(out->head, out->repository.head_commit());
  return out;
}

Result<Edit> edit(Desk& desk, const Secret& secret,
                  const std::map<std::string, std::string>& attributes, const char* event) {
  auto& s = *desk.session;
  TK_TRY(auto before, desk.repository.read_nearest(desk.head, secret.file));
  TK_TRY(auto content, with_attributes(secret.file, before.value_or(""), secret.ref,
                                       {attributes.begin(), attributes.end()}));
  auto change = change_for(s, secret.ref, secret.declared.place.id, secret.file,
                           attributes_in(secret.file, content, secret.ref));
  TK_TRY(change.id, record_of(s, secret));
  change.event = event;
  return Edit{{secret.file, std::move(content)}, std::move(change)};
}

Result<std::int64_t> commit(Desk& desk, vault::Broker& broker, vault::Manifest manifest,
                            std::vector<Edit> edits, const std::string& message,
                            std::vector<git::Change> more) {
  ++manifest.generation;
  for (auto& one : edits)
    if (auto it = one.change.input.find("generation"); it != one.change.input.end())
      it->second = manifest.generation;
  TK_TRY(auto signature, broker.sign(manifest.body()));
  auto may = vault::signers_of(manifest);
  if (std::find(may.begin(), may.end(), signature.signer) == may.end())
    return fail(Code::vault_no_key, "the key here opens secrets, and may not sign for them",
                "who may lets it: tk vault recipients add RECIPIENT --signer " + signature.signer);
  manifest.signer = signature.signer;
  manifest.signature = signature.signature;
  if (auto again = read_manifest(manifest.text()); !again) return fail(again.error());
  std::vector<record::Change> changes;
  changes.reserve(edits.size());
  for (auto& one : edits) {
    if (!one.file.path.empty()) more.push_back(std::move(one.file));
    changes.push_back(std::move(one.change));
  }
  more.push_back({std::string(vault::kManifestFile), manifest.text()});
  return commit_entities(*desk.session, desk.repository, std::move(more), std::move(changes),
                         message);
}

Result<std::set<std::string>> declared_recipients(const std::string& manifest_xml) {
  TK_TRY(auto doc, xml::parse(manifest_xml, kDeclares));
  std::set<std::string> out;
  for (const auto& child : doc.root.children)
    if (const auto* list = child.name == "vault" ? child.find("recipients") : nullptr)
      for (auto word : text::split(list->value, ' '))
        if (!word.empty()) out.emplace(word);
  return out;
}

Result<std::string> with_recipients(const std::string& manifest_xml,
                                    const std::set<std::string>& recipients) {
  TK_TRY(auto doc, xml::parse(manifest_xml, kDeclares));
  auto list = text::join({recipients.begin(), recipients.end()}, " ");
  for (const auto& child : doc.root.children)
    if (child.name == "vault") return xml::with_attribute(doc, child, "recipients", list);
  auto entry = "  <vault recipients=\"" + xml::escape(list) + "\"/>\n";
  auto out = doc.source;
  auto end = out.rfind("</manifest");
  if (end == out.npos)
    return fail_at(Code::cli_usage, {kDeclares, 1, 1}, "an empty manifest",
                   "tk init makes a workspace");
  return out.insert(end, entry);
}

Result<void> check_recipients(Desk& desk, const vault::Manifest& manifest) {
  TK_TRY(auto text, desk.repository.read(desk.head, kDeclares));
  TK_TRY(auto declared, declared_recipients(text.value_or("<manifest/>")));
  for (const auto& why : vault::differences(manifest, {}, declared))
    if (why.starts_with("recipient "))
      return fail_at(Code::vault_integrity, {kDeclares, 0, 0}, why,
                     "git log -p -- MANIFEST.xml; tk vault recipients add or rm changes them");
  return check_members(*desk.session, manifest);
}

Result<std::vector<Edit>> seal_anew(Desk& desk, vault::Broker& broker, vault::Manifest& manifest,
                                    const std::vector<Secret>& secrets) {
  std::vector<vault::Sealed> old;
  for (const auto& secret : secrets) {
    TK_CHECK(check(manifest, secret));
    old.push_back(secret.sealed());
  }
  auto to = recipients_of(manifest);
  std::vector<Edit> out;
  out.reserve(secrets.size() + 1);
  cli::Bar bar("sealing", static_cast<std::int64_t>(secrets.size()));
  TK_CHECK(broker.reseal(old, to, [&](std::size_t i, std::string value) -> Result<void> {
    auto now = secrets[i];
    now.declared.attributes["value"] = value;
    manifest.put(now.declared.place, vault::digest_of(now.declared), to, true);
    TK_TRY(auto one, edit(desk, now, {{"value", std::move(value)}}, "update"));
    out.push_back(std::move(one));
    bar.at(static_cast<std::int64_t>(i));
    return {};
  }));
  return out;
}

Result<std::vector<vault::Manifest>> newest_trusted(Desk& desk, const std::vector<std::string>& known, const std::string& head) {
  TK_TRY(auto all, newest_manifests(desk.session->workspace, desk.repository, head));
  vault::Laid::Newest newest;
  for (const auto& signer : known) {
    auto it = all.find(signer);
    if (it == all.end() || it->second.generation < newest.generation) continue;
    if (it->second.generation > newest.generation) newest = {it->second.generation, {}};
    newest.blobs.insert(it->second.blobs.begin(), it->second.blobs.end());
  }
  std::vector<vault::Manifest> out;
  for (const auto& blob : newest.blobs) {
    TK_TRY(auto text, desk.repository.read_blob(blob));
    TK_TRY(auto manifest, read_manifest(text));
    out.push_back(std::move(manifest));
  }
  return out;
}

}  // namespace tk::tools::vault_tool
