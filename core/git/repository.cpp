#include "core/git/repository.hpp"

#include <atomic>
#include <errno.h>

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/git/detail/pack.hpp"
#include "core/git/detail/raw_tree.hpp"
#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::git {

using namespace detail;

namespace detail {

tl::unexpected<Error> git_failed(std::string_view what, Code code) {
  int number = errno;
  const auto* error = git_error_last();
  std::string why = error && error->message ? error->message : "unknown error";
  if (code == Code::git_failed && error && error->klass == GIT_ERROR_OS) {
    if (number == ENOSPC || number == EDQUOT) code = Code::os_full;
    if (number == EROFS) code = Code::os_readonly;
    if (number == EACCES) code = Code::os_permission;
  }
  return fail(code, "cannot " + std::string(what) + ": " + why);
}

std::string hex(const git_oid* oid) {
  char buffer[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(buffer, sizeof buffer, oid);
}

Result<git_oid> parse_oid(const std::string& text) {
  git_oid oid;
  if (git_oid_fromstr(&oid, text.c_str()) != 0) return git_failed("read the id " + text);
  return oid;
}

Result<Commit> lookup_commit(git_repository* repo, const std::string& id) {
  TK_TRY(auto oid, parse_oid(id));
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, repo, &oid) != 0) return git_failed("find commit " + id);
  return Commit(commit);
}

Result<Tree> tree_of(git_repository* repo, const std::string& commit) {
  TK_TRY(auto c, lookup_commit(repo, commit));
  git_tree* tree = nullptr;
  if (git_commit_tree(&tree, c.get()) != 0) return git_failed("read the tree of " + commit);
  return Tree(tree);
}

}  // namespace detail

namespace {

void start_library() {
  static const int started = [] {
    // A workspace may belong to another user than the caller (CI, root): tk checks owners by law.
    int n = git_libgit2_init();
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // A folder of ten thousand names is a tree of 400 KB: read once in a command, not at every look.
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, std::size_t{16} << 20);
    return n;
  }();
  static_cast<void>(started);
}

// Of each change its blob, written where it is not yet.
Result<void> write_blobs(git_repository* repo, std::vector<Change>& all) {
  std::vector<Change*> missing;
  for (auto& change : all)
    if (change.content && change.blob.empty()) missing.push_back(&change);
  if (missing.size() > Repository::kMany) {
    std::vector<std::string_view> contents;
    for (const auto* change : missing) contents.push_back(*change->content);
    TK_TRY(auto odb, odb_of(repo));
    TK_TRY(auto ids, pack_blobs(odb.get(), contents));
    for (std::size_t i = 0; i < missing.size(); ++i) missing[i]->blob = hex(&ids[i]);
    return {};
  }
  for (auto* change : missing) {
    git_oid id;
    if (git_blob_create_from_buffer(&id, repo, change->content->data(), change->content->size()) != 0) return git_failed("write " + change->path);
    change->blob = hex(&id);
  }
  return {};
}

// The tree with the changes laid over it, one level at a time.
Result<git_oid> overlay(git_repository* repo, const git_tree* base, const std::vector<Change>& all,
                        const std::string& prefix) {
  git_treebuilder* raw = nullptr;
  if (git_treebuilder_new(&raw, repo, base) != 0) return git_failed("build a tree");
  Handle<git_treebuilder, git_treebuilder_free> builder(raw);
  std::string last;
  for (const auto& change : all) {
    if (!change.path.starts_with(prefix)) continue;
    auto rest = change.path.substr(prefix.size());
    auto slash = rest.find('/');
    auto name = rest.substr(0, slash);
    const auto* entry = git_treebuilder_get(builder.get(), name.c_str());
    if (slash == std::string::npos) {
      if (!change.content) {
        if (entry) git_treebuilder_remove(builder.get(), name.c_str());
        continue;
      }
      auto mode = entry ? git_tree_entry_filemode(entry) : GIT_FILEMODE_BLOB;
      TK_TRY(auto blob, parse_oid(change.blob));
      if (git_treebuilder_insert(nullptr, builder.get(), name.c_str(), &blob, mode) != 0)
        return git_failed("write " + change.path);
      continue;
    }
    if (name == last) continue;  // the whole folder was done with its first path
    last = name;
    Tree below;
    if (entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      git_tree* tree = nullptr;
      if (git_tree_lookup(&tree, repo, git_tree_entry_id(entry)) != 0) return git_failed("read a tree");
      below.reset(tree);
    }
    TK_TRY(auto id, overlay(repo, below.get(), all, prefix + name + "/"));
    if (git_treebuilder_insert(nullptr, builder.get(), name.c_str(), &id, GIT_FILEMODE_TREE) != 0)
      return git_failed("write " + prefix + name);
  }
  git_oid out;
  if (git_treebuilder_write(&out, builder.get()) != 0) return git_failed("write a tree");
  return out;
}

}  // namespace

