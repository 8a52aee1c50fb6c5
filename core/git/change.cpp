#include "core/git/change.hpp"

#include "core/base/text.hpp"
#include "core/git/detail/handle.hpp"
#include "core/git/repository.hpp"

namespace tk::git {

using namespace detail;

namespace {

constexpr std::size_t kFileLimit = 2u << 20;
constexpr std::size_t kTotalLimit = 48u << 20;

Result<git_oid> resolve(git_repository* repo, const std::string& rev) {
  git_object* object = nullptr;
  auto bad = [&] {
    return fail(Code::git_bad_range, "no such revision: " + text::printable(rev),
                "say A..B, A...B, a revision, or --staged");
  };
  if (rev.empty() || git_revparse_single(&object, repo, rev.c_str()) != 0) return bad();
  Object owner(object);
  git_object* commit = nullptr;
  if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0) return bad();
  Object commit_owner(commit);
  return *git_object_id(commit);
}

struct Ends {
  std::string from, to;  // commits; from may be empty (a root commit)
};

Result<Ends> resolve_range(git_repository* repo, const std::string& range) {
  auto dots = range.find("..");
  if (dots != range.npos) {
    bool three = range.compare(dots, 3, "...") == 0;
    auto left = range.substr(0, dots), right = range.substr(dots + (three ? 3 : 2));
    TK_TRY(auto a, resolve(repo, left.empty() ? "HEAD" : left));
    TK_TRY(auto b, resolve(repo, right.empty() ? "HEAD" : right));
    if (three) {
      git_oid base;
      if (git_merge_base(&base, repo, &a, &b) != 0)
        return fail(Code::git_bad_range, range + ": the two have no common commit");
      a = base;
    }
    return Ends{hex(&a), hex(&b)};
  }
  TK_TRY(auto to, resolve(repo, range.empty() ? "HEAD" : range));
  TK_TRY(auto commit, lookup_commit(repo, hex(&to)));
  Ends ends{"", hex(&to)};
  if (git_commit_parentcount(commit.get()) > 0) ends.from = hex(git_commit_parent_id(commit.get(), 0));
  return ends;
}

Result<Diff> make_diff(git_repository* repo, const Ends& ends, bool staged) {
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.context_lines = 1u << 30;
  options.max_size = static_cast<git_off_t>(kFileLimit);
  Tree from, to;
  if (!ends.from.empty()) {
    TK_TRY(from, tree_of(repo, ends.from));
  }
  git_diff* diff = nullptr;
  int rc = 0;
  if (staged) {
    rc = git_diff_tree_to_index(&diff, repo, from.get(), nullptr, &options);
  } else {
    TK_TRY(to, tree_of(repo, ends.to));
    rc = git_diff_tree_to_tree(&diff, repo, from.get(), to.get(), &options);
  }
  if (rc != 0) return git_failed("compare");
  Diff owner(diff);
  git_diff_find_options find = GIT_DIFF_FIND_OPTIONS_INIT;
  find.flags = GIT_DIFF_FIND_RENAMES;
  if (git_diff_find_similar(diff, &find) != 0) return git_failed("find renames");
  return owner;
}

// One file's part of the diff, or why it is left out.
Result<void> add_file(git_diff* diff, std::size_t i, ChangeText& out) {
  const auto* delta = git_diff_get_delta(diff, i);
  std::string path = delta->new_file.path;
  auto leave = [&](std::string why) { out.left_out.push_back({path, std::move(why)}); };
  ++out.files;
  if (delta->new_file.mode == GIT_FILEMODE_COMMIT || delta->old_file.mode == GIT_FILEMODE_COMMIT) {
    leave("submodule");
    return {};
  }
  if (delta->new_file.mode == GIT_FILEMODE_LINK) {
    leave("symbolic link");
    return {};
  }
  if (delta->status == GIT_DELTA_DELETED) return {};
  git_patch* raw = nullptr;
  if (git_patch_from_diff(&raw, diff, i) != 0) return git_failed("read the change of " + path);
  Patch patch(raw);
  delta = git_patch_get_delta(raw);
  auto size = std::max<std::size_t>(delta->new_file.size, delta->old_file.size);
  if (size > kFileLimit) {
    leave("larger than 2 MiB");
    return {};
  }
  if (delta->flags & GIT_DIFF_FLAG_BINARY) {
    leave("binary");
    return {};
  }
  git_buf buffer = GIT_BUF_INIT;
  if (git_patch_to_buf(&buffer, raw) != 0) return git_failed("write the change of " + path);
  std::string text(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  if (text::invalid_utf8(text) != text.npos) {
    leave("not UTF-8: reviewed with the odd bytes replaced");
    text = text::to_utf8(text);
  }
  if (out.diff.size() + text.size() > kTotalLimit) {
    leave("the change is larger than 48 MiB in all");
    return {};
  }
  out.diff += text;
  return {};
}

}  // namespace

Result<ChangeText> read_change(const ChangeQuery& query) {
  TK_TRY(auto repo, Repository::open(query.repository));
  ChangeText out;
  Ends ends;
  if (query.staged) {
    TK_TRY(ends.from, repo.head_commit());
    out.described = "staged changes";
  } else {
    TK_TRY(ends, resolve_range(repo.raw(), query.range));
    out.described = query.range.empty() ? "HEAD" : query.range;
  }
  out.from = ends.from;
  out.to = ends.to;
  TK_TRY(auto diff, make_diff(repo.raw(), ends, query.staged));
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
    TK_CHECK(add_file(diff.get(), i, out));
  return out;
}

}  // namespace tk::git
