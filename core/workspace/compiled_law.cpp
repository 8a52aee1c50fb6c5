#include "core/workspace/compiled_law.hpp"

#include <sys/stat.h>

#include "core/git/head.hpp"
#include "core/os/process.hpp"
#include "core/os/shared.hpp"
#include "core/os/terminal.hpp"

namespace tk::workspace {
Result<void> compile_elsewhere(const Workspace& ws, const std::vector<std::string>& words) {
  os::Spawn spawn;
  spawn.argv = {libexec() + "/tk-repo", "compile", "--quiet"};
  spawn.argv.insert(spawn.argv.end(), words.begin(), words.end());
  spawn.environment = os::current_environment();
  spawn.environment.push_back("TK_WORKSPACE=" + ws.root());
  TK_TRY(auto done, os::run(spawn, 120'000));
  if (done.status == 0) return {};
  return fail(read_report(done.error_tail, Code::law_syntax));
}

std::string libexec() {
  auto own = os::self_path();
  return own.substr(0, own.rfind('/'));
}

Result<std::string> quick_index(const Workspace& ws) {
  TK_TRY(auto boot, os::boot_id());
  return ws.state("run/law-" + boot);
}

Result<CompiledLaw> CompiledLaw::in_file(const std::string& path) {
  CompiledLaw out;
  TK_TRY(out.mapping_, os::Mapping::open(path));
  TK_TRY(out.index_, law::Index::open(out.mapping_.bytes()));
  return out;
}

Result<CompiledLaw> CompiledLaw::of_commit(const Workspace& ws, const std::string& commit) {
  auto kept = in_file(ws.state("law.idx"));
  if (kept && kept->index().commit() == commit) return kept;
  TK_TRY(auto path, quick_index(ws));
  auto quick = in_file(path);
  if (quick && quick->index().commit() == commit) return quick;
  return fail(Code::os_not_found, "no index of this commit");
}

Result<CompiledLaw> CompiledLaw::as_it_lies(const Workspace& ws) {
  // HEAD's where it is there.
  if (auto head = git::read_head(ws.root()))
    if (auto law = of_commit(ws, head->commit)) return law;
  return in_file(ws.state("law.idx"));
}

Result<CompiledLaw> CompiledLaw::open(const Workspace& ws) {
  // HEAD may move while the index is made: look again until both agree.
  for (int tries = 0; tries < 50; ++tries) {
    TK_TRY(auto head, git::read_head(ws.root()));
    if (head.commit.empty())
      return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
    if (auto law = of_commit(ws, head.commit)) return law;
    TK_CHECK(compile_elsewhere(ws, {"--law"}));
  }
  return fail(Code::law_index, "the law index does not follow HEAD", "run `tk repo compile`");
}

Result<CompiledLaw> CompiledLaw::of(const Workspace& ws, const std::string& what) {
  TK_TRY(auto folder, os::temporary_directory("tk-law-"));
  auto path = folder + "/law.idx";
  auto made = compile_elsewhere(ws, {"--output", path, "--", what});
  auto out = in_file(path);
  (void)os::remove_tree(folder);  // what is mapped stays
  if (!made) return fail(made.error());
  return out;
}

Result<void> CompiledLaw::follow(const Workspace& ws) {
  TK_TRY(auto head, git::read_head(ws.root()));
  if (head.commit == index_.commit()) return {};
  TK_TRY(auto now, open(ws));
  *this = std::move(now);
  return {};
}

bool CompiledLaw::uncommitted_edits(const Workspace& ws) const {
  for (const auto& f : index_.files()) {
    struct stat st{};
    if (::stat(ws.path(std::string(f.path)).c_str(), &st) != 0) return true;
    auto mtime = std::int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
    if (st.st_size != f.size || mtime != f.mtime_ns) return true;
  }
  return false;
}

}  // namespace tk::workspace
