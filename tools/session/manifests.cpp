#include "tools/session/manifests.hpp"

#include <algorithm>
#include <set>

#include "core/os/file.hpp"

namespace tk::tools {
namespace {

struct Found {
  std::string blob;
  std::optional<vault::Manifest::Claim> claim;
};

enum class History { whole, what_there_is };  // a shallow clone has not the whole

// Those of these commits that say of themselves that they are manifests, each once, the highest generation first.
Result<std::vector<Found>> manifests_in(const git::Repository& repository, const std::vector<std::string>& commits, History history) {
  bool whole = history == History::whole;
  std::set<std::string> blobs;
  for (const auto& commit : commits) {
    auto blob = repository.blob_at(commit, std::string(vault::kManifestFile));
    if (!blob && whole) return fail(blob.error());
    if (blob && !blob->empty()) blobs.insert(std::move(*blob));
  }
  std::vector<Found> out;
  for (const auto& blob : blobs) out.push_back({blob, {}});
  TK_CHECK(repository.each(out.size(), [&](const git::Repository& own, std::size_t i) -> Result<void> {
    auto text = own.read_blob(out[i].blob);
    if (!text && whole) return fail(text.error());
    if (text) out[i].claim = vault::Manifest::claim(*text);
    return {};
  }));
  std::erase_if(out, [](const Found& one) { return !one.claim; });
  std::stable_sort(out.begin(), out.end(), [](const Found& a, const Found& b) { return a.claim->generation > b.claim->generation; });
  return out;
}

// It was signed by whom it says, who may sign by what it says.
Result<bool> is_true(const git::Repository& repository, const Found& found) {
  TK_TRY(auto text, repository.read_blob(found.blob));
  auto manifest = vault::Manifest::read(text);
  if (!manifest || !manifest->is_signed()) return false;
  auto may = vault::signers_of(*manifest);
  return std::find(may.begin(), may.end(), manifest->signer) != may.end();
}

Result<NewestManifests> newest(const workspace::Workspace& workspace, const git::Repository& repository, const std::string& commit, History history) {
  vault::Laid before;
  if (auto text = os::read_file(workspace.state("run/vault.idx"))) before = vault::Laid::read(*text).value_or(vault::Laid{});
  // For a commit without a manifest none of its history was laid.
  if (!before.manifest || !repository.reaches(commit, before.commit).value_or(false)) before = {};
  auto commits = repository.history(commit, before.commit);
  if (!commits && history == History::whole) return fail(commits.error());
  if (!commits) commits = std::vector{commit};
  TK_TRY(auto all, manifests_in(repository, *commits, history));
  auto out = std::move(before.newest);
  for (const auto& found : all) {
    const auto& [generation, signer] = *found.claim;
    auto known = out.find(signer);
    if (known != out.end() && (generation < known->second.generation || known->second.blobs.contains(found.blob))) continue;
    TK_TRY(bool counts, is_true(repository, found));
    if (!counts) continue;
    auto& is = out[signer];
    if (generation > is.generation) is = {generation, {}};
    is.blobs.insert(found.blob);
  }
  return out;
}

}  // namespace

Result<NewestManifests> newest_manifests(const workspace::Workspace& workspace, const git::Repository& repository, const std::string& commit) {
  return newest(workspace, repository, commit, History::whole);
}

Result<vault::Laid> lay_vault(const workspace::Workspace& workspace, const git::Repository& repository, const std::string& commit) {
  vault::Laid out{commit, {}, {}, {}};
  TK_TRY(out.blob, repository.blob_at(commit, std::string(vault::kManifestFile)));
  if (out.blob.empty()) return out;
  TK_TRY(out.manifest, repository.read_blob(out.blob));
  TK_TRY(out.newest, newest(workspace, repository, commit, History::what_there_is));
  return out;
}

}  // namespace tk::tools
