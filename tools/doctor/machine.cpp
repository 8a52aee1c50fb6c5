#include "core/base/text.hpp"
#include "core/box/box.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"
#include "core/os/process.hpp"
#include "core/os/terminal.hpp"
#include "tools/doctor/checks.hpp"

namespace tk::tools::doctor_tool {
namespace {

using State = Finding::State;

void programs(std::vector<Finding>& out) {
  struct Program {
    const char* name;
    const char* why;
  };
  static constexpr Program kWanted[] = {
      {"git", "people commit with it"},
      {"less", "long output is shown with it"},
      {"bandit", "the code review finds more in Python with it"},
      {"cppcheck", "the code review finds more in C with it"},
      {"flawfinder", "the code review finds more in C with it"},
      {"shellcheck", "the code review finds more in shell scripts with it"}};
  std::string missing, found;
  for (const auto& p : kWanted) {
    if (!os::find_in_path(p.name).empty()) {
      found += (found.empty() ? "" : ", ") + std::string(p.name);
      continue;
    }
    out.push_back({State::missing, std::string(p.name) + " is not installed: " + p.why,
                   "apt-get install " + std::string(p.name)});
  }
  if (!found.empty()) out.push_back({State::ok, "installed: " + found, ""});
}

void folders(std::vector<Finding>& out) {
  auto path = os::environment("PATH");
  for (auto part : text::split(path, ':')) {
    std::string folder(part);
    if (!folder.starts_with('/')) {
      out.push_back({State::unsafe, "PATH holds " + (folder.empty() ? "an empty entry" : "\"" + folder + "\"") +
                                        ": programs of whatever folder one is in would be run",
                     "take it out of PATH (tk itself never looks there)"});
      continue;
    }
    auto rights = os::rights_of(folder);
    if (rights.exists && rights.others_write)
      out.push_back({State::unsafe, folder + " of PATH can be written by others", "chmod go-w " + folder});
  }
  auto own = os::self_path();
  std::vector<std::string> commands{own.substr(0, own.rfind('/'))};
  commands.push_back(commands[0] + "/plugins");
  if (auto home = os::environment("HOME"); home.starts_with('/')) {
    commands.push_back(home + "/.local/libexec/tk");
    commands.push_back(home + "/.local/libexec/tk/plugins");
  }
  bool safe = true;
  for (const auto& folder : commands) {
    auto rights = os::rights_of(folder);
    if (!rights.exists || (!rights.others_write && rights.mine)) continue;
    safe = false;
    out.push_back({State::unsafe, folder + " holds tk's programs and can be written by others", "chmod go-w " + folder});
  }
  if (safe) out.push_back({State::ok, "tk's own programs can be changed by their owner only", ""});
}

}  // namespace

void look_at_machine(std::vector<Finding>& out) {
  programs(out);
  folders(out);
  if (os::is_root())
    out.push_back({State::unsafe, "you are root, and so is every agent's program that a workflow starts: only tk run gives it an account and a box",
                   "work as an ordinary user"});
  else
    out.push_back({State::note, "agents' programs that a workflow starts run as you, with limits but without a boundary: only tk run has one",
                   "start only agents that you would start by hand (SECURITY.md)"});
}

Value::Map look_at_box(std::vector<Finding>& out) {
  Value::Map layers;
  auto found = box::layers_here();
  if (!found) {
    out.push_back({State::missing, "tk run has no box here: " + found.error().message, "it refuses to run without; --allow-missing LAYER where law lets you"});
    return layers;
  }
  std::string words;
  for (const auto& layer : *found) {
    layers.emplace(layer.name, layer.state);
    words += (words.empty() ? "" : ", ") + layer.name + " " + layer.state;
  }
  out.push_back({State::ok, "a box has: " + words, ""});
  return layers;
}

}  // namespace tk::tools::doctor_tool
