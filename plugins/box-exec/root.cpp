// The root of a box: a small tmpfs with the paths that it may see, each a mount of its own, read-only where it may not
// write. Nothing of the machine's other mounts stays: no socket of /run, no other's /tmp, no device.
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "plugins/box-exec/box.hpp"

namespace tk::box_exec {
namespace {

constexpr const char* kLayer = "mount";
constexpr const char* kDevices[] = {"null", "zero", "full", "random", "urandom", "tty"};

int open_plain(const std::string& path) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how));
}

struct Part {
  std::string path;
  int fd;
  bool folder;
};

// A copy of the mount that a path lies on, from there down.
Part copy_of(const std::string& path, std::uint64_t attributes) {
  int at = open_plain(path);
  if (at < 0) refuse(kLayer, path);
  struct stat st {};
  if (::fstat(at, &st) != 0) refuse(kLayer, path);
  int fd = static_cast<int>(::syscall(SYS_open_tree, at, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH));
  if (fd < 0) refuse(kLayer, "open_tree " + path);
  ::close(at);
  mount_attr attr{};
  attr.attr_set = attributes;
  if (::syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) != 0) refuse(kLayer, "mount_setattr " + path);
  return {path, fd, S_ISDIR(st.st_mode)};
}

void make_folders(const std::string& path) {
  for (std::size_t at = 1; (at = path.find('/', at)) != path.npos; ++at)
    if (::mkdir(path.substr(0, at).c_str(), 0755) != 0 && errno != EEXIST) refuse(kLayer, "mkdir " + path.substr(0, at));
}

void put(const Part& part) {
  auto place = part.path.substr(1);  // below the new root, where this process stands
  struct stat st {};
  if (::lstat(place.c_str(), &st) != 0) {
    make_folders(place);
    int made = part.folder ? ::mkdir(place.c_str(), 0755) : ::open(place.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (made < 0) refuse(kLayer, "make " + part.path);
    if (!part.folder) ::close(made);
  }
  if (::syscall(SYS_move_mount, part.fd, "", AT_FDCWD, place.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) refuse(kLayer, "move_mount " + part.path);
  ::close(part.fd);
}

void tmpfs(const char* path, const Box& box, std::uint64_t bytes) {
  make_folders(path);
  if (::mkdir(path, 0755) != 0 && errno != EEXIST) refuse(kLayer, path);
  auto uid = box.own_account ? box.uid : ::getuid(), gid = box.own_account ? box.gid : ::getgid();
  auto options = "mode=0700,nr_inodes=200k,size=" + std::to_string(bytes) + ",uid=" + std::to_string(uid) + ",gid=" + std::to_string(gid);
  if (::mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) refuse(kLayer, std::string("tmpfs on ") + path);
}

// Nothing can be made in it any more, but in the mounts below it.
void close_folder(const std::string& path, const std::string& what) {
  mount_attr attr{};
  attr.attr_set = MOUNT_ATTR_RDONLY;
  if (::syscall(SYS_mount_setattr, AT_FDCWD, path.c_str(), 0, &attr, sizeof attr) != 0) refuse(kLayer, what);
}

}  // namespace

void make_root(const Box& box) {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) refuse(kLayer, "make / private");
  // All copies are taken before anything is covered.
  std::vector<Part> parts, devices;
  for (const auto& [path, use] : box.paths) {
    std::uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (use != Use::write) attributes |= MOUNT_ATTR_RDONLY;
    if (use == Use::read) attributes |= MOUNT_ATTR_NOEXEC;
    parts.push_back(copy_of(path, attributes));
  }
  for (const char* name : kDevices) devices.push_back(copy_of(std::string("/dev/") + name, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
  // Any folder that is always there will do: what is on it is covered, and goes with the old root.
  constexpr const char* kNew = "/proc";
  auto proc = ::syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
  if (proc < 0 || ::syscall(SYS_fsconfig, proc, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) refuse(kLayer, "a /proc of its own");
  auto mounted = ::syscall(SYS_fsmount, proc, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY);
  if (mounted < 0) refuse(kLayer, "a /proc of its own");
  if (::mount("tmpfs", kNew, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m") != 0 || ::chdir(kNew) != 0) refuse(kLayer, "a new root");
  auto limit = box.limits.find("tmp");
  auto room = limit == box.limits.end() ? std::uint64_t{512} << 20 : limit->second;
  tmpfs("tmp", box, room);
  auto below_hidden = [&](const std::string& path) {
    return std::any_of(box.hidden.begin(), box.hidden.end(), [&](const auto& h) { return path.starts_with(h + "/"); });
  };
  for (const auto& part : parts)
    if (!below_hidden(part.path)) put(part);
  for (const auto& path : box.hidden)
    if (::mount("tmpfs", path.c_str() + 1, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0555,size=4k") != 0) refuse(kLayer, "hide " + path);
  for (const auto& part : parts)
    if (below_hidden(part.path)) put(part);
  for (const auto& path : box.hidden) close_folder(path.substr(1), "hide " + path);
  for (const auto& device : devices) put(device);
  tmpfs("dev/shm", box, room);
  put({"/proc", static_cast<int>(mounted), true});
  ::close(static_cast<int>(proc));
  auto links = box.links;
  for (auto [target, path] :
       {std::pair("/proc/self/fd", "/dev/fd"), std::pair("/proc/self/fd/0", "/dev/stdin"), std::pair("/proc/self/fd/1", "/dev/stdout"),
        std::pair("/proc/self/fd/2", "/dev/stderr"), std::pair("/tmp", "/var/tmp")})
    links.emplace_back(target, path);
  for (const auto& [target, path] : links) {
    make_folders(path.substr(1));
    if (::symlink(target.c_str(), path.c_str() + 1) != 0 && errno != EEXIST) refuse(kLayer, "link " + path);
  }
  if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 || ::chdir("/") != 0) refuse(kLayer, "go into the new root");
  close_folder("/", "close the new root");
}

void bring_up_loopback() {
  int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  request.ifr_name[0] = 'l', request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (fd < 0 || ::ioctl(fd, SIOCSIFFLAGS, &request) != 0) refuse("net", "bring up the loopback");
  ::close(fd);
}

}  // namespace tk::box_exec
