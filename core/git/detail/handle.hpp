// libgit2's objects as owners, and its errors as ours.
#pragma once

#include <unistd.h>

#include <git2.h>

#include <memory>
#include <string>

#include "core/base/error.hpp"

namespace tk::git::detail {

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* p) const { Free(p); }
};
template <class T, void (*Free)(T*)>
using Handle = std::unique_ptr<T, Deleter<T, Free>>;

using Commit = Handle<git_commit, git_commit_free>;
using Tree = Handle<git_tree, git_tree_free>;
using Blob = Handle<git_blob, git_blob_free>;
using Object = Handle<git_object, git_object_free>;
using Reference = Handle<git_reference, git_reference_free>;
using Index = Handle<git_index, git_index_free>;
using Diff = Handle<git_diff, git_diff_free>;
using Patch = Handle<git_patch, git_patch_free>;
using Signature = Handle<git_signature, git_signature_free>;
using TreeEntry = Handle<git_tree_entry, git_tree_entry_free>;
using Revwalk = Handle<git_revwalk, git_revwalk_free>;

tl::unexpected<Error> git_failed(std::string_view what, Code code = Code::git_failed);
std::string hex(const git_oid* oid);
Result<git_oid> parse_oid(const std::string& hex);
Result<Commit> lookup_commit(git_repository* repo, const std::string& hex);
Result<Tree> tree_of(git_repository* repo, const std::string& commit);

// Somebody's own git may hold a lock for a moment: tries for two seconds.
template <class F>
int while_locked(F f) {
  int rc = f();
  for (int tries = 0; rc == GIT_ELOCKED && tries < 200; ++tries) {
    ::usleep(10'000);
    rc = f();
  }
  return rc;
}

// Whoever was killed while they held it leaves git's lock, as git itself does.
inline tl::unexpected<Error> still_locked(std::string_view what) {
  auto out = git_failed(what);
  out.value().hint = "where no git runs any more, remove the .lock file that is named: a killed one left it";
  return out;
}

}  // namespace tk::git::detail
