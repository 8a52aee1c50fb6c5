// The target's tree, reached below one folder only: no symlink is followed, no path leaves it (openat2).
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugins/apply-unix/plan.hpp"

namespace tk::apply_unix {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// errno as a Failure: a full disk and the like may be gone the next time.
[[noreturn]] void fail_errno(const std::string& what);

struct Owner {
  std::uint32_t uid, gid, mode;
};

class Tree {
 public:
  // `privileged`: files get their owners. Otherwise they stay the caller's, and what they would get is left out.
  explicit Tree(const std::string& root);

  // A folder, and the name of the last part in it; the folder must be there.
  struct Place {
    Fd folder;
    std::string name;
  };
  Place place(std::string_view path) const;
  std::optional<Place> find_place(std::string_view path) const;    // without the folder: nothing
  std::optional<struct stat> status(std::string_view path) const;  // not of what a symlink leads to
  std::optional<std::string> read(std::string_view path, std::size_t limit) const;

  // A new file beside its place; `stand_in` then puts it there, `drop` removes it again. What is not flushed here is
  // flushed together with the whole file system (FileSystems).
  enum class Flush { now, later };
  void write_new(const Place& place, std::string_view content, Owner owner, Flush flush = Flush::now) const;
  void stand_in(const Place& place) const;
  void drop(const Place& place) const;
  void remove(const Place& place) const;
  void sync(const Place& place) const;
  static std::string new_name(std::string_view name) { return ".tk-new-" + std::string(name); }

  void own(int fd, Owner owner) const;
  bool privileged() const { return privileged_; }
  int root() const { return root_.get(); }
  Fd open(int folder, std::string_view path, int flags, unsigned mode = 0) const;  // -1 with errno; below that folder

 private:
  Fd root_;
  bool privileged_;
};

// The file systems that were written to: one flush for each costs less than one for each of many files.
class FileSystems {
 public:
  void add(const Tree::Place& place);
  void sync();

 private:
  std::vector<std::pair<dev_t, Fd>> all_;
};

// Removes a folder and all in it, below `folder`, following nothing.
void remove_all(int folder, const std::string& name);

}  // namespace tk::apply_unix
