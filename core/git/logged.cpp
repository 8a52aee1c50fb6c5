#include "core/git/logged.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/git/detail/handle.hpp"

namespace tk::git {

std::string Logged::trailer(std::string_view key) const {
  std::string out;
  for (auto line : text::split(message, '\n'))
    if (line.starts_with(key) && line.substr(key.size()).starts_with(':')) out = text::trim(line.substr(key.size() + 1));
  return out;
}

Result<CommitHeader> commit_header(const Repository& repo, const std::string& id) {
  TK_TRY(auto commit, detail::lookup_commit(repo.raw(), id));
  CommitHeader out{detail::hex(git_commit_tree_id(commit.get())), {}, std::int64_t{git_commit_time(commit.get())} * 1'000'000'000};
  for (unsigned n = 0; n < git_commit_parentcount(commit.get()); ++n) out.parents.push_back(detail::hex(git_commit_parent_id(commit.get(), n)));
  return out;
}

Result<Logged> logged(const Repository& repo, const std::string& id) {
  TK_TRY(auto commit, detail::lookup_commit(repo.raw(), id));
  Logged out{id, git_commit_message(commit.get()), {}, {}};
  if (const auto* a = git_commit_author(commit.get())) out.author = {a->name ? a->name : "", a->email ? a->email : ""};
  auto parents = git_commit_parentcount(commit.get());
  for (unsigned n = 0; n < std::max(parents, 1u); ++n) {
    auto parent = n < parents ? detail::hex(git_commit_parent_id(commit.get(), n)) : std::string();
    TK_TRY(auto paths, repo.changed_paths(parent, id));
    if (n == 0) out.changed = std::move(paths);
    else std::erase_if(out.changed, [&](auto& p) { return std::find(paths.begin(), paths.end(), p) == paths.end(); });
  }
  return out;
}

}  // namespace tk::git
