// Files. Reading is bounded; writing is atomic: beside the target, flushed, renamed, folder flushed,
// so that a reader sees the old bytes or the new ones. Errors carry the path and errno's words;
// ENOSPC and EDQUOT are os_full (75), EACCES and EPERM os_permission (3), EROFS os_readonly (1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

struct stat;

namespace tk::os {

inline constexpr std::size_t kReadLimit = 256u << 20;

// An Error from errno: "cannot <what> <path>: <reason>".
Error errno_error(int number, std::string_view what, std::string_view path);

bool exists(const std::string& path);
bool is_directory(const std::string& path);
std::int64_t file_size(const std::string& path);  // 0 when there is none
Result<std::string> read_file(const std::string& path, std::size_t limit = kReadLimit);
// A file that only its owner may read, who is the caller (or, for root, the owner of its folder); never through a
// symbolic link. Anything else is os_permission.
Result<std::string> read_private(const std::string& path, std::size_t limit);
Result<std::string> read_stdin(std::size_t limit = kReadLimit);

// Lines of standard input as they come, without their newlines; each at most 16 MiB. The last needs no newline.
class InputLines {
 public:
  Result<bool> next(std::string& line);  // false at the end
  bool waiting() const;                  // another whole line was read already

 private:
  std::string read_;
  std::size_t at_ = 0;
  bool ended_ = false;
};
// `scratch`: a folder of the same file system where the unfinished file stands (else beside the target),
// so that a killed process leaves nothing where people look.
Result<void> write_atomic(const std::string& path, std::string_view bytes, unsigned mode = 0644,
                          const std::string& scratch = {});
// What tells a file that was written from one that somebody put there, or changed, since.
struct Written {
  std::uint64_t inode = 0;  // 0: not known
  std::int64_t modified_ns = 0;
  Written() = default;
  explicit Written(const struct stat& st);
  bool operator==(const Written&) const = default;
};
// The same of many, flushed together: where one cannot be written whole, none is replaced. Each says then what it became.
struct Content {
  std::string path, bytes;
  Written written = {};
};
Result<void> write_atomic(std::vector<Content>& files, unsigned mode, const std::string& scratch);
// The same without a flush: readers see the old bytes or the new ones, a power cut may leave neither. For
// what no other boot of the machine trusts.
Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode = 0644);
Result<void> make_directories(const std::string& path, unsigned mode = 0755);
Result<void> move_folder(const std::string& from, const std::string& to);  // nothing, or an empty folder, stands there
Result<void> remove_file(const std::string& path);
Result<void> remove_tree(const std::string& path);  // never follows a symlink
// The names that begin with the prefix, sorted.
Result<std::vector<std::string>> list_directory(const std::string& path, std::string_view prefix = {});
Result<std::string> temporary_directory(std::string_view prefix);          // 0700
Result<std::string> current_directory();
std::string absolute(const std::string& path);
std::string real_path(const std::string& path);    // without symlinks; empty when it is not there
bool same_file(const std::string& a, const std::string& b);  // one file or folder under two names
std::string link_target(const std::string& path);  // empty when it is no symlink
std::string self_path();  // the running executable, symlinks resolved

// Writes all bytes to a descriptor. A closed pipe is SIGPIPE's affair (see signals.hpp).
Result<void> write_all(int fd, std::string_view bytes);

// Read-only mapping of a whole file; empty when the file is.
class Mapping {
 public:
  static Result<Mapping> open(const std::string& path);
  Mapping() = default;
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();
  std::string_view bytes() const { return {static_cast<const char*>(at_), size_}; }

 private:
  void* at_ = nullptr;
  std::size_t size_ = 0;
};

// flock(2) on a file of its own; dies with the process.
class Lock {
 public:
  // Takes the lock or says who has it: conflict names the pid that stands in the file.
  static Result<Lock> take(const std::string& path, Code when_busy);
  // Waits for it, at most 30 s; then `when_busy`.
  static Result<Lock> wait(const std::string& path, Code when_busy);
  Lock(Lock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace tk::os
