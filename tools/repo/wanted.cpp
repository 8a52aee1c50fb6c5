// What HEAD wants of a computer. It follows from the commit, so it is kept in .tk/wanted; a commit that tells only single
// rows of accounts otherwise is followed there, and every other one makes it anew from the index.
#include <optional>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/provision/policy.hpp"
#include "core/workspace/entity_index.hpp"
#include "tools/repo/provision.hpp"

namespace tk::tools::repo_tool {
namespace {

constexpr std::string_view kFormat = "tk-wanted-1 ";
constexpr std::size_t kFewFiles = 16;

std::string kept_path(const workspace::Workspace& ws) {
  return ws.state("wanted");
}

std::vector<workspace::Entity> concerned(const std::string& path, std::optional<std::string> content) {
  if (!content) return {};
  auto out = workspace::read_file({path, std::move(*content)}).entities;
  std::erase_if(out, [](const auto& e) { return !provision::concerns(e.ref.type); });
  return out;
}

// Brings the text of what `from` wanted to what `to` wants; false where it is to be made anew.
Result<bool> follow(std::string& text, const git::Repository& repository, const std::string& from, const std::string& to) {
  TK_TRY(auto materialised, workspace::Materialised::of(repository, to));
  auto changed = repository.differences(from, to, materialised.skip());
  if (!changed || changed->size() > kFewFiles) return false;  // a commit that is gone, or a long way
  for (const auto& d : *changed) {
    if (d.path == "MANIFEST.xml" || d.path == "ids.lock") return false;
    if (!workspace::declares(d.path)) continue;
    TK_TRY(auto old_content, repository.read(from, d.path));
    std::optional<std::string> content;
    if (!d.blob.empty()) {
      TK_TRY(content, repository.read_blob(d.blob));
    }
    auto before = concerned(d.path, std::move(old_content)), after = concerned(d.path, std::move(content));
    if (before.size() != after.size()) return false;
    for (std::size_t i = 0; i < after.size(); ++i)
      if (!provision::Wanted::follow(text, before[i], after[i])) return false;
  }
  return true;
}

// What is kept, where it leads to this commit with the same spaces read; the ids that it gave out are given again.
Result<std::optional<provision::Wanted>> kept(const workspace::Workspace& ws, const git::Repository& repository, const std::string& commit,
                                              const std::string& what, provision::Ids& ids) {
  std::optional<provision::Wanted> none;
  auto text = os::read_file(kept_path(ws));
  if (!text || !text->starts_with(kFormat)) return none;
  auto line = text->find('\n'), end = text->find("\n\n");
  if (end == text->npos) return none;
  auto of = text->substr(kFormat.size(), line - kFormat.size());
  auto from = of.substr(0, commit.size());
  if (from + what.substr(commit.size()) != of) return none;
  auto given = line < end ? text->substr(line + 1, end - line - 1) : std::string();
  text->erase(0, end + 2);
  if (from != commit) {
    TK_TRY(auto index, workspace::EntityIndex::open(ws, repository));  // it refuses a commit with problems
    TK_TRY(bool followed, follow(*text, repository, from, commit));
    if (!followed) return none;
  }
  for (auto id : text::split(given, '\n')) {
    auto f = text::split(id, '\t');
    if (f.size() < 3) continue;
    TK_CHECK(ids.give(std::string(f[1]), std::string(f[2]), static_cast<std::uint32_t>(std::strtoul(std::string(f[0]).c_str(), nullptr, 10))));
    if (f.size() == 4) ids.keep(std::string(f[1]));
  }
  TK_TRY(auto wanted, provision::Wanted::read(std::move(*text), kept_path(ws)));
  return std::optional(std::move(wanted));
}

}  // namespace

Result<std::string> what_is_read(const git::Repository& repository, const std::string& commit) {
  TK_TRY(auto materialised, workspace::Materialised::of(repository, commit));
  return commit + (materialised.lazy() ? " " + crypto::sha256_hex(materialised.key()) : "");
}

Result<OfCommit> wanted_of_head(const workspace::Workspace& ws, const git::Repository& repository) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  TK_TRY(auto policy, provision::policy_of(repository, head));
  TK_TRY(auto ids, provision::read_ids(repository, head, policy));
  TK_TRY(auto what, what_is_read(repository, head));
  TK_TRY(auto known, kept(ws, repository, head, what, ids));
  if (known) return OfCommit{head, std::move(policy.max_removals), std::move(ids), std::move(*known)};
  TK_TRY(auto index, workspace::EntityIndex::open(ws, repository));
  TK_TRY(auto desired, provision::desired_of(index, ids));
  if (!desired.problems.empty()) return fail(desired.problems.front());
  auto wanted = provision::Wanted::of(desired, ids);
  auto text = std::string(kFormat) + what + "\n";
  for (const auto& line : ids.given()) text += text::join(line, "\t") + "\n";
  TK_CHECK(os::replace_file(kept_path(ws), (text + "\n").append(wanted.text()), 0600));
  return OfCommit{head, std::move(policy.max_removals), std::move(ids), std::move(wanted)};
}

}  // namespace tk::tools::repo_tool
