#include "core/os/watch.hpp"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::os {

Result<Watch> Watch::start() {
  int number = fault_errno(fault("os.inotify"));
  int fd = number ? -1 : ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return fail(errno_error(number ? number : errno, "watch", "folders"));
  return Watch(fd);
}

Watch::~Watch() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Watch::add(const std::string& folder) {
  constexpr std::uint32_t kWhat = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR;
  if (::inotify_add_watch(fd_, folder.c_str(), kWhat) < 0) return fail(errno_error(errno, "watch", folder));
  return {};
}

void Watch::clear() {
  char buffer[4096];
  while (::read(fd_, buffer, sizeof buffer) > 0) {
  }
}

Result<Bell> Bell::make() {
  int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return fail(errno_error(errno, "make", "an event"));
  return Bell(fd);
}

Bell::~Bell() {
  if (fd_ >= 0) ::close(fd_);
}

void Bell::ring() const {
  std::uint64_t one = 1;
  auto ignored = ::write(fd_, &one, sizeof one);
  static_cast<void>(ignored);
}

}  // namespace tk::os
