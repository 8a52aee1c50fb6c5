// The working tree and the index beside a commit.
#include <sys/stat.h>

#include "core/git/detail/pack.hpp"
#include "core/git/repository.hpp"
#include "core/os/file.hpp"

namespace tk::git {

using namespace detail;

Result<Repository::Local> Repository::local(const std::string& path) const {
  Local out;
  auto file = os::read_file(worktree_ + "/" + path);
  if (!file && file.error().code != Code::os_not_found) return fail(file.error());
  if (file) {
    TK_TRY(out.file, blob_of(*file));
  }
  git_index* raw_index = nullptr;
  if (git_repository_index(&raw_index, raw()) != 0) return git_failed("read the index");
  Index index(raw_index);
  if (const auto* staged = git_index_get_bypath(index.get(), path.c_str(), 0)) out.staged = hex(&staged->id);
  return out;
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

// An index entry of a file that was just written: what git compares to know it unchanged (gitformat-index(5)).
Result<void> stage(git_index* index, const std::string& root, const std::string& path, const git_oid& blob) {
  struct stat st {};
  if (::lstat((root + "/" + path).c_str(), &st) != 0) return fail(os::errno_error(errno, "look at", path));
  git_index_entry entry{};
  entry.ctime = {static_cast<std::int32_t>(st.st_ctim.tv_sec), static_cast<std::uint32_t>(st.st_ctim.tv_nsec)};
  entry.mtime = {static_cast<std::int32_t>(st.st_mtim.tv_sec), static_cast<std::uint32_t>(st.st_mtim.tv_nsec)};
  entry.dev = static_cast<std::uint32_t>(st.st_dev);
  entry.ino = static_cast<std::uint32_t>(st.st_ino);
  entry.mode = GIT_FILEMODE_BLOB;
  entry.uid = st.st_uid;
  entry.gid = st.st_gid;
  entry.file_size = static_cast<std::uint32_t>(st.st_size);
  entry.id = blob;
  entry.path = path.c_str();
  if (git_index_add(index, &entry) != 0) return git_failed("stage " + path);
  return {};
}

}  // namespace

Result<void> Repository::check_out(const std::string& commit,
                                   const std::vector<std::string>& paths,
                                   const std::string& scratch) const {
  git_index* raw_index = nullptr;
  if (git_repository_index(&raw_index, raw()) != 0) return git_failed("read the index");
  Index index(raw_index);
  std::vector<os::Content> files;
  std::vector<std::pair<std::string, git_oid>> written;
  for (const auto& path : paths) {
    TK_TRY(auto blob, blob_at(commit, path));
    auto full = worktree_ + "/" + path;
    if (blob.empty()) {
      TK_CHECK(os::remove_file(full));
      git_index_remove_bypath(index.get(), path.c_str());
      continue;
    }
    TK_CHECK(os::make_directories(full.substr(0, full.rfind('/'))));
    TK_TRY(auto content, read_blob(blob));
    TK_TRY(auto id, parse_oid(blob));
    files.push_back({full, std::move(content)});
    written.emplace_back(path, id);
  }
  if (files.size() > kMany) {
    TK_CHECK(os::write_atomic(files, 0644, scratch));
  } else {
    for (const auto& file : files) TK_CHECK(os::write_atomic(file.path, file.bytes, 0644, scratch));
  }
  for (const auto& [path, blob] : written) TK_CHECK(stage(index.get(), worktree_, path, blob));
  int rc = while_locked([&] { return git_index_write(index.get()); });
  if (rc == GIT_ELOCKED) return still_locked("write the index");
  if (rc != 0) return git_failed("write the index");
  return {};
}

}  // namespace tk::git
