#include "core/box/box.hpp"

#include <algorithm>

#include "core/box/paths.hpp"
#include "core/os/file.hpp"
#include "core/os/machine.hpp"

namespace tk::box {
namespace {

const char* word_of(Use use) {
  return use == Use::write ? "write" : use == Use::exec ? "exec" : "read";
}

// Beside tk's own programs only; as root only where nobody but root could have put it.
Result<std::string> program() {
  auto self = os::self_path();
  auto folder = self.substr(0, self.rfind('/')) + "/plugins";
  for (const auto& path : {folder, folder + "/box-exec"}) {
    auto rights = os::rights_of(path);
    if (!rights.exists) return fail(Code::box_layer, "box: " + path + " is missing", "install tk anew");
    if (os::is_root() && (!rights.mine || rights.others_write))
      return fail(Code::box_layer, "box: " + path + " could be changed by others than root", "chown root " + path + "; chmod go-w " + path);
  }
  return folder + "/box-exec";
}

Error error_of(const std::string& words) {
  auto space = words.find(' ');
  auto layer = words.substr(0, space), why = space == words.npos ? "" : words.substr(space + 1);
  if (layer == "command") return {Code::box_command, why, {}, "a program below /usr, or below a path of the profile", nullptr};
  return {Code::box_layer, layer + ": " + why, {}, "nothing was started; tk doctor shows the layers that there are", nullptr};
}

}  // namespace

std::string Box::text() const {
  std::string out;
  auto add = [&](std::string_view key, std::string_view value) { (((out += key) += ' ') += value) += '\0'; };
  add("tk-box", "1");
  if (uid != 0) add("uid", std::to_string(uid)), add("gid", std::to_string(gid));
  for (auto group : groups) add("group", std::to_string(group));
  for (const auto& [path, use] : paths) add(word_of(use), path);
  for (const auto& path : hidden) add("hide", path);
  for (const auto& [target, path] : links) add("link", target + "\n" + path);
  if (proxy) add("network", "proxy");
  if (secrets) add("secrets", "4");
  if (unix_sockets) add("sockets", "unix");
  for (const auto& [name, amount] : limits) add("limit", name + " " + std::to_string(amount));
  for (const auto& layer : missing) add("missing", layer);
  add("dir", directory);
  for (const auto& one : environment) add("env", one);
  for (const auto& one : command) add("arg", one);
  return out + '\0';
}

Result<Running> Running::start(const Box& box, Way way) {
  os::Spawn spawn;
  spawn.inherit_output = true;
  TK_TRY(auto out, launch(box, std::move(spawn), std::move(way)));
  os::hand_signals_to(out.child_.pid());
  return out;
}

Result<Running> Running::start(const Box& box, os::Spawn pipes, Way way) {
  bool ours = pipes.passed >= 0;  // it stands for this process
  TK_TRY(auto out, launch(box, std::move(pipes), std::move(way)));
  if (ours) os::hand_signals_to(out.child_.pid(), true);
  return out;
}

Result<Running> Running::launch(const Box& box, os::Spawn spawn, Way way) {
  TK_TRY(auto path, program());
  spawn.argv = {path, "--fd", "3"};
  spawn.control = true;
  TK_TRY(auto child, os::Child::start(std::move(spawn)));
  child.tell(box.text());
  return Running(std::move(child), std::move(way), box.proxy);
}

Result<void> Running::ready() {
  while (first_ == 0 || (proxied_ && !proxy_)) {
    auto line = child_.hear();
    if (!line) return fail(Code::box_layer, "box: box-exec ended without a word", "nothing was started");
    TK_CHECK(take(*line));
  }
  return {};
}

Result<std::vector<Layer>> layers_here(const std::set<std::string>& missing, bool* lacks) {
  Box box;
  box.missing = missing;
  if (os::is_root()) box.uid = box.gid = 65534;
  add_system(box);
  box.command = {"/usr/bin/true"};
  TK_TRY(auto running, Running::start(box));
  auto there = running.ready();
  if (there) there = running.wait([] { return Result<void>(); }).transform([](int) {});
  if (lacks) *lacks = running.lacks();
  if (!there) return fail(there.error());
  auto out = running.layers();
  // What is always there when a program has begun.
  for (const char* name : {"seccomp", "no_new_privs"}) out.push_back({name, "on"});
  out.insert(out.begin(), {"account", os::is_root() ? "own" : "the caller's, in a user namespace"});
  return out;
}

Result<void> Running::take(const std::string& line) {
  lacks_ = line.starts_with("lacks ");
  if (lacks_ || line.starts_with("refused ")) return fail(error_of(line.substr(line.find(' ') + 1)));
  if (line.starts_with("started ")) first_ = static_cast<pid_t>(std::strtol(line.c_str() + 8, nullptr, 10));
  if (line == "listener") {
    TK_TRY(auto proxy, Proxy::start(child_.take_descriptor(), way_));
    proxy_.emplace(std::move(proxy));
  }
  if (line.starts_with("layer ")) {
    auto words = line.substr(6);
    auto space = words.find(' ');
    layers_.push_back({words.substr(0, space), words.substr(std::min(words.size(), space + 1))});
  }
  return {};
}

Result<void> Running::refusal() {
  while (auto line = child_.hear(0)) TK_CHECK(take(*line));
  return {};
}

Result<int> Running::wait(const std::function<Result<void>()>& look) {
  TK_CHECK(look());
  begin();
  while (!child_.heard_all()) {
    if (way_.turn) way_.turn->unlock();
    auto line = child_.hear(100);
    if (way_.turn) way_.turn->lock();
    if (line) {
      TK_CHECK(take(*line));
    } else {
      TK_CHECK(look());
    }
  }
  std::vector<os::Child*> one{&child_};
  while (!child_.finished()) os::Child::pump(one, -1);
  os::hand_signals_to(0);  // its number may be another's from here on
  return child_.status();
}

}  // namespace tk::box