// A folder of ten thousand names is taken apart once, not for each of them.
struct Repository::Folders {
  struct Named {
    std::string id;  // 20 bytes
    unsigned mode = 0;
  };
  using Folder = std::unordered_map<std::string, Named>;
  std::map<std::string, Folder> by_id;
  std::map<std::string, std::string> roots;  // by commit

  Result<const std::string*> root_of(git_repository* repo, const std::string& commit) {
    if (auto it = roots.find(commit); it != roots.end()) return &it->second;
    if (roots.size() >= 64) roots.clear();
    TK_TRY(auto tree, tree_of(repo, commit));
    return &roots.emplace(commit, std::string(reinterpret_cast<const char*>(git_tree_id(tree.get())->id), GIT_OID_RAWSZ)).first->second;
  }

  Result<const Folder*> open(git_odb* odb, const std::string& id) {
    if (auto it = by_id.find(id); it != by_id.end()) return &it->second;
    if (by_id.size() >= 64) by_id.clear();
    TK_TRY(auto raw, read_tree(odb, reinterpret_cast<const unsigned char*>(id.data())));
    Folder folder;
    Entry entry;
    for (Entries entries(bytes(raw));;) {
      TK_TRY(bool there, entries.next(entry));
      if (!there) break;
      folder.emplace(entry.name, Named{std::string(reinterpret_cast<const char*>(entry.id), GIT_OID_RAWSZ), entry.mode});
    }
    return &by_id.emplace(id, std::move(folder)).first->second;
  }
};

Result<Repository> Repository::init(const std::string& folder) {
  start_library();
  git_repository* raw = nullptr;
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
  options.initial_head = "main";
  if (git_repository_init_ext(&raw, folder.c_str(), &options) != 0)
    return git_failed("make a git repository in " + folder);
  Repository out;
  out.repo_.reset(raw, git_repository_free);
  out.folders_ = std::make_shared<Folders>();
  out.index_time_ = std::make_shared<std::optional<timespec>>();
  out.written_ = std::make_shared<Written>();
  out.worktree_ = folder;
  return out;
}

Result<Repository> Repository::open(const std::string& folder) {
  start_library();
  git_repository* raw = nullptr;
  if (git_repository_open_ext(&raw, folder.c_str(), 0, nullptr) != 0)
    return fail(Code::git_no_repository, folder + " is not inside a git repository",
                "git init makes one");
  Repository out;
  out.repo_.reset(raw, git_repository_free);
  out.folders_ = std::make_shared<Folders>();
  out.index_time_ = std::make_shared<std::optional<timespec>>();
  out.written_ = std::make_shared<Written>();
  const char* worktree = git_repository_workdir(raw);
  out.worktree_ = worktree ? worktree : git_repository_path(raw);
  if (out.worktree_.size() > 1 && out.worktree_.ends_with('/')) out.worktree_.pop_back();
  return out;
}

std::vector<std::string> Repository::folders() const {
  std::vector<std::string> out;
  for (const char* path : {git_repository_path(raw()), git_repository_commondir(raw())})
    if (path) out.emplace_back(path);
  return out;
}

Result<void> Repository::configure(const std::string& key, const std::string& value) const {
  git_config *all = nullptr, *own = nullptr;
  bool done = git_repository_config(&all, raw()) == 0 && git_config_open_level(&own, all, GIT_CONFIG_LEVEL_LOCAL) == 0 &&
              git_config_set_string(own, key.c_str(), value.c_str()) == 0;
  git_config_free(own);
  git_config_free(all);
  return done ? Result<void>() : git_failed("set " + key);
}

Result<std::string> Repository::head_commit() const {
  git_oid oid;
  int rc = git_reference_name_to_id(&oid, raw(), "HEAD");
  if (rc == GIT_ENOTFOUND) return std::string();
  if (rc != 0) return git_failed("read HEAD");
  return hex(&oid);
}

