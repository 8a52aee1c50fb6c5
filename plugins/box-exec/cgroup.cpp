// The memory and the processes of a box as a whole, where root finds cgroups (version 2, or the controllers of version 1).
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "plugins/box-exec/box.hpp"

namespace tk::box_exec {
namespace {

constexpr const char* kTop = "/sys/fs/cgroup";
constexpr std::string_view kName = "tk-box-";

bool put(const std::string& path, const std::string& text) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool done = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  return done;
}

// Those of boxes whose box-exec was killed.
void sweep(const std::string& parent) {
  DIR* folder = ::opendir(parent.c_str());
  if (!folder) return;
  while (auto* entry = ::readdir(folder))
    if (std::string_view name = entry->d_name; name.starts_with(kName) && ::access(("/proc/" + std::string(name.substr(kName.size()))).c_str(), F_OK) != 0)
      ::rmdir((parent + "/" + entry->d_name).c_str());
  ::closedir(folder);
}

// A group in which `file` says `limit`; false where there is none of the kind.
bool limit(std::vector<std::string>& groups, const std::string& parent, const char* file, std::uint64_t limit) {
  auto group = parent + "/" + std::string(kName) + std::to_string(::getpid());
  if (groups.empty() || groups.back() != group) {
    sweep(parent);
    ::rmdir(group.c_str());  // of another one that had our number
    if (::mkdir(group.c_str(), 0700) != 0) return false;
    groups.push_back(group);
  }
  return put(group + "/" + file, std::to_string(limit));
}

}  // namespace

Groups make_groups(const Box& box) {
  Groups out;
  auto amount = [&](const char* name) { return box.limits.contains(name) ? box.limits.at(name) : std::uint64_t{0}; };
  auto memory = amount("total"), processes = amount("nproc");
  if (memory == 0) return out;  // making one and going in costs 6 ms
  bool two = ::access((std::string(kTop) + "/cgroup.controllers").c_str(), F_OK) == 0;
  std::string top = kTop;
  if (two) put(top + "/cgroup.subtree_control", "+memory +pids");
  bool kept = box.own_account && limit(out.folders, two ? top : top + "/memory", two ? "memory.max" : "memory.limit_in_bytes", memory);
  if (kept && two) put(out.folders.back() + "/memory.swap.max", "0");
  if (!kept) {
    auto why = box.own_account ? std::strerror(errno) : "only root has one";
    remove(out);
    throw Refusal{"limits", std::string("total-memory needs a cgroup: ") + why};
  }
  // Process 1 is one more. Where there is no such group the limit of the account's processes has to do (RLIMIT_NPROC).
  out.counts = processes != 0 && limit(out.folders, two ? top : top + "/pids", "pids.max", processes + 1);
  return out;
}

void enter(const Groups& groups, int pid) {
  for (const auto& folder : groups.folders)
    if (!put(folder + "/cgroup.procs", std::to_string(pid))) refuse("limits", "enter " + folder);
}

void remove(const Groups& groups) {
  for (const auto& folder : groups.folders) ::rmdir(folder.c_str());
}

}  // namespace tk::box_exec
