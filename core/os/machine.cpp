#include "core/os/machine.hpp"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"

namespace tk::os {

std::string remote_file_system(const std::string& path) {
  struct statfs fs{};
  if (::statfs(path.c_str(), &fs) != 0) return {};
  struct Known {
    std::uint64_t magic;
    const char* name;
  };
  // statfs(2) names the numbers.
  static constexpr Known kRemote[] = {{0x6969, "nfs"},      {0x517b, "smb"},        {0xff534d42, "cifs"},
                                      {0xfe534d42, "smb2"}, {0x65735546, "fuse"},   {0x01021997, "9p"},
                                      {0x00c36400, "ceph"}, {0x5346414f, "openafs"}, {0x7461636f, "ocfs2"}};
  for (const auto& known : kRemote)
    if (static_cast<std::uint64_t>(fs.f_type) == known.magic) return known.name;
  return {};
}

std::int64_t free_bytes(const std::string& path) {
  struct statvfs fs{};
  if (::statvfs(path.c_str(), &fs) != 0) return -1;
  return static_cast<std::int64_t>(fs.f_bavail) * static_cast<std::int64_t>(fs.f_frsize);
}

Result<std::int64_t> flush_ns(const std::string& folder) {
  auto path = folder + "/flush-XXXXXX";
  int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return fail(errno_error(errno, "create", path));
  ::unlink(path.c_str());
  std::array<std::int64_t, 5> took{};
  char bytes[4096] = {};
  for (auto& each : took) {
    auto began = clock::monotonic_ns();
    if (::write(fd, bytes, sizeof bytes) < 0 || ::fdatasync(fd) != 0) {
      int number = errno;
      ::close(fd);
      return fail(errno_error(number, "flush", folder));
    }
    each = clock::monotonic_ns() - began;
  }
  ::close(fd);
  std::sort(took.begin(), took.end());
  return took[2];
}

Rights rights_of(const std::string& path) {
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0) return {};
  // A sticky folder (/tmp) lets others write, but not take away.
  bool sticky = S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX);
  return {true, st.st_uid == ::getuid() || st.st_uid == 0, st.st_uid == 0, (st.st_mode & 077) != 0,
          (st.st_mode & 022) != 0 && !sticky};
}

Result<void> make_private(const std::string& path) {
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0 || ::chmod(path.c_str(), st.st_mode & 0700) != 0)
    return fail(errno_error(errno, "change the mode of", path));
  return {};
}

std::optional<Account> account_of(std::uint32_t uid) {
  passwd entry{}, *found = nullptr;
  char buffer[16384];
  if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || !found) return std::nullopt;
  Account out{entry.pw_name, entry.pw_dir, entry.pw_gid, {}};
  std::vector<gid_t> groups(256);
  int n = static_cast<int>(groups.size());
  if (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &n) < 0) n = 0;  // in more than that: in none
  groups.resize(static_cast<std::size_t>(n));
  for (auto group : groups)
    if (group != entry.pw_gid && group != 0) out.groups.push_back(group);
  return out;
}

bool is_root() { return ::geteuid() == 0; }

}  // namespace tk::os
