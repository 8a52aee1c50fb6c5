#include "core/os/file.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <future>
#include <utility>

#include "core/os/beside.hpp"
#include "core/os/fault.hpp"

namespace tk::os {
namespace {

Code code_of(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return Code::os_full;
    case EACCES:
    case EPERM:
      return Code::os_permission;
    case EROFS:
      return Code::os_readonly;
    case ENOENT:
    case ENOTDIR:
      return Code::os_not_found;
    default:
      return Code::os_io;
  }
}

tl::unexpected<Error> failed(std::string_view what, std::string_view path) {
  return fail(errno_error(errno, what, path));
}

// A system call with its fault point: true when the fault stands in for the call's failure.
bool faulty(const char* point) {
  int number = fault_errno(fault(point));
  if (number) errno = number;
  return number != 0;
}

Result<std::string> read_all(int fd, std::string_view path, std::size_t limit) {
  std::string out;
  char buffer[65536];
  for (;;) {
    if (faulty("os.read")) return failed("read", path);
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", path);
    if (n == 0) return out;
    if (out.size() + static_cast<std::size_t>(n) > limit)
      return fail(Code::os_io, "cannot read " + std::string(path) + ": larger than " +
                                   std::to_string(limit >> 20) + " MiB");
    out.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string parent(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_directory(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed("open", path);
  bool bad = faulty("os.fsync") || ::fsync(fd) != 0;
  int number = errno;
  ::close(fd);
  // Some file systems cannot flush a folder; they keep renames in order by themselves.
  if (bad && number != EINVAL && number != ENOTSUP)
    return fail(errno_error(number, "flush", path));
  return {};
}

Result<void> fill(int fd, std::string_view bytes, const std::string& path, bool flush = true) {
  if (auto written = write_all(fd, bytes); !written) {
    auto error = written.error();
    error.message = "cannot write " + path + error.message.substr(error.message.find(": "));
    return fail(error);
  }
  if (flush && (faulty("os.fsync") || ::fsync(fd) != 0)) return failed("flush", path);
  return {};
}

// Fills a file beside the path and renames it there.
Result<void> put_in_place(std::string beside, std::string_view bytes, const std::string& path, unsigned mode, bool flush) {
  beside += ".tk-XXXXXX";
  if (faulty("os.open")) return failed("create", path);
  int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return failed("create", path);
  auto written = fill(fd, bytes, path, flush);
  if (written && ::fchmod(fd, mode) != 0) written = failed("set the mode of", path);
  ::close(fd);
  if (written && (faulty("os.rename") || ::rename(beside.c_str(), path.c_str()) != 0))
    written = failed("rename to", path);
  if (!written) ::unlink(beside.c_str());
  return written;
}

// The names in a folder that is open; "." and ".." left out.
Result<std::vector<std::string>> names_in(int fd, const std::string& path) {
  int again = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* directory = again < 0 ? nullptr : ::fdopendir(again);
  if (!directory) {
    if (again >= 0) ::close(again);
    return failed("open", path);
  }
  std::vector<std::string> out;
  while (auto* entry = ::readdir(directory))
    if (std::string_view name = entry->d_name; name != "." && name != "..") out.emplace_back(name);
  ::closedir(directory);
  return out;
}

int open_folder(int at, const char* name) {
  int fd = ::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 || errno != EACCES) return fd;
  // Whoever made it may have shut it, and may be there yet: the folder itself, not what has its name by then.
  int itself = ::openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (itself < 0) return itself;
  if (::chmod(("/proc/self/fd/" + std::to_string(itself)).c_str(), 0700) == 0) fd = ::openat(itself, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ::close(itself);
  return fd;
}

// Whether it is gone; a folder that holds something is not.
bool removed(int at, const char* name) {
  if (::unlinkat(at, name, 0) == 0 || errno == ENOENT) return true;
  return (errno == EISDIR || errno == EPERM) && (::unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

// However deep it is, three descriptors do: folders of folders are moved up to the top before they are gone through.
Result<void> remove_at(int at, const char* name, const std::string& path) {
  if (removed(at, name)) return {};
  int top = open_folder(at, name);
  if (top < 0) return failed("remove", path);
  Result<void> result;
  std::size_t moved = 0;
  for (bool again = true; again && result;) {
    again = false;
    auto names = names_in(top, path);
    if (!names) result = fail(names.error());
    for (const auto& one : names.value_or(std::vector<std::string>())) {
      if (removed(top, one.c_str())) continue;
      int folder = open_folder(top, one.c_str());
      auto inner = folder < 0 ? Result<std::vector<std::string>>(failed("open", path)) : names_in(folder, path);
      if (!inner) result = fail(inner.error());
      for (const auto& below : inner.value_or(std::vector<std::string>())) {
        if (removed(folder, below.c_str())) continue;
        std::string place;
        do place = ".tk-gone-" + std::to_string(++moved);
        while (::faccessat(top, place.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0);
        if (::renameat(folder, below.c_str(), top, place.c_str()) == 0)
          again = true;
        else
          result = failed("remove", path);
        if (!result) break;
      }
      if (folder >= 0) ::close(folder);
      if (result && !removed(top, one.c_str())) result = failed("remove", path);
      if (!result) break;
    }
  }
  ::close(top);
  if (result && ::unlinkat(at, name, AT_REMOVEDIR) != 0 && errno != ENOENT) return failed("remove", path);
  return result;
}

}  // namespace

Error errno_error(int number, std::string_view what, std::string_view path) {
  Error error;
  error.code = code_of(number);
  error.message = "cannot " + std::string(what) + " " + std::string(path) + ": " + ::strerror(number);
  if (error.code == Code::os_full) error.hint = "free some room and run the command again";
  return error;
}

bool exists(const std::string& path) {
  struct stat st{};
  return ::stat(path.c_str(), &st) == 0;
}

bool is_directory(const std::string& path) {
  struct stat st{};
  return ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

std::int64_t file_size(const std::string& path) {
  struct stat st{};
  return ::stat(path.c_str(), &st) == 0 ? std::int64_t{st.st_size} : 0;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  if (faulty("os.open")) return failed("open", path);
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed("open", path);
  auto out = read_all(fd, path, limit);
  ::close(fd);
  return out;
}

Result<std::string> read_private(const std::string& path, std::size_t limit) {
  if (faulty("os.open")) return failed("open", path);
  int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 && errno == ELOOP) return fail(Code::os_permission, path + " is a symbolic link");
  if (fd < 0) return failed("open", path);
  struct stat st{}, folder{};
  bool known = ::fstat(fd, &st) == 0 && ::stat(parent(path).c_str(), &folder) == 0;
  auto me = ::geteuid();
  std::string wrong;
  if (!known || !S_ISREG(st.st_mode)) wrong = " is not a regular file";
  else if (st.st_uid != me && !(me == 0 && st.st_uid == folder.st_uid)) wrong = " belongs to somebody else";
  else if (st.st_mode & 077) wrong = " may be read by others";
  auto out = wrong.empty() ? read_all(fd, path, limit) : fail(Code::os_permission, path + wrong);
  ::close(fd);
  return out;
}

Result<std::string> read_stdin(std::size_t limit) {
  return read_all(STDIN_FILENO, "standard input", limit);
}

bool InputLines::waiting() const { return read_.find('\n', at_) != read_.npos; }

Result<bool> InputLines::next(std::string& line) {
  constexpr std::size_t kChunk = 1 << 16, kLongest = 16 << 20;
  for (auto from = at_;;) {
    if (auto end = read_.find('\n', from); end != read_.npos || (ended_ && at_ < read_.size())) {
      line.assign(read_, at_, std::min(end, read_.size()) - at_);
      at_ = std::min(end, read_.size() - 1) + 1;
      return true;
    }
    if (ended_) return false;
    if (read_.size() - at_ > kLongest) return fail(Code::os_io, "a line of more than 16 MiB on standard input");
    from = read_.size() - at_;
    read_.erase(0, at_);
    at_ = 0;
    auto had = read_.size();
    read_.resize(had + kChunk);
    auto n = ::read(STDIN_FILENO, read_.data() + had, kChunk);
    read_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0 && errno != EINTR) return fail(errno_error(errno, "read", "standard input"));
    ended_ = n == 0;
  }
}

Result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto f = fault("os.write");
    if (int number = fault_errno(f)) {
      errno = number;
      return failed("write", "output");
    }
    auto ask = f == Fault::short_io ? (bytes.size() + 1) / 2 : bytes.size();
    auto n = ::write(fd, bytes.data(), ask);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write", "output");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<void> write_atomic(const std::string& path, std::string_view bytes, unsigned mode,
                          const std::string& scratch) {
  TK_CHECK(put_in_place(scratch.empty() ? path : scratch + "/unfinished", bytes, path, mode, true));
  return sync_directory(parent(path));
}

namespace {

// A disk that discards what is freed lets each call wait for it: several at once wait together. The first error counts.
constexpr std::size_t kHands = 8;
Result<void> by_hands(const std::function<Result<void>(std::size_t hand)>& work) {
  std::vector<std::future<Result<void>>> others;
  for (std::size_t hand = 1; hand < kHands; ++hand) others.push_back(beside([&work, hand] { return work(hand); }));
  auto out = work(0);
  for (auto& other : others)
    if (auto done = other.get(); out && !done) out = done;
  return out;
}

// What earlier writings of many files replaced.
void remove_replaced(const std::string& scratch) {
  auto names = list_directory(scratch, "replaced.tk-");
  for (const auto& one : names ? *names : std::vector<std::string>()) {
    auto folder = scratch + "/" + one;
    (void)by_hands([&](std::size_t hand) { return remove_tree(folder + "/" + std::to_string(hand)); });
    (void)remove_tree(folder);
  }
}

}  // namespace

Written::Written(const struct stat& st)
    : inode(st.st_ino), modified_ns(std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec) {}

Result<void> write_atomic(std::vector<Content>& files, unsigned mode, const std::string& scratch) {
  auto folder = scratch + "/unfinished.tk-files";
  static std::future<void> removing;
  if (removing.valid()) removing.wait();
  TK_CHECK(remove_tree(folder));
  auto of_hand = [&](std::size_t hand) { return folder + "/" + std::to_string(hand); };
  for (std::size_t hand = 0; hand < kHands; ++hand) TK_CHECK(make_directories(of_hand(hand), 0700));
  int all = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);  // before it is written: it hears of every error
  auto name = [&](std::size_t i) { return of_hand(i % kHands) + "/" + std::to_string(i); };
  auto flush = [&]() -> Result<void> { return all < 0 || ::syncfs(all) != 0 ? failed("flush", scratch) : Result<void>(); };
  auto fill_some = [&](std::size_t hand) -> Result<void> {
    for (auto i = hand; i < files.size(); i += kHands) {
      int fd = faulty("os.open") ? -1 : ::open(name(i).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (fd < 0) return failed("create", files[i].path);
      auto written = fill(fd, files[i].bytes, files[i].path, false);
      struct stat st {};
      if (written && (::fchmod(fd, mode) != 0 || ::fstat(fd, &st) != 0)) written = failed("set the mode of", files[i].path);
      files[i].written = Written(st);
      ::close(fd);
      TK_CHECK(written);
    }
    return {};
  };
  auto fill_all = [&]() -> Result<void> {
    TK_CHECK(by_hands(fill_some));
    // What was flushed before it is renamed over another file is not flushed then, one by one (ext4(5), auto_da_alloc).
    return flush();
  };
  auto rename_all = [&]() -> Result<void> {
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (faulty("os.rename")) return failed("rename to", files[i].path);
      // What stood there is kept: to give the blocks of thousands of files back takes a disk that discards them its time.
      struct stat there {};
      bool file = ::lstat(files[i].path.c_str(), &there) == 0 && S_ISREG(there.st_mode);
      if (!(file && ::renameat2(AT_FDCWD, name(i).c_str(), AT_FDCWD, files[i].path.c_str(), RENAME_EXCHANGE) == 0) &&
          ::rename(name(i).c_str(), files[i].path.c_str()) != 0)
        return failed("rename to", files[i].path);
    }
    return flush();
  };
  auto done = fill_all();
  if (done) done = rename_all();
  if (all >= 0) ::close(all);
  // Under a name that nobody writes to it is removed beside what comes next; whom that outlives, the next one does it for.
  auto replaced = scratch + "/replaced.tk-" + std::to_string(::getpid()) + "-" + std::to_string(::time(nullptr));
  if (!done || ::rename(folder.c_str(), replaced.c_str()) != 0) {
    (void)remove_tree(folder);
    return done;
  }
  removing = beside([scratch] { remove_replaced(scratch); });
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode) {
  return put_in_place(path, bytes, path, mode, false);
}

Result<void> make_directories(const std::string& path, unsigned mode) {
  if (path.empty() || is_directory(path)) return {};
  TK_CHECK(make_directories(parent(path), mode));
  if (faulty("os.mkdir")) return failed("create", path);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return failed("create", path);
  return {};
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
  return {};
}

Result<void> move_folder(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("move", from);
  return {};
}

Result<void> remove_tree(const std::string& path) {
  return remove_at(AT_FDCWD, path.c_str(), path);
}

Result<std::vector<std::string>> list_directory(const std::string& path, std::string_view prefix) {
  DIR* directory = ::opendir(path.c_str());
  if (!directory) return failed("list", path);
  std::vector<std::string> names;
  while (auto* entry = ::readdir(directory)) {
    std::string_view name = entry->d_name;
    if (name != "." && name != ".." && name.starts_with(prefix)) names.emplace_back(name);
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> temporary_directory(std::string_view prefix) {
  const char* base = ::getenv("TMPDIR");
  std::string path = std::string(base && *base == '/' ? base : "/tmp") + "/" + std::string(prefix) +
                     "XXXXXX";
  if (!::mkdtemp(path.data())) return failed("create", path);
  return path;
}

Result<std::string> current_directory() {
  char buffer[PATH_MAX];
  if (!::getcwd(buffer, sizeof buffer)) return failed("name", "the current folder");
  return std::string(buffer);
}

std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  auto here = current_directory();
  if (!here || path == ".") return here.value_or(path);
  return *here + "/" + path;
}

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) ? std::string(buffer) : std::string();
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat one {
  }, other{};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

std::string link_target(const std::string& path) {
  char buffer[PATH_MAX];
  auto n = ::readlink(path.c_str(), buffer, sizeof buffer);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

std::string self_path() {
  char buffer[PATH_MAX];
  auto n = ::readlink("/proc/self/exe", buffer, sizeof buffer);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

Result<Mapping> Mapping::open(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed("open", path);
  struct stat st{};
  Mapping mapping;
  if (::fstat(fd, &st) == 0 && st.st_size > 0) {
    void* at = ::mmap(nullptr, static_cast<std::size_t>(st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
    if (at != MAP_FAILED) {
      mapping.at_ = at;
      mapping.size_ = static_cast<std::size_t>(st.st_size);
    }
  }
  ::close(fd);
  return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : at_(std::exchange(other.at_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(at_, other.at_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (at_) ::munmap(at_, size_);
}

Result<Lock> Lock::take(const std::string& path, Code when_busy) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return failed("open", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    auto holder = read_all(fd, path, 64).value_or("");
    ::close(fd);
    return fail(when_busy, "another tk" + (holder.empty() ? "" : " (pid " + holder + ")") +
                               " is on it");
  }
  auto pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || !write_all(fd, pid)) {
    int number = errno;
    ::close(fd);
    return fail(errno_error(number, "write", path));
  }
  return Lock(fd);
}

Result<Lock> Lock::wait(const std::string& path, Code when_busy) {
  for (int tries = 0;; ++tries) {
    auto lock = take(path, when_busy);
    if (lock || lock.error().code != when_busy || tries >= 3000) return lock;
    ::usleep(10'000);
  }
}

Lock::~Lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tk::os
