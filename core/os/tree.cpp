#include "core/os/tree.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/os/file.hpp"

namespace tk::os {
namespace {

constexpr int kDepth = 64;

// What readdir(3) would read, without the two calls that it adds to each folder.
struct Record {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[1];
};

struct Folder {
  std::string path;
  int depth;
  std::vector<TreeEntry> entries;                // by name
  std::vector<std::unique_ptr<Folder>> folders;  // of those that are one, in the same order
};

void take(const struct stat& st, TreeEntry& to) {
  using Kind = TreeEntry::Kind;
  to.kind = S_ISREG(st.st_mode) ? Kind::file : S_ISDIR(st.st_mode) ? Kind::folder : S_ISLNK(st.st_mode) ? Kind::link : Kind::other;
  to.mode = st.st_mode & 07777;
  to.inode = st.st_ino;
  to.size = st.st_size;
  to.mtime_ns = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
  to.ctime_ns = std::int64_t{st.st_ctim.tv_sec} * 1'000'000'000 + st.st_ctim.tv_nsec;
}

// Folders are a queue that two threads take from; each looks at a folder whole.
class Walker {
 public:
  Walker(const std::string& root, std::size_t limit) : root_(root), limit_(limit) {}

  Result<std::vector<TreeEntry>> run(const std::string& below) {
    std::vector<TreeEntry> out(1);
    out.front().path = below;
    struct stat st{};
    if (::lstat((root_ + "/" + below).c_str(), &st) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return std::vector<TreeEntry>{};
      return fail(errno_error(errno, "look at", below));
    }
    take(st, out.front());
    if (out.front().kind != TreeEntry::Kind::folder) return out;
    Folder top{below, 0, {}, {}};
    todo_.push_back(&top);
    std::thread other([&] { work(); });
    work();
    other.join();
    if (error_) return fail(std::move(*error_));
    out.reserve(seen_ + 1);
    gather(top, out);
    return out;
  }

 private:
  void work() {
    std::vector<char> buffer(1 << 16);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !todo_.empty() || busy_ == 0; });
      if (todo_.empty()) break;
      auto* folder = todo_.back();
      todo_.pop_back();
      ++busy_;
      lock.unlock();
      auto done = list(*folder, buffer);
      lock.lock();
      --busy_;
      if (!done && !error_) error_ = done.error();
      seen_ += folder->entries.size();
      if (seen_ > limit_ && !error_) error_ = Error{Code::ws_entity_invalid, "too many files", {folder->path, 0, 0}, "split the workspace", nullptr};
      if (error_) todo_.clear();
      else for (auto& below : folder->folders) todo_.push_back(below.get());
      changed_.notify_all();
    }
  }

  Result<void> list(Folder& folder, std::vector<char>& buffer) {
    if (folder.depth == kDepth) return fail_at(Code::ws_entity_invalid, {folder.path, 0, 0}, "folders nested deeper than 64 levels", "move it up");
    int fd = ::open((root_ + "/" + folder.path).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fail(errno_error(errno, "open", folder.path));
    auto done = look(folder, fd, buffer);
    ::close(fd);
    std::sort(folder.entries.begin(), folder.entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    for (const auto& e : folder.entries)
      if (e.kind == TreeEntry::Kind::folder) folder.folders.push_back(std::make_unique<Folder>(Folder{e.path, folder.depth + 1, {}, {}}));
    return done;
  }

  static Result<void> look(Folder& folder, int fd, std::vector<char>& buffer) {
    for (;;) {
      auto n = ::syscall(SYS_getdents64, fd, buffer.data(), buffer.size());
      if (n == 0) return {};
      if (n < 0) return fail(errno_error(errno, "read", folder.path));
      for (long at = 0; at < n;) {
        const auto* record = reinterpret_cast<const Record*>(buffer.data() + at);
        at += record->size;
        std::string_view name = record->name;
        if (name == "." || name == "..") continue;
        auto& entry = folder.entries.emplace_back();
        entry.path.reserve(folder.path.size() + 1 + name.size());
        entry.path.append(folder.path).append("/").append(name);
        entry.kind = TreeEntry::Kind::folder;
        struct stat st{};
        if (record->type == DT_DIR) continue;
        if (::fstatat(fd, record->name, &st, AT_SYMLINK_NOFOLLOW) != 0) return fail(errno_error(errno, "look at", entry.path));
        take(st, entry);
      }
    }
  }

  static void gather(Folder& folder, std::vector<TreeEntry>& out) {
    auto next = folder.folders.begin();
    for (auto& e : folder.entries) {
      bool below = e.kind == TreeEntry::Kind::folder;
      out.push_back(std::move(e));
      if (below) gather(**next++, out);
    }
  }

  const std::string& root_;
  std::size_t limit_, seen_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Folder*> todo_;
  int busy_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<TreeEntry>> read_tree(const std::string& root, const std::string& below, std::size_t limit) {
  return Walker(root, limit).run(below);
}

}  // namespace tk::os
