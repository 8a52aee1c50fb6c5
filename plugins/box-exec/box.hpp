// A box: what one program may see and do, as tk wrote it down. Words with NUL bytes behind them, "KEY VALUE" each:
//
//   tk-box 1            the format
//   uid N, gid N, group N…   whom it runs as; without uid: the caller, in a user namespace of its own
//   read PATH           it may look at it: files and folders below
//   exec PATH           and start programs below it
//   write PATH          and change, make and remove what is below
//   hide PATH           a folder below those, which is empty here
//   link TARGET PATH    a symlink of the new root (/bin), with a newline between the two
//   network proxy       a socket that listens in it is handed out; else it has nobody to talk to
//   sockets unix        those too; a pair of them is always to be had
//   limit NAME N        nofile, fsize, as, cpu (rlimits), nproc, tmp (bytes of /tmp) and total (bytes of all processes and /tmp)
//   secrets 4           descriptor 4 is a socket on which the program gets more of its environment, and descriptors from 10 on
//   missing LAYER       may be missing: landlock, net, ipc, uts, cgroup
//   dir PATH            where it starts
//   env NAME=VALUE…     its environment, nothing else
//   arg WORD…           its command
//
// Paths are absolute and hold no symlink, "." or "..". What is not named is not there: the root of the box is made of
// these paths, with a /proc, a /dev and a /tmp of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tk::box_exec {

// A layer that cannot be had: nothing was started.
struct Refusal {
  std::string layer, why;
  bool lacks = false;  // this kernel has it not, or gives it to nobody like us; else something else went wrong
};

// What a path may be used for; each has the ones before it.
enum class Use { read, exec, write };

struct Box {
  std::uint32_t uid = 0, gid = 0;
  bool own_account = false;  // uid and gid were given
  std::vector<gid_t> groups;
  std::map<std::string, Use> paths;  // a parent stands before what is below it
  std::vector<std::string> hidden;
  std::vector<std::pair<std::string, std::string>> links;  // target, path
  bool proxy = false, unix_sockets = false, secrets = false;
  std::map<std::string, std::uint64_t> limits;
  std::set<std::string> missing;
  std::string directory = "/";
  std::vector<std::string> environment, command;
};

Box read_box(std::string_view text);  // throws Refusal{"box", …}

inline constexpr int kLowestLandlock = 2;  // that of Debian 12's kernel
int landlock_version();                    // 0: there is none

// What counts the processes and the memory of the box as a whole (cgroup.cpp).
struct Groups {
  std::vector<std::string> folders;
  bool counts = false;  // the processes
};
Groups make_groups(const Box& box);  // throws Refusal where `total` was asked for and cannot be kept
void enter(const Groups& groups, int pid);
void remove(const Groups& groups);  // when the box is gone

// Inside of the new namespaces. All throw Refusal.
void make_root(const Box& box);  // of the paths alone, and goes there
void bring_up_loopback();
void restrict_files(const Box& box);                                          // Landlock: the same paths once more
void restrict_calls(const Box& box);                                          // seccomp
bool is_lack(int error);  // ENOSPC: of namespaces, where their number is 0
[[noreturn]] void refuse(const std::string& layer, const std::string& what);  // with errno

}  // namespace tk::box_exec
