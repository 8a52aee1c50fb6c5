#include "core/os/output_file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

tl::unexpected<Error> failed(std::string_view what, std::string_view path) { return fail(errno_error(errno, what, path)); }

bool faulty(const char* point) {
  int number = fault_errno(fault(point));
  if (number) errno = number;
  return number != 0;
}

std::string parent(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path, unsigned mode) {
  if (faulty("os.open")) return failed("create", path);
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return failed("create", path);
  return OutputFile(path, fd);
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> OutputFile::write(std::string_view bytes) {
  auto written = write_all(fd_, bytes);
  if (!written) written.error().message += " (" + path_ + ")";
  return written;
}

Result<void> OutputFile::finish() {
  if (faulty("os.fsync") || ::fsync(fd_) != 0) return failed("flush", path_);
  ::close(fd_);
  fd_ = -1;
  return {};
}

Result<void> put_at(const std::string& from, const std::string& to, Code taken) {
  int fd = ::open(parent(to).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open", parent(to));
  auto carry_out = [&]() -> Result<void> {
    if (faulty("os.fsync") || ::syncfs(fd) != 0) return failed("flush", from);
    if (::rmdir(to.c_str()) != 0 && errno != ENOENT) return fail(taken, to + " is there already", "name a place where nothing stands");
    if (faulty("os.rename")) return failed("rename to", to);
    int rc = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
    if (rc != 0 && errno == EINVAL && !exists(to)) rc = ::rename(from.c_str(), to.c_str());  // a file system without it
    if (rc != 0)
      return errno == EEXIST ? Result<void>(fail(taken, to + " is there already", "name a place where nothing stands")) : failed("rename to", to);
    if (faulty("os.fsync") || ::fsync(fd) != 0) return failed("flush", parent(to));
    return {};
  };
  auto done = carry_out();
  ::close(fd);
  return done;
}

}  // namespace tk::os
