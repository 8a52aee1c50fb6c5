#include "core/workspace/working_tree.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <map>
#include <thread>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/law/model.hpp"
#include "core/os/file.hpp"

namespace tk::workspace {
namespace {

using Kind = os::TreeEntry::Kind;
constexpr std::int64_t kMaxFile = 1 << 20;
constexpr std::int64_t kGrain = 20'000'000;  // ns; a file's times are no finer than the kernel's tick

std::string shown(std::string_view path) { return text::printable(text::to_utf8(path)); }

bool ending_in_capitals(std::string_view name) {
  static constexpr std::string_view kEnding = ".xml";
  auto end = name.substr(name.size() - kEnding.size());
  return end != kEnding && std::equal(end.begin(), end.end(), kEnding.begin(), [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

class Looker {
 public:
  explicit Looker(const std::string& root) : root_(root) {}

  Result<WorkingTree> run() {
    for (const auto* top : {"MANIFEST.xml", "galaxies", "records"}) {
      auto entries = os::read_tree(root_, top);
      if (!entries) out_.problems.push_back(entries.error());
      else for (auto& entry : *entries) see(std::move(entry), top);
    }
    return std::move(out_);
  }

 private:
  void problem(const std::string& path, std::string message, std::string hint) {
    out_.problems.push_back(Error{Code::ws_entity_invalid, std::move(message), {shown(path), 0, 0}, std::move(hint), nullptr});
  }

  void see(os::TreeEntry entry, std::string_view top) {
    const auto& path = entry.path;
    auto name = std::string_view(path).substr(path.rfind('/') + 1);
    bool wanted = declares(path);
    if (entry.kind == Kind::link) return problem(path, "a symbolic link cannot stand here", "put the file itself there");
    if (entry.kind == Kind::other) return problem(path, "this is neither a file nor a folder", "take it away");
    if (path == top && (entry.kind == Kind::folder) == wanted)
      return problem(path, wanted ? "this must be a file" : "this must be a folder", "take it away");
    if (text::invalid_utf8(name) != name.npos) return problem(path, "a name that is not UTF-8", "rename it");
    if (name == ".git" || name == ".tk") return problem(path, "another repository cannot stand inside of this one", "move it out");
    if (entry.kind == Kind::folder && wanted) return problem(path, "a folder stands where a file is expected", "rename it");
    if (!wanted && top == "galaxies" && entry.kind == Kind::file && name.size() > 4 && ending_in_capitals(name))
      return problem(path, "nobody reads a file with this ending", "call it .xml");
    if (wanted || entry.kind == Kind::folder) twin(path);
    if (wanted && entry.kind == Kind::file) out_.files.push_back(std::move(entry));
  }

  // A path that only capitals tell from another: capitals are listed first. What is below such a folder is not told again.
  void twin(const std::string& path) {
    if (!told_.empty() && path.starts_with(told_)) return;
    bool capitals = std::any_of(path.begin(), path.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!capitals && capitals_.empty()) return;
    auto folded = path;
    for (char& c : folded)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    auto found = capitals_.find(folded);
    if (found != capitals_.end()) {
      told_ = path + "/";
      problem(path, "differs from " + found->second + " in capitals only", "rename one of them");
    } else if (capitals) {
      capitals_.emplace(folded, path);
    }
  }

  const std::string& root_;
  WorkingTree out_;
  std::map<std::string, std::string> capitals_;  // paths that hold some, by what is left without
  std::string told_;
};

// ---- the verdict that is kept

void put(std::string& out, std::uint64_t number) { out.append(reinterpret_cast<const char*>(&number), sizeof number); }

std::string digest_part(const os::TreeEntry* begin, const os::TreeEntry* end) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(end - begin) * 112);
  for (const auto* f = begin; f != end; ++f) {
    bytes.append(f->path).push_back('\0');
    for (auto number : {f->inode, static_cast<std::uint64_t>(f->size), static_cast<std::uint64_t>(f->mtime_ns), static_cast<std::uint64_t>(f->ctime_ns)})
      put(bytes, number);
  }
  return crypto::sha256_hex(bytes);
}

// Of all that a verdict rests on: this program, and the stat of every file.
std::string digest_of(const std::vector<os::TreeEntry>& files) {
  struct stat self{};
  if (::stat(os::self_path().c_str(), &self) != 0) return {};
  std::string bytes = "tk-valid-v1";
  for (auto number : {static_cast<std::uint64_t>(self.st_dev), static_cast<std::uint64_t>(self.st_ino), static_cast<std::uint64_t>(self.st_size),
                      static_cast<std::uint64_t>(self.st_mtim.tv_sec), static_cast<std::uint64_t>(self.st_mtim.tv_nsec)})
    put(bytes, number);
  const auto *begin = files.data(), *half = begin + files.size() / 2;
  std::string second;
  std::thread other([&] { second = digest_part(half, begin + files.size()); });
  bytes += digest_part(begin, half);
  other.join();
  return crypto::sha256_hex(bytes + second);
}

bool settled(const std::vector<os::TreeEntry>& files, std::int64_t before) {
  return std::all_of(files.begin(), files.end(), [&](const auto& f) { return std::max(f.mtime_ns, f.ctime_ns) < before - kGrain; });
}

std::string kept_path(const Workspace& ws) { return ws.state("run/valid"); }

bool read_kept(const Workspace& ws, const std::string& digest, Verdict& out) {
  auto kept = os::read_file(kept_path(ws), 4096);
  if (!kept || digest.empty()) return false;
  auto words = text::split(text::trim(*kept), ' ');
  if (words.size() != 2 || words[0] != digest) return false;
  auto [end, error] = std::from_chars(words[1].data(), words[1].data() + words[1].size(), out.entities);
  return out.kept = error == std::errc{};
}

// Nobody has to be able to write there: then it is not kept.
void keep(const Workspace& ws, const std::string& digest, const Verdict& verdict) {
  if (ws.prepare_state()) (void)os::replace_file(kept_path(ws), digest + " " + std::to_string(verdict.entities) + "\n", 0600);
}

FileDeclares refused(const os::TreeEntry& f, Code code, int line, std::string message, std::string hint) {
  FileDeclares out;
  out.declared.problems.push_back(Error{code, std::move(message), {shown(f.path), line, line}, std::move(hint), nullptr});
  return out;
}

FileDeclares read_one(const std::string& root, const os::TreeEntry& f) {
  if (f.size > kMaxFile) return refused(f, Code::xml_syntax, 1, "larger than 1 MiB", "put its entities into several files");
  auto content = os::read_file(root + "/" + f.path, kMaxFile);
  if (!content) return refused(f, content.error().code, 0, content.error().message, "make it readable, or take it away");
  return read_file({f.path, std::move(*content)}, false);
}

}  // namespace

Result<WorkingTree> look_at_working_tree(const std::string& root) { return Looker(root).run(); }

FreshFiles read_files(const std::string& root, const std::vector<os::TreeEntry>& files) {
  FreshFiles out(files.size());
  std::atomic<std::size_t> next = 0;
  constexpr std::size_t kChunk = 256;
  auto work = [&] {
    for (std::size_t begin; (begin = next.fetch_add(kChunk)) < files.size();)
      for (auto i = begin; i < std::min(begin + kChunk, files.size()); ++i)
        out[i] = {files[i].path, std::make_shared<FileDeclares>(read_one(root, files[i]))};
  };
  if (files.size() <= kChunk) {
    work();
  } else {
    std::thread other(work);
    work();
    other.join();
  }
  return out;
}

Result<Verdict> judge_working_tree(const Workspace& ws, bool anew) {
  auto before = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  TK_TRY(auto tree, look_at_working_tree(ws.root()));
  Verdict out;
  out.problems = std::move(tree.problems);
  out.files = tree.files.size();
  auto digest = out.problems.empty() ? digest_of(tree.files) : std::string();
  if (!anew && read_kept(ws, digest, out)) return out;
  auto files = read_files(ws.root(), tree.files);
  bool alone = std::none_of(files.begin(), files.end(), [](const auto& f) { return f.second->reads_others; });
  auto declared = join_files(files);
  out.entities = declared.model.entities.size();
  bool readable = out.problems.empty() && declared.problems.empty();
  // References are looked at beside law; they count when every entity could be read, and law when they are good.
  std::vector<Error> between;
  std::thread other([&] {
    if (readable) between = check_together({files.begin(), files.end()}, declared.model.entities);
    files.clear();
  });
  auto compiled = readable ? law::compile(declared.model, crypto::sha256_hex) : Result<std::string>();
  other.join();
  auto add = [&](std::vector<Error> more) {
    for (auto& p : more) out.problems.push_back(std::move(p));
  };
  add(std::move(declared.problems));
  if (out.problems.empty()) add(std::move(between));
  if (out.problems.empty() && !compiled) add({compiled.error()});
  if (out.problems.empty() && alone && !digest.empty() && settled(tree.files, before)) keep(ws, digest, out);
  return out;
}

}  // namespace tk::workspace
