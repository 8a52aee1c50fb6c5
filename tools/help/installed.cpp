#include "tools/help/installed.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "commands.hpp"  // generated: tk_tool in CMakeLists.txt
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"

namespace tk::tools::help_tool {
namespace {

std::string libexec() {
  auto own = os::self_path();
  return own.substr(0, own.rfind('/'));
}

// The folders that hold commands, in the driver's order.
std::vector<std::string> folders() {
  std::vector<std::string> out{libexec()};
  if (auto home = os::environment("HOME"); home.starts_with('/')) out.push_back(home + "/.local/libexec/tk");
  auto path = os::environment("PATH");
  for (auto part : text::split(path, ':'))
    if (part.starts_with('/')) out.emplace_back(part);
  return out;
}

// tk-NAME.json beside the command, or share/tk/commands/NAME.json of its prefix.
std::string manifest_for(const std::string& folder, const std::string& name) {
  auto beside = folder + "/tk-" + name + ".json";
  if (os::exists(beside)) return beside;
  for (std::string_view tail : {"/libexec/tk", "/bin", "/sbin"}) {
    if (!folder.ends_with(tail)) continue;
    auto shared = folder.substr(0, folder.size() - tail.size()) + "/share/tk/commands/" + name + ".json";
    if (os::exists(shared)) return shared;
  }
  return {};
}

const Command* own_command(const std::string& name) {
  const auto* at = std::find_if(std::begin(kCommands), std::end(kCommands), [&](const Command& c) { return c.name == name; });
  return at == std::end(kCommands) ? nullptr : at;
}

bool is_program(const std::string& path) { return ::access(path.c_str(), X_OK) == 0 && !os::is_directory(path); }

// `first`: the folder of tk's own; only there a command is one of them.
Installed found(const std::string& folder, const std::string& name, bool first) {
  return {name, folder + "/tk-" + name, manifest_for(folder, name), first && own_command(name), false};
}

}  // namespace

std::vector<Installed> installed() {
  std::vector<Installed> out;
  std::set<std::string> seen, looked;
  for (const auto& folder : folders()) {
    bool first = looked.empty();
    if (!looked.insert(folder).second) continue;
    auto names = os::list_directory(folder, "tk-");
    if (!names) continue;
    for (const auto& file : *names) {
      if (file.size() < 4 || file.find('.') != file.npos || !is_program(folder + "/" + file)) continue;
      out.push_back(found(folder, file.substr(3), first));
      out.back().shadowed = !seen.insert(out.back().name).second;
    }
  }
  return out;
}

std::optional<Installed> find_command(const std::string& name) {
  if (name.empty() || name.find_first_of("./") != name.npos) return {};
  auto all = folders();
  for (const auto& folder : all)
    if (is_program(folder + "/tk-" + name)) return found(folder, name, &folder == &all.front());
  return {};
}

void become(const Installed& command, const std::vector<std::string>& words) {
  std::vector<std::string> own{command.path, "__complete", "--"};
  own.insert(own.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (auto& word : own) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(command.path.c_str(), argv.data());
}

std::string own_summary(const std::string& name) {
  const auto* c = own_command(name);
  return c ? c->summary : "";
}

Result<cli::Manifest> manifest_of(const Installed& c) {
  if (c.manifest.empty())
    return fail(Code::cli_manifest, "tk-" + c.name + " (" + c.path + ") has no manifest, and is not started to ask",
                "run it with -h yourself; its author can add one: man tk-plugin, A command's manifest");
  TK_TRY(auto manifest, cli::read_manifest(c.manifest));
  if (manifest.command.name != c.name)
    return fail_at(Code::cli_manifest, {c.manifest, 0, 0}, "it names " + manifest.command.name + ", not " + c.name);
  return manifest;
}

std::string share() { return libexec() + "/../../share/tk"; }

std::vector<std::string> topics() {
  auto files = os::list_directory(share() + "/topics");
  std::vector<std::string> out;
  if (files)
    for (const auto& f : *files)
      if (f.ends_with(".md")) out.push_back(f.substr(0, f.size() - 3));
  return out;
}

Result<std::string> topic(const std::string& name) {
  TK_TRY(auto text, os::read_file(share() + "/topics/" + name + ".md", 1u << 20));
  constexpr std::string_view kMark = "@exit-codes@\n";
  if (auto at = text.find(kMark); at != text.npos) {
    std::string table;
    for (const auto& e : exit_table()) table += "- " + std::to_string(e.status) + ": " + std::string(e.meaning) + "\n";
    text.replace(at, kMark.size(), table + "- 128+n: ended by signal n, clean\n");
  }
  return text;
}

}  // namespace tk::tools::help_tool
