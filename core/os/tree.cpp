#include "core/os/tree.hpp"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/os/file.hpp"

namespace tk::os {
namespace {

constexpr std::size_t kChunk = 1024;
constexpr int kDepth = 64;

class Walker {
 public:
  Walker(const std::string& root, std::size_t limit) : root_(root), limit_(limit) {}

  Result<std::vector<TreeEntry>> run(const std::string& below) {
    TreeEntry top;
    top.path = below;
    struct stat st{};
    if (::lstat((root_ + "/" + below).c_str(), &st) != 0) {
      if (errno == ENOENT) return std::vector<TreeEntry>{};
      return fail(errno_error(errno, "look at", below));
    }
    take(st, top);
    out_.push_back(std::move(top));
    if (out_.front().kind == TreeEntry::Kind::folder) TK_CHECK(list(below, 0));
    TK_CHECK(look());
    return std::move(out_);
  }

 private:
  struct Chunk {
    std::string folder;
    std::size_t begin, end;
  };

  static void take(const struct stat& st, TreeEntry& to) {
    using Kind = TreeEntry::Kind;
    to.kind = S_ISREG(st.st_mode) ? Kind::file : S_ISDIR(st.st_mode) ? Kind::folder : S_ISLNK(st.st_mode) ? Kind::link : Kind::other;
    to.mode = st.st_mode & 07777;
    to.inode = st.st_ino;
    to.size = st.st_size;
    to.mtime_ns = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
    to.ctime_ns = std::int64_t{st.st_ctim.tv_sec} * 1'000'000'000 + st.st_ctim.tv_nsec;
  }

  Result<void> list(const std::string& folder, int depth) {
    if (depth == kDepth) return fail_at(Code::ws_entity_invalid, {folder, 0, 0}, "folders nested deeper than 64 levels", "move it up");
    int fd = ::open((root_ + "/" + folder).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* directory = fd < 0 ? nullptr : ::fdopendir(fd);
    if (!directory) {
      auto error = errno_error(errno, "open", folder);
      if (fd >= 0) ::close(fd);
      return fail(error);
    }
    std::vector<std::pair<std::string, unsigned char>> names;
    errno = 0;
    while (auto* entry = ::readdir(directory)) {
      std::string name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(std::move(name), entry->d_type);
    }
    int number = errno;
    ::closedir(directory);
    if (number) return fail(errno_error(number, "read", folder));
    std::sort(names.begin(), names.end());
    auto run = out_.size();
    auto end_run = [&] {
      for (auto at = run; at < out_.size(); at += kChunk) chunks_.push_back({folder, at, std::min(at + kChunk, out_.size())});
    };
    for (auto& [name, type] : names) {
      if (out_.size() >= limit_) return fail_at(Code::ws_entity_invalid, {folder, 0, 0}, "too many files", "split the workspace");
      TreeEntry entry;
      entry.path = folder + "/" + name;
      bool below = type == DT_DIR;
      if (type == DT_UNKNOWN) {
        struct stat st{};
        below = ::lstat((root_ + "/" + entry.path).c_str(), &st) == 0 && S_ISDIR(st.st_mode);
      }
      if (below) entry.kind = TreeEntry::Kind::folder;
      out_.push_back(std::move(entry));
      if (!below) continue;
      end_run();
      auto path = out_.back().path;
      TK_CHECK(list(path, depth + 1));
      run = out_.size();
    }
    end_run();
    return {};
  }

  // Stats of what is no folder, a part of one folder at a time.
  Result<void> look() {
    std::atomic<std::size_t> next = 0;
    std::atomic<int> number = 0;
    auto work = [&] {
      for (std::size_t i; (i = next++) < chunks_.size() && !number;) {
        const auto& c = chunks_[i];
        int fd = ::open((root_ + "/" + c.folder).c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        for (auto at = c.begin; at < c.end && fd >= 0; ++at) {
          auto& entry = out_[at];
          if (entry.kind == TreeEntry::Kind::folder) continue;
          struct stat st{};
          if (::fstatat(fd, entry.path.c_str() + c.folder.size() + 1, &st, AT_SYMLINK_NOFOLLOW) != 0) number = errno;
          else take(st, entry);
        }
        if (fd < 0) number = errno;
        else ::close(fd);
      }
    };
    if (chunks_.size() < 2) {
      work();
    } else {
      std::thread other(work);
      work();
      other.join();
    }
    if (number) return fail(errno_error(number, "look at", root_));
    return {};
  }

  const std::string& root_;
  std::size_t limit_;
  std::vector<TreeEntry> out_;
  std::vector<Chunk> chunks_;
};

}  // namespace

Result<std::vector<TreeEntry>> read_tree(const std::string& root, const std::string& below, std::size_t limit) {
  return Walker(root, limit).run(below);
}

}  // namespace tk::os
