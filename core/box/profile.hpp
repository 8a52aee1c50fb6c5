// A box profile: profiles/NAME.toml, or one of those that tk brings (build, read-only, step, borrow). Who may use it law says
// (box.run on box:CONTEXT/NAME); an agent cannot choose what law does not grant.
//
//   read = ["/opt/sdk"]     exec = ["/opt/sdk/bin"]     write = ["/srv/cache"]
//   read-only = true                       what law lets the agent write it only sees
//   network = "none"                       none, or proxy: law is asked for each host (box.connect on host:GALAXY/NAME/PORT)
//   unix-sockets = true                    programs may use them; one in a folder of the box may be a way out of it
//   missing = ["ipc"]                      layers that a box of it may lack: landlock, net, ipc, uts, cgroup; or
//                                          "box": where no box can be had a step of a workflow runs without one
//   [limits]                               of each process, but processes and tmp of the box
//   processes = 512
//   open-files = 4096
//   file-size = 1073741824                 bytes
//   memory = 0                             bytes of address space; 0: no limit
//   cpu = 0                                seconds
//   tmp = 536870912                        bytes of /tmp
//   total-memory = 0                       bytes of all its processes and its /tmp; only where root finds cgroups
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::box {

struct Profile {
  std::string name;
  std::vector<std::string> read, exec, write;
  bool read_only = false, unix_sockets = false, proxy = false;
  std::set<std::string> missing;
  std::map<std::string, std::uint64_t> limits;  // as box-exec calls them; without those that are 0
};

Result<Profile> read_profile(const std::string& name, std::string_view text, const std::string& file);
// Of tk itself; nothing where it has none of that name.
Result<Profile> own_profile(const std::string& name);
bool may_be_missing(std::string_view layer);
inline constexpr std::string_view kOfSteps = "step";  // what a step of a workflow has, by its right to be one
inline constexpr std::string_view kOfLent = "borrow";  // what the tool of a lent secret has
inline constexpr std::string_view kWhole = "box";  // of `missing`: the box as a whole, for steps of a workflow

}  // namespace tk::box
