// What one program of an agent may see and do, and the program that makes it so: plugins/box-exec, whose box.hpp has the
// format. A box fails closed: a layer that cannot be had is Code::box_layer, and nothing was started.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/box/proxy.hpp"
#include "core/os/process.hpp"

namespace tk::box {

// Each has the ones before it: what a program builds it may run.
enum class Use { read, exec, write };

struct Box {
  std::uint32_t uid = 0, gid = 0;                          // 0: the caller's, in a user namespace
  std::vector<std::uint32_t> groups;                       // of the account
  std::map<std::string, Use> paths;                        // absolute, without symlinks
  std::set<std::string> hidden;                            // folders below those, which are empty in it
  std::vector<std::pair<std::string, std::string>> links;  // target, path
  bool proxy = false;                                      // else it has no way out of its own network
  bool secrets = false;                                    // its program gets more of its environment on os::Spawn::passed
  bool unix_sockets = false;                               // by the name of a file: they pass a read-only mount
  std::map<std::string, std::uint64_t> limits;             // nproc, nofile, fsize, as, cpu, tmp
  std::set<std::string> missing;                           // layers that may be missing
  std::string directory = "/";
  std::vector<std::string> environment, command;

  std::string text() const;  // as box-exec reads it
};

struct Layer {
  std::string name, state;  // "landlock" "7", "net" "own", "ipc" "missing"
};

// What a box has on this machine, found by making one of nothing but /usr. An error names what it cannot have, though not of
// `missing`; `lacks` is whether the kernel does not have that, or not for us. Any other error says nothing about the machine.
Result<std::vector<Layer>> layers_here(const std::set<std::string>& missing = {}, bool* lacks = nullptr);

// A box, whose program waits until it may begin. Ends with this.
class Running {
 public:
  // Standard input, output and error are this process's. box_layer; os_spawn.
  static Result<Running> start(const Box& box, Way way = {});
  // They are pipes, with the input and the limits that `pipes` says.
  static Result<Running> start(const Box& box, os::Spawn pipes, Way way = {});
  // Waits until it is there, which takes some milliseconds. box_layer.
  Result<void> ready();

  // After ready():
  const std::vector<Layer>& layers() const { return layers_; }
  pid_t first() const { return first_; }  // its process 1, as it is seen from outside
  // Lets the program begin and waits for its end: the exit status, 128+n when a signal ended it. Signals that reach this
  // process meanwhile are handed on. `look` is asked ten times a second; what it says ends the box. Between the looks the
  // turn of `way` is free. box_layer, box_command.
  Result<int> wait(const std::function<Result<void>()>& look);

  // The same for who has a loop of its own: begin(), then os::Child::pump of child().
  void begin() { child_.tell("g"); }
  os::Child& child() { return child_; }
  os::Child release() { return std::move(child_); }  // to who holds it from here on; the proxy goes on with this
  bool lacks() const { return lacks_; }  // what was refused: the kernel does not have it
  Result<void> refusal();  // behind the end of child(): why the program was not started, if it was not

 private:
  static Result<Running> launch(const Box& box, os::Spawn spawn, Way way);
  Running(os::Child child, Way way, bool proxied) : child_(std::move(child)), way_(std::move(way)), proxied_(proxied) {}
  Result<void> take(const std::string& line);

  os::Child child_;
  Way way_;
  bool proxied_, lacks_ = false;
  pid_t first_ = 0;
  std::vector<Layer> layers_;
  std::optional<Proxy> proxy_;  // ends before the box does
};

}  // namespace tk::box
