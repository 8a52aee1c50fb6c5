#include <sys/stat.h>

#include <algorithm>

#include "core/crypto/digest.hpp"
#include "core/journal/live.hpp"
#include "core/os/file.hpp"
#include "core/workspace/compiled_law.hpp"
#include "core/workspace/entities.hpp"

namespace tk::workspace {

Result<std::string> compile_sources(std::vector<SourceFile> sources) {
  std::sort(sources.begin(), sources.end(), [](auto& a, auto& b) { return a.path < b.path; });
  auto declared = read_declarations(sources);
  if (!declared.problems.empty()) return fail(declared.problems.front());
  return law::compile(declared.model, crypto::sha256_hex);
}

Result<void> check_sources(std::vector<SourceFile> sources) {
  auto compiled = compile_sources(std::move(sources));
  return compiled ? Result<void>{} : Result<void>(fail(compiled.error()));
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

Result<void> compile_law(const Workspace& ws) {
  TK_TRY(auto repo, git::Repository::open(ws.root()));
  TK_TRY(auto commit, repo.head_commit());
  if (commit.empty())
    return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  TK_TRY(auto sources, committed_sources(repo, commit));
  auto declared = read_declarations(sources);
  if (!declared.problems.empty()) return fail(declared.problems.front());
  declared.model.commit = commit;
  for (auto& f : declared.model.files) {
    struct stat st{};
    if (::stat(ws.path(f.path).c_str(), &st) == 0)
      f.mtime_ns = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
  }
  TK_TRY(auto bytes, law::compile(declared.model, crypto::sha256_hex));
  TK_CHECK(ws.prepare_state());
  TK_CHECK(os::write_atomic(ws.state("law.idx"), bytes, 0600));
  // Whoever waits on the workspace hears that law has changed.
  if (!os::exists(ws.journal_path())) return {};
  TK_TRY(auto index, law::Index::open(bytes));
  TK_TRY(auto live, journal::Live::open(ws.journal_path()));
  live.set_policy(std::string(index.policy_hash()));
  return {};
}

}  // namespace tk::workspace
