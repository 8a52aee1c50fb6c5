#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/xml/xml.hpp"
#include "tools/vault/change_verbs.hpp"
#include "tools/vault/vault.hpp"

namespace tk::tools::vault_tool {
namespace {

struct Sides {
  std::string base, ours, theirs, path;
};

// Signed by who may, as this workspace sees it; an empty one where a side has none.
Result<vault::Manifest> side(Session& s, const std::string& file, const char* whose,
                             bool may_be_none) {
  TK_TRY(auto text, os::read_file(file));
  if (text.empty() && may_be_none) return vault::Manifest{};
  auto out = read_manifest(text);
  if (!out)
    return fail(out.error().code, std::string(whose) + ": " + out.error().message,
                out.error().hint);
  TK_TRY(auto record, vault_record(s));
  auto known = signers_here(record);
  if (std::find(known.begin(), known.end(), out->signer) == known.end())
    return fail(Code::vault_integrity,
                std::string(whose) + ": vault.manifest is signed by " + out->signer +
                    ", whom this workspace does not know",
                "if that is one of you: tk vault init --trust " + out->signer);
  return out;
}

Result<void> sign(Session& s, vault::Manifest& manifest) {
  TK_TRY(auto broker, start_broker(s));
  TK_TRY(auto member, broker.keys(key_path(s)));
  auto may = vault::signers_of(manifest);
  if (std::find(may.begin(), may.end(), member.signer) == may.end())
    return fail(Code::vault_no_key, "the key here may not sign");
  TK_TRY(auto signature, broker.sign(manifest.body()));
  manifest.signer = signature.signer, manifest.signature = signature.signature;
  return {};
}

Result<std::vector<std::string>> merge_manifest(const Sides& sides) {
  TK_TRY(auto s, Session::open_to_read());
  TK_TRY(auto base, side(*s, sides.base, "the common base", true));
  TK_TRY(auto ours, side(*s, sides.ours, "our side", false));
  TK_TRY(auto theirs, side(*s, sides.theirs, "their side", false));
  // Each signature counts one more: a side that counts fewer than the base has put an older manifest back.
  for (const auto& [one, whose] : {std::pair(&ours, "our side"), {&theirs, "their side"}})
    if (one->generation < base.generation)
      return fail(Code::vault_integrity,
                  std::string(whose) + " put an older vault.manifest back (" + std::to_string(one->generation) + ", the common base has " +
                      std::to_string(base.generation) + ")",
                  "git log -p -- vault.manifest; tk vault sign --accept there, if it is right");
  auto merged = vault::merge(base, ours, theirs);
  auto& out = merged.manifest;
  out.signer = out.signature = "-";
  for (const auto& ref : merged.conflicts)  // ours stands until somebody decides
    if (auto it = ours.secrets.find(ref); it != ours.secrets.end()) out.secrets.insert(*it);
  if (merged.conflicts.empty())
    if (auto done = sign(*s, out); !done)
      cli::note("vault.manifest is merged, and not signed: " + done.error().message +
                "; where a key is: tk vault sign");
  TK_CHECK(os::write_atomic(sides.ours, out.text()));
  return merged.conflicts;
}

struct Parsed {
  xml::Document doc;
  std::map<std::string, std::string> attributes;
  std::string rest;  // behind the attributes
  vault::Value3 value() const {
    if (attributes.empty()) return {};
    vault::Value3 out{std::strtoll(get("version").c_str(), nullptr, 10), ""};
    for (auto name : vault::kSigned) out.value += get(name) + "\n";
    return out;
  }
  std::string get(std::string_view name) const {
    auto it = attributes.find(std::string(name));
    return it == attributes.end() ? std::string() : it->second;
  }
};

Result<Parsed> parsed(const std::string& file, const std::string& name) {
  Parsed out;
  TK_TRY(auto text, os::read_file(file));
  if (text.empty()) return out;
  TK_TRY(out.doc, xml::parse(text, name));
  if (out.doc.root.name != "secret")
    return fail(Code::cli_usage, name + " declares more than one secret");
  for (const auto& a : out.doc.root.attributes) out.attributes.emplace(a.name, a.value);
  out.rest = text.substr(out.doc.root.open_end);
  return out;
}

bool is_signed(const std::string& name) {
  return name == "version" ||
         std::find(vault::kSigned.begin(), vault::kSigned.end(), name) != vault::kSigned.end();
}

// The file that both sides' changes make; nothing where both changed the same.
Result<std::optional<std::string>> merge_secret(const Sides& sides) {
  TK_TRY(auto base, parsed(sides.base, sides.path));
  TK_TRY(auto ours, parsed(sides.ours, sides.path));
  TK_TRY(auto theirs, parsed(sides.theirs, sides.path));
  auto choice = vault::which(base.value(), ours.value(), theirs.value());
  bool their_rest = ours.rest == base.rest;
  if (choice == 0 || (!their_rest && theirs.rest != base.rest && ours.rest != theirs.rest))
    return std::optional<std::string>();
  auto carrier = their_rest ? theirs.doc : ours.doc;
  std::set<std::string> names;
  for (const auto* one : {&base, &ours, &theirs})
    for (const auto& [name, value] : one->attributes) names.insert(name);
  auto content = carrier.source;
  for (const auto& name : names) {
    auto old = base.get(name), mine = ours.get(name), its = theirs.get(name);
    if (!is_signed(name) && mine != old && its != old && mine != its)
      return std::optional<std::string>();
    auto wanted = is_signed(name) ? (choice == 1 ? mine : its) : mine == old ? its : mine;
    TK_TRY(auto doc, xml::parse(content, sides.path));
    const auto* there = doc.root.find(name);
    if (!wanted.empty() && (!there || there->value != wanted))
      content = xml::with_attribute(doc, doc.root, name, wanted);
    if (wanted.empty() && there) content = xml::without_attribute(doc, *there);
  }
  return std::optional(std::move(content));
}

// As git does with any text, with its marks where both changed the same lines.
Result<bool> merge_as_text(const Sides& sides) {
  os::Spawn spawn;
  spawn.argv = {"git", "merge-file", "-L",       "ours",     "-L",        "base",
                "-L",  "theirs",     sides.ours, sides.base, sides.theirs};
  spawn.environment = os::current_environment();
  TK_TRY(auto done, os::run(std::move(spawn), 60'000));
  if (done.status > 127) return fail(Code::git_failed, "git merge-file failed: " + done.error_tail);
  return done.status == 0;
}

}  // namespace

Result<Exit> run_merge(const cli::Args& args) {
  Sides sides{args.get("BASE"), args.get("OURS"), args.get("THEIRS"), args.get("PATH")};
  std::vector<std::string> conflicts;
  if (sides.path == vault::kManifestFile) {
    TK_TRY(conflicts, merge_manifest(sides));
  } else {
    auto merged = merge_secret(sides);
    if (merged && *merged) {
      TK_CHECK(os::write_atomic(sides.ours, **merged));
    } else {
      TK_TRY(bool clean, merge_as_text(sides));
      if (!clean || (merged && !*merged)) conflicts.push_back(sides.path);
    }
  }
  if (args.json())
    cli::print(
        json::pretty(Value::Map{{"path", sides.path},
                                {"conflicts", Value::List(conflicts.begin(), conflicts.end())}}) +
        "\n");
  if (conflicts.empty()) return Exit::ok;
  for (const auto& what : conflicts) cli::note("both sides changed " + what);
  return Exit::conflict;
}

}  // namespace tk::tools::vault_tool