Result<std::string> Repository::resolve(const std::string& revision) const {
  git_object* found = nullptr;
  if (git_revparse_single(&found, raw(), revision.c_str()) != 0)
    return fail(Code::git_bad_range, "no commit is called \"" + text::printable(revision) + "\" here",
                "a branch, a tag, a commit's id, HEAD~1 …");
  git_object* commit = nullptr;
  auto rc = git_object_peel(&commit, found, GIT_OBJECT_COMMIT);
  git_object_free(found);
  if (rc != 0) return fail(Code::git_bad_range, "\"" + text::printable(revision) + "\" is no commit");
  auto out = hex(git_object_id(commit));
  git_object_free(commit);
  return out;
}

Result<std::string> Repository::head_ref() const {
  git_reference* head = nullptr;
  if (git_reference_lookup(&head, raw(), "HEAD") != 0) return git_failed("read HEAD");
  Reference owner(head);
  const char* target = git_reference_symbolic_target(head);
  return std::string(target ? target : "HEAD");
}

Result<std::string> Repository::ref_commit(const std::string& ref) const {
  git_oid oid;
  int rc = git_reference_name_to_id(&oid, raw(), ref.c_str());
  if (rc == GIT_ENOTFOUND) return std::string();
  if (rc != 0) return git_failed("read " + ref);
  return hex(&oid);
}

Result<std::string> Repository::find_message(const std::string& head, const std::string& from,
                                             const std::string& message) const {
  if (head.empty()) return std::string();
  git_revwalk* raw_walk = nullptr;
  if (git_revwalk_new(&raw_walk, raw()) != 0) return git_failed("walk the history");
  Revwalk walk(raw_walk);
  TK_TRY(auto start, parse_oid(head));
  if (git_revwalk_push(raw_walk, &start) != 0) return git_failed("walk the history");
  if (!from.empty()) {
    TK_TRY(auto end, parse_oid(from));
    git_revwalk_hide(raw_walk, &end);
  }
  git_oid oid;
  while (git_revwalk_next(&oid, raw_walk) == 0) {
    TK_TRY(auto commit, lookup_commit(raw(), hex(&oid)));
    if (message == git_commit_message(commit.get())) return hex(&oid);
  }
  return std::string();
}

Result<std::vector<std::string>> Repository::history(const std::string& head, const std::string& before) const {
  std::vector<std::string> out;
  if (head.empty()) return out;
  git_revwalk* raw_walk = nullptr;
  if (git_revwalk_new(&raw_walk, raw()) != 0) return git_failed("walk the history");
  Revwalk walk(raw_walk);
  TK_TRY(auto start, parse_oid(head));
  if (git_revwalk_push(raw_walk, &start) != 0) return git_failed("walk the history");
  if (!before.empty()) {
    TK_TRY(auto end, parse_oid(before));
    if (git_revwalk_hide(raw_walk, &end) != 0) return git_failed("walk the history");
  }
  git_revwalk_sorting(raw_walk, GIT_SORT_TOPOLOGICAL);
  git_oid oid;
  int rc = 0;
  while ((rc = git_revwalk_next(&oid, raw_walk)) == 0) out.push_back(hex(&oid));
  if (rc != GIT_ITEROVER) return git_failed("walk the history");
  return out;
}

Result<bool> Repository::reaches(const std::string& head, const std::string& commit) const {
  if (head.empty() || head == commit) return !head.empty();
  TK_TRY(auto a, parse_oid(head));
  TK_TRY(auto b, parse_oid(commit));
  int answer = git_graph_descendant_of(raw(), &a, &b);
  if (answer < 0) return git_failed("compare commits");
  return answer == 1;
}

Result<std::vector<Repository::File>> Repository::files(const std::string& commit,
                                                        const std::string& below) const {
  TK_TRY(auto tree, tree_of(raw(), commit));
  std::vector<File> out;
  struct Walk {
    std::vector<File>* out;
    const std::string* below;
  } walk{&out, &below};
  auto visit = [](const char* root, const git_tree_entry* entry, void* arg) {
    auto* w = static_cast<Walk*>(arg);
    auto path = std::string(root) + git_tree_entry_name(entry);
    const auto& want = *w->below;
    if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
      bool inside = want.empty() || path.starts_with(want) || want.starts_with(path + "/");
      return inside ? 0 : 1;
    }
    if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB && (want.empty() || path.starts_with(want)))
      w->out->push_back({path, hex(git_tree_entry_id(entry)),
                         git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE});
    return 0;
  };
  if (git_tree_walk(tree.get(), GIT_TREEWALK_PRE, visit, &walk) != 0)
    return git_failed("walk the tree of " + commit);
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.path < b.path; });
  return out;
}

