#include <unistd.h>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/cli/output.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/os/pty.hpp"
#include "core/os/terminal.hpp"
#include "core/vault/binding.hpp"
#include "core/workspace/entities.hpp"
#include "tools/session/declare.hpp"
#include "tools/vault/change.hpp"
#include "tools/vault/change_verbs.hpp"

namespace tk::tools::vault_tool {
namespace {

struct Before {
  law::Ref ref;
  std::optional<Secret> secret;
  std::int64_t version = 0;
};

Result<Before> before(const Session& s, const cli::Args& args) {
  Before out;
  auto name = args.get("NAME");
  if (args.has("context") && name.find('/') == name.npos) name = args.get("context") + "/" + name;
  TK_TRY(out.ref, ref_of(s, name));
  if (!law::valid_name(out.ref.name))
    return fail(Code::cli_usage, "not a name: " + text::printable(out.ref.name),
                "letters, digits, _ - . ; at most 64");
  if (!law::valid_context(out.ref.context))
    return fail(Code::cli_usage, "not a context: " + text::printable(out.ref.context),
                "write it like acme.web");
  if (auto found = find_secret(s, out.ref.str())) {
    out.version = found->declared.place.version;
    out.secret = std::move(*found);
  } else if (found.error().code != Code::vault_unknown) {
    return fail(found.error());
  }
  return out;
}

// What the options say of how it may be used.
Result<std::map<std::string, std::string>> options(const cli::Args& args, const Before& b) {
  std::map<std::string, std::string> out;
  for (auto [option, attribute] :
       {std::pair("mode", "mode"), std::pair("env", "env"),
        std::pair("rotate-after", "rotate-after"), std::pair("tool-args", "tool-args"),
        std::pair("tool-profile", "tool-profile"), std::pair("tool", "tool")})
    if (args.has(option)) out[attribute] = args.get(option);
  if (args.has("tool-host")) out["tool-hosts"] = text::join(args.all("tool-host"), " ");
  if (!b.secret && !out.contains("mode")) out["mode"] = "on";
  if (args.has("tool")) {
    auto path = args.get("tool");
    if (os::real_path(path) != path || os::is_directory(path))
      return fail(Code::vault_tool, path + " is no program by its own path",
                  "give the absolute path that no symlink leads over: realpath " + path);
    TK_TRY(auto bytes, os::read_file(path, 512u << 20));
    out["tool-sha256"] = crypto::sha256_hex(bytes);
  }
  auto mode = out.contains("mode") ? out["mode"] : b.secret ? b.secret->get("mode") : "";
  auto tool = out.contains("tool") ? out["tool"] : b.secret ? b.secret->get("tool") : "";
  if (mode == "borrow" && tool.empty())
    return fail(Code::cli_usage, "a secret that is lent is bound to a tool",
                "--tool /usr/bin/… --tool-args '--flag {parameter}'");
  return out;
}

}  // namespace

Result<Exit> run_set(const cli::Args& args) {
  // The value is read and sealed before anybody else has to wait for this.
  TK_TRY(auto reader, Session::open_to_read());
  TK_TRY(auto was, before(*reader, args));
  TK_TRY(auto attributes, options(args, was));
  bool keep = args.has("keep");
  if (keep && !was.secret)
    return fail(Code::vault_unknown, was.ref.str() + " has no value to keep",
                "leave --keep out, and give the value on standard input");
  TK_TRY(auto broker, start_broker(*reader));
  TK_TRY(auto manifest, trusted_manifest(*reader, false));
  TK_TRY(auto member, broker.keys(key_path(*reader)));
  auto to = recipients_of(manifest);
  vault::Place place{was.ref.str(), was.secret ? was.secret->declared.place.id : ids::uuid7(),
                     was.version + 1};
  auto mode = attributes.contains("mode") ? attributes["mode"] : was.secret->get("mode");
  vault::Broker::Wanted wanted;
  wanted.least = mode == "borrow" ? vault::kShortestLent : 1;
  wanted.find = !args.has("short");
  wanted.keep_newline = args.has("keep-newline");
  // What is there already goes on with this signature: it must be what was signed.
  if (was.secret) TK_CHECK(check(manifest, *was.secret));
  if (!was.secret && manifest.secrets.contains(was.ref.str()))
    return fail(Code::vault_integrity, was.ref.str() + " was signed and is not there any more",
                "git log -p; where it is right that it is gone: tk vault sign");
  vault::Sealed sealed;
  if (keep) {
    TK_TRY(sealed, broker.seal_next(was.secret->sealed(), to, wanted.least));
  } else {
    std::optional<os::TerminalMode> silent;
    if (os::is_terminal(STDIN_FILENO)) {
      cli::note("the value of " + was.ref.str() + " (it is not shown; Enter ends it):");
      silent.emplace(STDIN_FILENO, os::TerminalMode::Kind::silent);
      wanted.one_line = true;
    }
    TK_TRY(sealed, broker.seal(place, STDIN_FILENO, to, wanted));
  }
  reader.reset();

  TK_TRY(auto desk, Desk::open(args.get("as")));
  auto& s = *desk->session;
  TK_TRY(manifest, trusted_manifest(s));
  TK_CHECK(check_recipients(*desk, manifest));
  TK_TRY(auto now, before(s, args));
  if (now.version != was.version || recipients_of(manifest) != to)
    return fail(Code::vault_conflict,
                "somebody changed " + was.ref.str() + " or its recipients first",
                "look at it and run the command again");
  if (now.secret) TK_CHECK(check(manifest, *now.secret));
  attributes["version"] = std::to_string(place.version);
  attributes["value"] = sealed.value;
  if (!keep) attributes["set-at"] = clock::rfc3339(clock::now_ns());
  Edit edited;
  if (now.secret) {
    TK_TRY(edited, edit(*desk, *now.secret, attributes, "rotate"));
    for (const auto& [name, value] : attributes) now.secret->declared.attributes[name] = value;
  } else {
    std::vector<std::pair<std::string, std::string>> list(attributes.begin(), attributes.end());
    auto path = workspace::entity_path(was.ref);
    if (path.empty())
      return fail(Code::cli_usage, "no secret can stand in " + was.ref.context,
                  "a galaxy, a system of it, or a space of that: --context acme.web");
    auto content = workspace::write_entity(was.ref, place.id, list);
    edited = {{path, content},
              change_for(s, was.ref, place.id, path, attributes_in(path, content, was.ref))};
    now.secret.emplace();
    now.secret->declared.attributes = attributes;
    now.secret->file = path;
  }
  edited.change.input.emplace("value_version", place.version);
  now.secret->declared.place = place;
  std::erase_if(now.secret->declared.attributes, [](const auto& a) { return a.second.empty(); });
  manifest.put(place, vault::digest_of(now.secret->declared), to, keep);
  auto file = now.secret->file;
  TK_TRY(auto seq, commit(*desk, broker, std::move(manifest), {std::move(edited)},
                          "vault: set " + was.ref.str()));
  if (args.json())
    cli::print(json::pretty(Value::Map{{"ref", was.ref.str()},
                                       {"version", place.version},
                                       {"mode", mode},
                                       {"file", file},
                                       {"seq", seq}}) +
               "\n");
  else
    cli::print(was.ref.str() + "  version " + std::to_string(place.version) + ", mode " + mode +
               "  " + file + "\n");
  return Exit::ok;
}

}  // namespace tk::tools::vault_tool
