#include "core/os/shred.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

Result<void> overwrite(int fd, const std::string& path) {
  struct stat st{};
  if (::fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return fail(errno_error(EINVAL, "overwrite", path));
  std::string zeros(4096, '\0');
  for (off_t at = 0; at < st.st_size;) {
    auto left = static_cast<std::size_t>(st.st_size - at);
    auto n = ::pwrite(fd, zeros.data(), std::min(left, zeros.size()), at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_error(errno, "overwrite", path));
    at += n;
  }
  if (::fsync(fd) != 0) return fail(errno_error(errno, "flush", path));
  return {};
}

}  // namespace

Result<void> shred_file(const std::string& path) {
  int fd = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT ? Result<void>{} : fail(errno_error(errno, "open", path));
  auto done = overwrite(fd, path);
  ::close(fd);
  TK_CHECK(done);
  fault("shred.overwritten");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(errno_error(errno, "remove", path));
  auto folder = path.substr(0, path.rfind('/'));
  fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(errno_error(errno, "open", folder));
  bool flushed = ::fsync(fd) == 0;
  int why = errno;
  ::close(fd);
  return flushed ? Result<void>{} : fail(errno_error(why, "flush", folder));
}

}  // namespace tk::os
