// Landlock (Documentation/userspace-api/landlock.rst): the paths of a box once more, held by the kernel on what a file
// is and not on how its mount stands. What an older version lacks (truncate: 3, ioctl of devices: 5) the read-only mounts hold.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "plugins/box-exec/box.hpp"

namespace tk::box_exec {
namespace {

// linux/landlock.h of Debian 12 knows version 2 only.
struct RulesetAttr {
  std::uint64_t fs, net, scoped;
};
struct [[gnu::packed]] PathAttr {
  std::uint64_t allowed;
  std::int32_t fd;
};
constexpr std::uint64_t kExecute = 1 << 0, kWriteFile = 1 << 1, kReadFile = 1 << 2, kReadDir = 1 << 3, kAllOf1 = (1 << 13) - 1, kRefer = 1 << 13,
                        kTruncate = 1 << 14, kIoctlDev = 1 << 15;
constexpr std::uint64_t kOfFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev;

std::uint64_t handled(int version) {
  return kAllOf1 | (version >= 2 ? kRefer : 0) | (version >= 3 ? kTruncate : 0) | (version >= 5 ? kIoctlDev : 0);
}

void allow(int ruleset, const std::string& path, std::uint64_t rights) {
  int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  struct stat st {};
  if (fd < 0 || ::fstat(fd, &st) != 0) refuse("landlock", path);
  PathAttr attr{S_ISDIR(st.st_mode) ? rights : rights & kOfFiles, fd};
  if (::syscall(SYS_landlock_add_rule, ruleset, 1, &attr, 0) != 0) refuse("landlock", path);
  ::close(fd);
}

}  // namespace

int landlock_version() {
  auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1);
  return version < 0 ? 0 : static_cast<int>(version);
}

void restrict_files(const Box& box) {
  int version = landlock_version();
  auto all = handled(version);
  RulesetAttr attr{all, 0, 0};
  // Signals and abstract sockets (6): the namespaces hold them too.
  if (version >= 6) attr.scoped = 3;
  auto size = version >= 6 ? sizeof attr : version >= 4 ? 16 : 8;
  int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attr, size, 0));
  if (ruleset < 0) refuse("landlock", "make a ruleset");
  constexpr auto kRead = kReadFile | kReadDir, kExec = kRead | kExecute;
  for (const auto& [path, use] : box.paths) allow(ruleset, path, use == Use::write ? all & ~kIoctlDev : use == Use::exec ? kExec : kRead);
  allow(ruleset, "/", kReadDir);
  allow(ruleset, "/proc", kRead);
  allow(ruleset, "/dev", (kRead | kWriteFile | kTruncate | kIoctlDev) & all);
  for (const char* own : {"/tmp", "/dev/shm"}) allow(ruleset, own, all & ~kIoctlDev);
  if (::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) refuse("landlock", "take it on");
  ::close(ruleset);
}

}  // namespace tk::box_exec
