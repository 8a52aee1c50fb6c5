// The working tree and the index beside a commit.
#include <sys/stat.h>

#include "core/git/detail/pack.hpp"
#include "core/git/repository.hpp"
#include "core/os/beside.hpp"
#include "core/os/file.hpp"

namespace tk::git {

using namespace detail;

Result<void> Repository::each(std::size_t count, const std::function<Result<void>(const Repository&, std::size_t)>& work) const {
  auto part = [&](const Repository& repository, std::size_t from, std::size_t to) -> Result<void> {
    for (auto i = from; i < to; ++i) TK_CHECK(work(repository, i));
    return {};
  };
  if (count <= kMany) return part(*this, 0, count);
  auto second = os::beside([&]() -> Result<void> {
    TK_TRY(auto own, open(worktree_));
    return part(own, count / 2, count);
  });
  TK_CHECK(part(*this, 0, count / 2));
  return second.get();
}

namespace {

// What git compares to know a file unchanged without reading it (gitformat-index(5)).
git_index_entry entry_of(const struct stat& st) {
  git_index_entry out{};
  out.ctime = {static_cast<std::int32_t>(st.st_ctim.tv_sec), static_cast<std::uint32_t>(st.st_ctim.tv_nsec)};
  out.mtime = {static_cast<std::int32_t>(st.st_mtim.tv_sec), static_cast<std::uint32_t>(st.st_mtim.tv_nsec)};
  out.dev = static_cast<std::uint32_t>(st.st_dev);
  out.ino = static_cast<std::uint32_t>(st.st_ino);
  out.uid = st.st_uid;
  out.gid = st.st_gid;
  out.file_size = static_cast<std::uint32_t>(st.st_size);
  return out;
}

bool same(const git_index_time& a, const git_index_time& b) { return a.seconds == b.seconds && a.nanoseconds == b.nanoseconds; }

// Whether the file is as it was staged, and older than the index: what was changed in the moment in which that was written
// may look the same ("racy git"; git marks such an entry with no size). Times without a fraction are of whole seconds.
bool is_staged(const git_index_entry& staged, const struct stat& there, const timespec& index) {
  auto is = entry_of(there);
  auto older = [&](const timespec& t) {
    return t.tv_sec < index.tv_sec || (t.tv_sec == index.tv_sec && t.tv_nsec != 0 && t.tv_nsec < index.tv_nsec);
  };
  return S_ISREG(there.st_mode) && (staged.mode & S_IFMT) == S_IFREG && same(staged.mtime, is.mtime) && same(staged.ctime, is.ctime) &&
         staged.ino == is.ino && staged.file_size != 0 && staged.file_size == is.file_size && staged.uid == is.uid &&
         older(there.st_mtim) && older(there.st_ctim);
}

}  // namespace

Result<std::shared_ptr<git_index>> Repository::index() const {
  auto& read = *index_time_;
  struct stat file {};
  // Of before it is read the first time: libgit2 keeps it.
  if (!read) read = ::stat((std::string(git_repository_path(raw())) + "index").c_str(), &file) == 0 ? file.st_mtim : timespec{};
  git_index* out = nullptr;
  if (git_repository_index(&out, raw()) != 0) return git_failed("read the index");
  return std::shared_ptr<git_index>(out, git_index_free);
}

Result<Repository::Local> Repository::local(const std::string& path) const {
  Local out;
  TK_TRY(auto staged_files, index());
  auto full = worktree_ + "/" + path;
  if (const auto* staged = git_index_get_bypath(staged_files.get(), path.c_str(), 0)) {
    out.staged = hex(&staged->id);
    struct stat there {};
    if (::lstat(full.c_str(), &there) == 0 && is_staged(*staged, there, **index_time_)) {
      out.file = out.staged;
      return out;
    }
  }
  auto file = os::read_file(full);
  if (!file && file.error().code != Code::os_not_found) return fail(file.error());
  if (file) out.file = blob_of(*file);
  return out;
}

Result<std::optional<std::string>> Repository::read_nearest(const std::string& commit, const std::string& path) const {
  TK_TRY(auto blob, blob_at(commit, path));
  if (blob.empty()) return std::optional<std::string>();
  if (auto here = os::read_file(worktree_ + "/" + path); here && blob_of(*here) == blob) return std::optional<std::string>(std::move(*here));
  TK_TRY(auto content, read_blob(blob));
  return std::optional<std::string>(std::move(content));
}

Result<Path> Repository::path_state(const std::string& commit, const std::string& path) const {
  TK_TRY(auto committed, blob_at(commit, path));
  TK_TRY(auto here, local(path));
  if (committed.empty() && here.file.empty() && here.staged.empty()) return Path::absent;
  return here.file == committed && here.staged == committed ? Path::clean : Path::dirty;
}

Result<bool> Repository::untouched(const std::string& a, const std::string& b,
                                   const std::string& path) const {
  TK_TRY(auto in_a, blob_at(a, path));
  TK_TRY(auto in_b, blob_at(b, path));
  TK_TRY(auto here, local(path));
  auto known = [&](const std::string& s) { return s == in_a || s == in_b; };
  return known(here.file) && known(here.staged);
}

namespace {

// An index entry of a file that was just written. Where somebody has edited it since, it has no times: who looks at them
// reads the file.
Result<void> stage(git_index* index, const os::Content& file, const std::string& path, const git_oid& blob) {
  struct stat st {};
  bool ours = ::lstat(file.path.c_str(), &st) == 0;
  if (file.written.inode != 0) ours = ours && file.written == os::Written(st);
  else if (auto now = os::read_file(file.path); ours) ours = now && *now == file.bytes;  // what is edited from here on changes the times
  auto entry = ours ? entry_of(st) : git_index_entry{};
  entry.mode = GIT_FILEMODE_BLOB;
  entry.id = blob;
  entry.path = path.c_str();
  if (git_index_add(index, &entry) != 0) return git_failed("stage " + path);
  return {};
}

}  // namespace

Result<void> Repository::check_out(const std::string& commit,
                                   const std::vector<std::string>& paths,
                                   const std::string& scratch) const {
  TK_TRY(auto staged, index());
  std::vector<os::Content> files;
  std::vector<std::pair<std::string, git_oid>> written;
  for (const auto& path : paths) {
    TK_TRY(auto blob, blob_at(commit, path));
    auto full = worktree_ + "/" + path;
    if (blob.empty()) {
      TK_CHECK(os::remove_file(full));
      git_index_remove_bypath(staged.get(), path.c_str());
      continue;
    }
    TK_CHECK(os::make_directories(full.substr(0, full.rfind('/'))));
    TK_TRY(auto content, read_blob(blob));
    TK_TRY(auto id, parse_oid(blob));
    files.push_back({full, std::move(content), {}});
    written.emplace_back(path, id);
  }
  if (files.size() > kMany) {
    TK_CHECK(os::write_atomic(files, 0644, scratch));
  } else {
    for (const auto& file : files) TK_CHECK(os::write_atomic(file.path, file.bytes, 0644, scratch));
  }
  for (std::size_t i = 0; i < files.size(); ++i) TK_CHECK(stage(staged.get(), files[i], written[i].first, written[i].second));
  int rc = while_locked([&] { return git_index_write(staged.get()); });
  if (rc == GIT_ELOCKED) return still_locked("write the index");
  if (rc != 0) return git_failed("write the index");
  return {};
}

}  // namespace tk::git
