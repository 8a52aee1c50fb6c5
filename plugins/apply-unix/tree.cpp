#include "plugins/apply-unix/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tk::apply_unix {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

void fail_errno(const std::string& what) {
  int error = errno;
  bool again = error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
  bool denied = error == EACCES || error == EPERM;
  throw Failure{again ? kAgain : denied ? kDenied : kFailed, what + ": " + std::strerror(error), false, error};
}

Tree::Tree(const std::string& root) : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), privileged_(geteuid() == 0) {
  if (!root_) fail_errno("cannot open " + root);
}

Fd Tree::open(int folder, std::string_view path, int flags, unsigned mode) const {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  std::string below(path.substr(path.starts_with('/') ? 1 : 0));
  if (below.empty()) below = ".";
  return Fd(static_cast<int>(::syscall(SYS_openat2, folder, below.c_str(), &how, sizeof how)));
}

std::optional<Tree::Place> Tree::find_place(std::string_view path) const {
  auto slash = path.rfind('/');
  Place out{open(root(), path.substr(0, slash), O_RDONLY | O_DIRECTORY), std::string(path.substr(slash + 1))};
  if (out.folder) return out;
  if (errno == ENOENT) return std::nullopt;
  fail_errno("cannot open the folder of " + std::string(path));
}

Tree::Place Tree::place(std::string_view path) const {
  auto out = find_place(path);
  if (!out) throw Failure{kFailed, "there is no folder for " + std::string(path)};
  return std::move(*out);
}

std::optional<struct stat> Tree::status(std::string_view path) const {
  auto where = find_place(path);
  struct stat st {};
  if (!where) return std::nullopt;
  if (::fstatat(where->folder.get(), where->name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return st;
  if (errno == ENOENT) return std::nullopt;
  fail_errno("cannot look at " + std::string(path));
}

std::optional<std::string> Tree::read(std::string_view path, std::size_t limit) const {
  auto fd = open(root(), path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd) {
    if (errno == ENOENT) return std::nullopt;
    fail_errno("cannot read " + std::string(path));
  }
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0) fail_errno("cannot look at " + std::string(path));
  if (!S_ISREG(st.st_mode)) throw Failure{kFailed, std::string(path) + " is no file"};
  std::string out;
  out.reserve(static_cast<std::size_t>(st.st_size) + 1);
  char buffer[1 << 16];
  for (;;) {
    auto n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot read " + std::string(path));
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > limit) throw Failure{kFailed, std::string(path) + " is larger than " + std::to_string(limit >> 20) + " MiB"};
  }
}

void Tree::own(int fd, Owner owner) const {
  if (privileged_ && ::fchown(fd, owner.uid, owner.gid) != 0) fail_errno("cannot give a file to its owner");
  if (::fchmod(fd, owner.mode) != 0) fail_errno("cannot set a mode");
}

void Tree::write_new(const Place& place, std::string_view content, Owner owner, Flush flush) const {
  auto name = new_name(place.name);
  drop(place);
  Fd fd(::openat(place.folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) fail_errno("cannot write beside " + place.name);
  while (!content.empty()) {
    auto n = ::write(fd.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot write " + place.name);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  own(fd.get(), owner);
  if (flush == Flush::now && ::fsync(fd.get()) != 0) fail_errno("cannot flush " + place.name);
}

void Tree::stand_in(const Place& place) const {
  if (::renameat(place.folder.get(), new_name(place.name).c_str(), place.folder.get(), place.name.c_str()) != 0)
    fail_errno("cannot put " + place.name + " in its place");
}

void Tree::drop(const Place& place) const {
  if (::unlinkat(place.folder.get(), new_name(place.name).c_str(), 0) != 0 && errno != ENOENT)
    fail_errno("cannot remove what was beside " + place.name);
}

void Tree::remove(const Place& place) const {
  if (::unlinkat(place.folder.get(), place.name.c_str(), 0) != 0 && errno != ENOENT) fail_errno("cannot remove " + place.name);
}

void Tree::sync(const Place& place) const {
  if (::fsync(place.folder.get()) != 0) fail_errno("cannot flush the folder of " + place.name);
}

void FileSystems::add(const Tree::Place& place) {
  struct stat st {};
  if (::fstat(place.folder.get(), &st) != 0) fail_errno("cannot look at the folder of " + place.name);
  for (const auto& [device, fd] : all_)
    if (device == st.st_dev) return;
  Fd fd(::dup(place.folder.get()));
  if (!fd) fail_errno("cannot keep the folder of " + place.name);
  all_.emplace_back(st.st_dev, std::move(fd));
}

void FileSystems::sync() {
  for (const auto& [device, fd] : all_)
    if (::syncfs(fd.get()) != 0) fail_errno("cannot flush a file system");
  all_.clear();
}

void remove_all(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) fail_errno("cannot remove " + name);
  Fd fd(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail_errno("cannot open " + name);
  int copy = ::dup(fd.get());
  DIR* dir = copy < 0 ? nullptr : ::fdopendir(copy);
  if (!dir) {
    if (copy >= 0) ::close(copy);
    fail_errno("cannot list " + name);
  }
  std::vector<std::string> names;
  while (const auto* entry = ::readdir(dir))
    if (std::string_view n = entry->d_name; n != "." && n != "..") names.emplace_back(n);
  ::closedir(dir);
  for (const auto& n : names) remove_all(fd.get(), n);
  if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) fail_errno("cannot remove " + name);
}

}  // namespace tk::apply_unix