namespace {

std::atomic<std::size_t> blob_count = 0;

}  // namespace

std::string Repository::blob_of(std::string_view content) {
  auto text = "blob " + std::to_string(content.size()) + '\0';
  text += content;
  return ids::hex(crypto::sha1(text));
}

std::size_t Repository::blobs_read() { return blob_count; }

Result<std::string> Repository::read_blob(const std::string& id) const {
  ++blob_count;
  if (auto known = written_->find(id); known != written_->end()) return known->second;
  TK_TRY(auto oid, parse_oid(id));
  git_blob* blob = nullptr;
  if (git_blob_lookup(&blob, raw(), &oid) != 0) return git_failed("read blob " + id);
  Blob owner(blob);
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob)),
                     static_cast<std::size_t>(git_blob_rawsize(blob)));
}

Result<std::string> Repository::blob_at(const std::string& commit, const std::string& path) const {
  if (commit.empty()) return std::string();
  auto& known = *folders_;
  TK_TRY(const auto* root, known.root_of(raw(), commit));
  TK_TRY(auto odb, odb_of(raw()));
  Folders::Named at{*root, GIT_FILEMODE_TREE};
  for (auto name : text::split(path, '/')) {
    if (at.mode != GIT_FILEMODE_TREE) return std::string();
    TK_TRY(const auto* folder, known.open(odb.get(), at.id));
    auto it = folder->find(std::string(name));
    if (it == folder->end()) return std::string();
    at = it->second;
  }
  git_oid oid;
  git_oid_fromraw(&oid, reinterpret_cast<const unsigned char*>(at.id.data()));
  return hex(&oid);
}

Result<std::optional<std::string>> Repository::read(const std::string& commit,
                                                    const std::string& path) const {
  TK_TRY(auto blob, blob_at(commit, path));
  if (blob.empty()) return std::optional<std::string>();
  TK_TRY(auto content, read_blob(blob));
  return std::optional<std::string>(std::move(content));
}

Result<void> Repository::store(const std::string& folder, std::vector<Change>& changes) {
  TK_TRY(auto own, open(folder));
  return write_blobs(own.raw(), changes);
}

Result<std::string> Repository::write_commit(const std::string& parent,
                                             const std::vector<Change>& changes,
                                             const Author& author,
                                             const std::string& message) const {
  auto sorted = changes;
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.path < b.path; });
  Tree base;
  Commit parent_commit;
  if (!parent.empty()) {
    TK_TRY(base, tree_of(raw(), parent));
    TK_TRY(parent_commit, lookup_commit(raw(), parent));
  }
  TK_CHECK(write_blobs(raw(), sorted));
  TK_TRY(auto tree_id, overlay(raw(), base.get(), sorted, ""));
  git_tree* tree = nullptr;
  if (git_tree_lookup(&tree, raw(), &tree_id) != 0) return git_failed("read the new tree");
  Tree tree_owner(tree);
  git_signature* signature = nullptr;
  if (git_signature_new(&signature, author.name.c_str(), author.email.c_str(),
                        clock::now_ns() / 1'000'000'000, 0) != 0)
    return git_failed("sign the commit");
  Signature signature_owner(signature);
  const git_commit* parents[1] = {parent_commit.get()};
  git_oid id;
  if (git_commit_create(&id, raw(), nullptr, signature, signature, "UTF-8", message.c_str(), tree,
                        parent_commit ? 1 : 0, parents) != 0)
    return git_failed("write a commit");
  written_->clear();
  for (auto& change : sorted)
    if (change.content) written_->emplace(change.blob, std::move(*change.content));
  return hex(&id);
}

Result<void> Repository::move_ref(const std::string& ref, const std::string& from,
                                  const std::string& to, const std::string& message) const {
  TK_TRY(auto target, parse_oid(to));
  git_oid old{};
  if (!from.empty()) {
    TK_TRY(old, parse_oid(from));
  }
  git_reference* made = nullptr;
  os::fault("git.ref");
  int rc = while_locked([&] {
    return from.empty() ? git_reference_create(&made, raw(), ref.c_str(), &target, 0, message.c_str())
                        : git_reference_create_matching(&made, raw(), ref.c_str(), &target, 1, &old,
                                                        message.c_str());
  });
  git_reference_free(made);
  if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS)
    return fail(Code::git_moved, ref + " moved meanwhile");
  if (rc == GIT_ELOCKED) return still_locked("move " + ref);
  if (rc != 0) return git_failed("move " + ref);
  return {};
}

}  // namespace tk::git
