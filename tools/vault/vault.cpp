#include "tools/vault/vault.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/text.hpp"
#include "core/record/entity_types.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "tools/session/values.hpp"

namespace tk::tools::vault_tool {
namespace {

Secret secret_of(const law::Index& index, const law::EntityView& entity) {
  Secret out;
  out.ref = {std::string(entity.type), std::string(entity.context), std::string(entity.name)};
  out.file = entity.file;
  out.state = entity.state;
  for (const auto& [name, value] : index.attributes(entity))
    out.declared.attributes.emplace(name, value);
  auto version = out.get("version");
  out.declared.place = {out.ref.str(), std::string(entity.id), 0};
  std::from_chars(version.data(), version.data() + version.size(), out.declared.place.version);
  return out;
}

}  // namespace

std::string Secret::get(const std::string& attribute) const {
  auto it = declared.attributes.find(attribute);
  return it == declared.attributes.end() ? std::string() : it->second;
}

Result<law::Ref> ref_of(const Session& s, const std::string& name) {
  auto full = name.starts_with("secret:") ? name : "secret:" + name;
  TK_TRY(auto ref, law::parse_ref(full));
  if (ref.context.empty()) {
    // Where only one context has it, it is that one.
    if (auto found = s.law.index().find(ref))
      return law::Ref{"secret", std::string(found->context), std::string(found->name)};
    ref.context = s.workspace.default_context();
  }
  return ref;
}

Result<Secret> find_secret(const Session& s, const std::string& name) {
  TK_TRY(auto ref, ref_of(s, name));
  if (auto found = s.law.index().find(ref)) return secret_of(s.law.index(), *found);
  std::vector<std::string> names;
  for (const auto& e : s.law.index().entities("secret")) names.emplace_back(e.name);
  auto near = text::nearest(ref.name, names);
  return fail(Code::vault_unknown, "there is no secret " + text::printable(ref.str()),
              near.empty() ? "tk vault list" : "did you mean " + near + "?");
}

std::vector<Secret> secrets_of(const law::Index& index) {
  std::vector<Secret> out;
  for (const auto& e : index.entities("secret")) out.push_back(secret_of(index, e));
  return out;
}

Result<vault::Laid> laid(const Session& s) {
  std::string commit(s.law.index().commit());
  for (int tries = 0; tries < 50; ++tries) {
    auto text = os::read_file(s.workspace.state("run/vault.idx"));
    if (!text && text.error().code != Code::os_not_found) return fail(text.error());
    auto out = text ? vault::Laid::read(*text) : std::nullopt;
    if (out && out->commit == commit) return std::move(*out);
    TK_CHECK(workspace::compile_elsewhere(s.workspace, {"--boxes", "--", commit}));
  }
  return fail(Code::law_index, "what HEAD says of the vault changes all the time", "try again");
}

Result<vault::Manifest> read_manifest(const std::string& text) {
  std::string file(vault::kManifestFile);
  if (auto at = text.find("<<<<<<<"); at != text.npos)
    return fail(Code::vault_conflict, file + " has conflicts that nobody decided",
                "decide them in the secrets' files, then: tk vault sign");
  auto manifest = vault::Manifest::read(text);
  if (!manifest)
    return fail(Code::vault_integrity, file + " was changed: " + manifest.error(),
                "git log -p -- " + file);
  if (manifest->signature == "-")
    return fail(Code::vault_integrity, file + " was merged where no key was, and is not signed",
                "tk vault sign");
  if (!manifest->is_signed())
    return fail(Code::vault_integrity, file + " was changed: its signature is of another text",
                "git log -p -- " + file);
  return std::move(*manifest);
}

Result<std::optional<record::Record>> vault_record(Session& s) {
  TK_TRY(auto list, s.store.list("vault"));
  return list.empty() ? std::optional<record::Record>() : std::optional(std::move(list.front()));
}

namespace {

std::set<std::string> words_in(const std::optional<record::Record>& record, const char* field) {
  std::set<std::string> out;
  if (!record) return out;
  auto it = record->fields.find(field);
  if (it == record->fields.end() || !it->second.as_list()) return out;
  for (const auto& one : *it->second.as_list()) out.insert(one.text());
  return out;
}

std::int64_t generation_in(const record::Record& record) {
  auto it = record.fields.find("generation");
  return it == record.fields.end() ? 0 : it->second.integer();
}

}  // namespace

std::vector<std::string> signers_here(const std::optional<record::Record>& record) {
  auto all = words_in(record, "signers");
  return {all.begin(), all.end()};
}

record::Change vault_change(Session& s, const std::optional<record::Record>& record,
                            const vault::Manifest& manifest, const std::vector<std::string>& added,
                            const std::vector<std::string>& removed, std::int64_t sealed) {
  auto list = [](const auto& words) { return Value::List(words.begin(), words.end()); };
  record::Change out;
  Value::List recipients;
  for (const auto& [text, signs] : manifest.recipients) recipients.emplace_back(text);
  out.input = {{"generation", manifest.generation},
               {"recipients", std::move(recipients)},
               {"signers", list(vault::signers_of(manifest))}};
  if (record) {
    out.id = record->id;
    out.event = "change";
    out.input.insert({{"added", list(added)}, {"removed", list(removed)}, {"sealed", sealed}});
  } else {
    out.type = "vault";
    out.context = s.workspace.default_context();
    out.name = "vault";
  }
  out.actor = s.actor;
  out.trace = trace::child(s.trace);
  return out;
}

Result<vault::Manifest> trusted_manifest(Session& s, bool may_write) {
  TK_TRY(auto lies, laid(s));
  if (!lies.manifest) return fail(Code::vault_unknown, "this workspace has no vault", "tk vault init");
  TK_TRY(auto manifest, read_manifest(*lies.manifest));
  TK_TRY(auto record, vault_record(s));
  if (!record)
    return fail(Code::vault_unknown, "nobody here has looked at this vault yet",
                "tk vault init: it takes those who sign for it now as who may");
  auto known = words_in(record, "signers");
  if (!known.contains(manifest.signer))
    return fail(
        Code::vault_integrity,
        "vault.manifest is signed by " + manifest.signer + ", whom this workspace does not know",
        "if that is one of you: tk vault init --trust " + manifest.signer);
  for (const auto& [signer, is] : lies.newest)
    if (known.contains(signer) &&
        (is.generation > manifest.generation || (is.generation == manifest.generation && is.blobs != std::set{lies.blob})))
      return fail(Code::vault_integrity,
                  is.generation > manifest.generation
                      ? "vault.manifest is an older one (" + std::to_string(manifest.generation) + ") than the history has (" +
                            std::to_string(is.generation) + "): somebody put it back"
                      : "vault.manifest is another branch's than the one of the same generation (" + std::to_string(is.generation) +
                            ") in the history: somebody put it in its place",
                  "git log -p -- vault.manifest; if it is right as it is: tk vault sign");
  auto may = vault::signers_of(manifest);
  std::set<std::string> recipients;
  for (const auto& [name, signs] : manifest.recipients) recipients.insert(name);
  bool same = recipients == words_in(record, "recipients") &&
              std::set<std::string>(may.begin(), may.end()) == known;
  if (may_write && !same && manifest.generation > generation_in(*record)) {
    auto seen = vault_change(s, record, manifest, {}, {}, 0);
    seen.owed = "adoption";
    seen.reason = "a newer manifest came by git";
    TK_CHECK(s.store.apply(std::move(seen)));
  }
  return manifest;
}

Result<void> check_members(Session& s, const vault::Manifest& manifest) {
  TK_TRY(auto record, vault_record(s));
  auto known = words_in(record, "recipients");
  auto may = words_in(record, "signers");
  for (const auto& [name, signs] : manifest.recipients)
    if (!known.contains(name) || (!signs.empty() && !may.contains(signs)))
      return fail(
          Code::vault_integrity,
          name + (known.contains(name) ? " may sign" : " is a recipient") +
              " by an older manifest than was seen here, and not by the newest",
          "merge the newest first; or, if it is right: tk vault init --trust " + manifest.signer);
  return {};
}

Result<void> check(const vault::Manifest& manifest, const Secret& secret) {
  auto it = manifest.secrets.find(secret.ref.str());
  auto hint = "git log -p -- " + secret.file + "; where it is right as it is: tk vault sign";
  if (it == manifest.secrets.end())
    return fail(Code::vault_integrity,
                secret.ref.str() + " is not in the manifest: nobody signed it", hint);
  if (it->second.version != secret.declared.place.version ||
      it->second.id != secret.declared.place.id ||
      it->second.sha256 != vault::digest_of(secret.declared))
    return fail(
        Code::vault_integrity,
        secret.ref.str() + " is not what was signed: changed, of another secret, or an older one",
        hint);
  return {};
}

Result<std::string> record_of(Session& s, const Secret& secret) {
  TK_TRY(bool known, s.store.knows(secret.declared.place.id));
  if (known) return secret.declared.place.id;
  record::Change adopt;
  adopt.type = "secret";
  adopt.id = secret.declared.place.id;
  adopt.context = secret.ref.context;
  adopt.name = secret.ref.name;
  Value::Map attributes;
  for (const auto& [name, value] : secret.declared.attributes)
    attributes.emplace(name, record::kept_of("secret", name, value));
  adopt.input = {
      {"ref", secret.ref.str()}, {"file", secret.file}, {"attributes", std::move(attributes)}};
  adopt.actor = s.actor;
  adopt.trace = trace::child(s.trace);
  adopt.owed = "adoption";
  adopt.reason = "declared by hand";
  TK_TRY(auto made, s.store.apply(std::move(adopt)));
  return made.record.id;
}

tl::unexpected<Error> refused(Session& s, const record::Actor& actor, const std::string& action,
                              const Secret& secret, const Error& why) {
  record::Ruling no;
  no.reason = why.message;
  if (auto done = s.store.refused(actor, action, secret.ref, secret.declared.place.id, no); !done)
    return fail(done.error());
  return fail(why);
}

std::string key_path(const Session& s) {
  auto path = s.workspace.config("vault.key").value_or("");
  if (path.empty()) return s.workspace.state("keys/vault.key");
  return path.starts_with('/') ? path : s.workspace.path(path);
}

Result<vault::Broker> start_broker(Session& s, const std::vector<std::string>& missing) {
  std::uint32_t account = 0;
  if (os::is_root()) {
    TK_TRY(auto ground, agent::ground_of(s.workspace, s.law.index()));
    account = agent::free_id(ground, "vault-broker");
  }
  for (const auto& layer : missing) {
    if (!box::may_be_missing(layer))
      return fail(Code::cli_usage, "there is no box without " + text::printable(layer),
                  "landlock, net, ipc, uts or cgroup may be missing");
    TK_CHECK(s.store.ask(s.actor, "box.weaken", {"box", s.workspace.default_context(), "vault"}));
  }
  return vault::Broker::start(account, {missing.begin(), missing.end()});
}

std::vector<vault::age::Recipient> recipients_of(const vault::Manifest& manifest) {
  std::vector<vault::age::Recipient> out;
  for (const auto& [text, signs] : manifest.recipients)
    if (auto one = vault::age::Recipient::parse(text)) out.push_back(*one);
  return out;
}

std::vector<cli::Candidate> vault_values(const std::string& kind, const cli::Args& given) {
  if (kind != "NAME" && kind != "NAME[=ENV]") return values(kind, given);
  std::vector<cli::Candidate> out;
  auto ws = workspace::Workspace::find();
  if (!ws) return out;
  if (auto law = workspace::CompiledLaw::as_it_lies(*ws))
    for (const auto& e : law->index().entities("secret"))
      out.push_back({std::string(e.name), e.str()});
  return out;
}

}  // namespace tk::tools::vault_tool
