#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "core/crypto/digest.hpp"
#include "core/journal/live.hpp"
#include "core/os/file.hpp"
#include "core/workspace/compile.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/configuration.hpp"
#include "core/workspace/entities.hpp"

namespace tk::workspace {

Result<void> check_sources(std::vector<SourceFile> sources) {
  std::sort(sources.begin(), sources.end(), [](auto& a, auto& b) { return a.path < b.path; });
  Files files;
  for (const auto& f : sources) files.emplace_back(f.path, std::make_shared<const FileDeclares>(read_file(f)));
  auto declared = join_files(files);
  if (declared.problems.empty()) declared.problems = check_together(files, declared.model.entities);
  if (!declared.problems.empty()) return fail(declared.problems.front());
  return law::compile(declared.model, crypto::sha256_hex).transform([](auto&&) {});
}

Result<void> compile_law(const Workspace& ws, const std::string& what, const std::string& output) {
  std::vector<SourceFile> sources;
  std::string commit;
  if (os::is_directory(what)) {
    TK_TRY(sources, working_sources(what));
    if (sources.empty()) return fail(Code::ws_none, "no workspace stands in " + what, "a folder holds MANIFEST.xml");
  } else {
    TK_TRY(auto repo, git::Repository::open(ws.root()));
    TK_TRY(commit, repo.resolve(what));
    TK_TRY(sources, committed_sources(repo, commit));
  }
  auto declared = read_declarations(sources);
  if (!declared.problems.empty()) return fail(declared.problems.front());
  declared.model.commit = commit;
  TK_TRY(auto bytes, law::compile(declared.model, crypto::sha256_hex));
  return os::write_atomic(output, bytes, 0600);
}

Result<LawCompiler> LawCompiler::open(const Workspace& ws) {
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  return LawCompiler(ws, std::move(repository));
}

Result<Files> LawCompiler::read(const std::vector<git::Repository::Difference>& files, const std::map<std::string, const std::string*>& contents) {
  Files out;
  std::vector<std::size_t> missing;
  for (const auto& f : files) {
    auto before = read_.find({f.path, f.blob});
    if (before == read_.end()) missing.push_back(out.size());
    out.emplace_back(f.path, before == read_.end() ? nullptr : before->second);
  }
  TK_CHECK(repository_.each(missing.size(), [&](const git::Repository& own, std::size_t i) -> Result<void> {
    const auto& f = files[missing[i]];
    auto given = contents.find(f.path);
    std::string content;
    if (given != contents.end()) {
      content = *given->second;
    } else {
      TK_TRY(content, own.read_blob(f.blob));
    }
    out[missing[i]].second = std::make_shared<const FileDeclares>(read_file({f.path, std::move(content)}));
    return {};
  }));
  decltype(read_) kept;
  for (std::size_t i = 0; i < files.size(); ++i) kept.emplace_hint(kept.end(), std::pair(files[i].path, files[i].blob), out[i].second);
  read_ = std::move(kept);
  return out;
}

Result<law::Model*> LawCompiler::joined(Files files) {
  if (files.empty() || files != joined_) {
    joined_.clear();
    auto declared = join_files(files);
    if (!declared.problems.empty()) return fail(declared.problems.front());
    joined_ = std::move(files);
    model_ = std::move(declared.model);
  }
  return &model_;
}

Result<std::string> LawCompiler::compile(const std::string& commit) {
  if (commit.empty())
    return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  TK_TRY(auto files, declared_files(repository_, commit));
  TK_TRY(auto read, this->read(files, {}));
  TK_TRY(auto* model, joined(std::move(read)));
  model->commit = commit;
  for (auto& f : model->files) {
    struct stat st{};
    if (::stat(workspace_.path(f.path).c_str(), &st) == 0)
      f.mtime_ns = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
  }
  return law::compile(*model, crypto::sha256_hex);
}

Result<std::string> LawCompiler::compile(const std::string& commit, const std::vector<git::Change>& over) {
  TK_TRY(auto files, declared_files(repository_, commit));
  std::map<std::string, const std::string*> contents;
  std::set<std::string_view> changed;
  for (const auto& change : over) changed.insert(change.path);
  std::erase_if(files, [&](const auto& f) { return changed.contains(f.path); });
  for (const auto& change : over) {
    if (!change.content || !declares(change.path)) continue;
    files.push_back({change.path, git::Repository::blob_of(*change.content)});
    contents.emplace(change.path, &*change.content);
  }
  std::sort(files.begin(), files.end(), [](auto& a, auto& b) { return a.path < b.path; });
  std::map<std::string, std::string> blobs;
  for (const auto& f : files) blobs.emplace(f.path, f.blob);
  TK_CHECK(check_configuration(blobs, [&](const std::string& path) -> Result<std::optional<std::string>> {
    if (auto given = contents.find(path); given != contents.end()) return *given->second;
    auto it = blobs.find(path);
    if (it == blobs.end()) return std::optional<std::string>();
    TK_TRY(auto content, repository_.read_blob(it->second));
    return std::optional(std::move(content));
  }, over));
  TK_TRY(auto read, this->read(files, contents));
  TK_TRY(auto* model, joined(read));
  if (auto problems = check_together(read, model->entities); !problems.empty()) return fail(problems.front());
  return law::compile(*model, crypto::sha256_hex);
}

Result<void> LawCompiler::publish(std::string_view bytes) const {
  TK_CHECK(workspace_.prepare_state());
  TK_TRY(auto path, quick_index(workspace_));
  auto run = workspace_.state("run/");
  TK_TRY(auto names, os::list_directory(run, "law-"));
  for (const auto& name : names)  // another boot's; an unfinished one may be another process's
    if (run + name != path && name.find(".tk-") == name.npos) TK_CHECK(os::remove_file(run + name));
  TK_CHECK(os::replace_file(path, bytes, 0600));
  // Whoever waits on the workspace hears that law has changed.
  if (!os::exists(workspace_.journal_path())) return {};
  TK_TRY(auto index, law::Index::open(bytes));
  TK_TRY(auto live, journal::Live::open(workspace_.journal_path()));
  live.set_policy(std::string(index.policy_hash()));
  return {};
}

Result<void> LawCompiler::keep(std::string_view bytes) const {
  TK_CHECK(workspace_.prepare_state());
  return os::write_atomic(workspace_.state("law.idx"), bytes, 0600);
}

void LawCompiler::announce_broken(const std::string& commit) const {
  if (!os::exists(workspace_.journal_path())) return;
  if (auto live = journal::Live::open(workspace_.journal_path())) live->set_policy("broken:" + commit);
}

Result<void> forget_law(const Workspace& ws) {
  auto run = ws.state("run/");
  TK_TRY(auto names, os::list_directory(run, "law-"));
  for (const auto& name : names) TK_CHECK(os::remove_file(run + name));
  return os::exists(ws.state("law.idx")) ? os::remove_file(ws.state("law.idx")) : Result<void>{};
}

Result<void> compile_law(const Workspace& ws) {
  TK_TRY(auto repository, git::Repository::open(ws.root()));
  return compile_law(ws, repository);
}

Result<void> compile_law(const Workspace& ws, const git::Repository& repository) { return LawCompiler(ws, repository).follow_head(); }

Result<void> LawCompiler::follow_head() {
  TK_TRY(auto commit, head_commit());
  TK_TRY(auto bytes, compile(commit));
  TK_CHECK(keep(bytes));
  return publish(bytes);
}

}  // namespace tk::workspace
