// What one program of an agent may see and do, and the program that makes it so: plugins/box-exec, whose box.hpp has the
// format. A box fails closed: a layer that cannot be had is Code::box_layer, and nothing was started.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/os/process.hpp"

namespace tk::box {

// Each has the ones before it: what a program builds it may run.
enum class Use { read, exec, write };

struct Box {
  std::uint32_t uid = 0, gid = 0;                          // 0: the caller's, in a user namespace
  std::map<std::string, Use> paths;                        // absolute, without symlinks
  std::set<std::string> hidden;                            // folders below those, which are empty in it
  std::vector<std::pair<std::string, std::string>> links;  // target, path
  bool proxy = false;
  std::map<std::string, std::uint64_t> limits;  // nproc, nofile, fsize, as, cpu, tmp
  std::set<std::string> missing;                // layers that may be missing
  std::string directory = "/";
  std::vector<std::string> environment, command;

  std::string text() const;  // as box-exec reads it
};

struct Layer {
  std::string name, state;  // "landlock" "7", "net" "own", "ipc" "missing"
};

// A box whose program runs. Ends with this.
class Running {
 public:
  // Standard input, output and error are this process's. box_layer, box_command; os_spawn.
  static Result<Running> start(const Box& box);
  const std::vector<Layer>& layers() const { return layers_; }
  // The exit status; 128+n when a signal ended it. box_layer where what came behind the start was refused.
  Result<int> wait();

 private:
  explicit Running(os::Child child) : child_(std::move(child)) {}
  Result<bool> hear();  // false at the end

  os::Child child_;
  std::vector<Layer> layers_;
};

}  // namespace tk::box
