#include "core/git/bundle.hpp"

#include <algorithm>
#include <map>

#include "core/base/text.hpp"
#include "core/git/detail/handle.hpp"

namespace tk::git {

using namespace detail;

namespace {

constexpr std::string_view kSignature = "# v2 git bundle\n";
using Packbuilder = Handle<git_packbuilder, git_packbuilder_free>;
using Indexer = Handle<git_indexer, git_indexer_free>;
using Odb = Handle<git_odb, git_odb_free>;

// Every ref with the object that it names, annotated tags as they are.
Result<std::map<std::string, git_oid>> refs_of(git_repository* repo) {
  std::map<std::string, git_oid> out;
  git_strarray names = {};
  if (git_reference_list(&names, repo) != 0) return git_failed("list the refs");
  for (std::size_t i = 0; i < names.count; ++i) {
    std::string name = names.strings[i];
    if (name.starts_with("refs/remotes/")) continue;
    git_oid oid;
    if (git_reference_name_to_id(&oid, repo, name.c_str()) == 0) out.emplace(name, oid);
  }
  git_strarray_dispose(&names);
  return out;
}

Result<std::map<std::string, git_oid>> read_header(std::string_view& bytes, Code broken) {
  std::map<std::string, git_oid> out;
  if (!bytes.starts_with(kSignature)) return fail(broken, "it is no git bundle of version 2");
  bytes.remove_prefix(kSignature.size());
  for (;;) {
    auto end = bytes.find('\n');
    if (end == bytes.npos) return fail(broken, "the git bundle ends in its list of refs");
    auto line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.empty()) return out;
    git_oid oid;
    auto name = std::string(line.substr(std::min<std::size_t>(line.size(), GIT_OID_HEXSZ + 1)));
    int valid = 0;
    if (line.size() <= GIT_OID_HEXSZ + 1 || line[GIT_OID_HEXSZ] != ' ' || git_oid_fromstrn(&oid, line.data(), GIT_OID_HEXSZ) != 0 ||
        git_reference_name_is_valid(&valid, name.c_str()) != 0 || !valid)
      return fail(broken, "the git bundle has a line that names no ref: " + text::printable(text::shorten(line, 80)));
    out.emplace(name, oid);
  }
}

}  // namespace

Result<std::string> write_bundle(const Repository& repository) {
  auto* repo = repository.raw();
  TK_TRY(auto refs, refs_of(repo));
  git_packbuilder* raw = nullptr;
  if (git_packbuilder_new(&raw, repo) != 0) return git_failed("begin a pack");
  Packbuilder pack(raw);
  git_packbuilder_set_threads(pack.get(), 1);
  git_revwalk* raw_walk = nullptr;
  if (git_revwalk_new(&raw_walk, repo) != 0) return git_failed("walk the history");
  Revwalk walk(raw_walk);
  git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL);
  std::string out(kSignature);
  git_oid at;  // what a clone checks out
  if (git_reference_name_to_id(&at, repo, "HEAD") == 0) out += hex(&at) + " HEAD\n";
  for (const auto& [name, oid] : refs) {
    out += hex(&oid) + " " + name + "\n";
    git_object* object = nullptr;
    if (git_object_lookup(&object, repo, &oid, GIT_OBJECT_ANY) != 0) return git_failed("read " + name);
    Object owner(object);
    auto type = git_object_type(object);
    if (type != GIT_OBJECT_COMMIT && git_packbuilder_insert_recur(pack.get(), &oid, nullptr) != 0) return git_failed("pack " + name);
    git_object* commit = nullptr;
    if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0) continue;
    Object peeled(commit);
    if (git_revwalk_push(walk.get(), git_object_id(commit)) != 0) return git_failed("walk " + name);
  }
  if (git_packbuilder_insert_walk(pack.get(), walk.get()) != 0) return git_failed("pack the history");
  out += "\n";
  git_buf buffer = GIT_BUF_INIT;
  int rc = git_packbuilder_write_buf(&buffer, pack.get());
  if (rc == 0) out.append(buffer.ptr, buffer.size);
  git_buf_dispose(&buffer);
  if (rc != 0) return git_failed("write the pack");
  return out;
}

Result<Repository> read_bundle(std::string_view bytes, const std::string& folder, const std::string& head, Code broken) {
  TK_TRY(auto repository, Repository::init(folder));  // starts the library too
  TK_TRY(auto refs, read_header(bytes, broken));
  if (!head.starts_with("refs/heads/") || !refs.contains(head)) return fail(broken, "the git bundle does not hold its branch " + text::printable(head));
  auto* repo = repository.raw();
  git_odb* raw_odb = nullptr;
  if (git_repository_odb(&raw_odb, repo) != 0) return git_failed("open the objects");
  Odb odb(raw_odb);
  git_indexer_options options = GIT_INDEXER_OPTIONS_INIT;
  options.verify = 1;  // whatever an object refers to must be there
  git_indexer* raw = nullptr;
  if (git_indexer_new(&raw, (folder + "/.git/objects/pack").c_str(), 0400, odb.get(), &options) != 0) return git_failed("begin a pack");
  Indexer indexer(raw);
  git_indexer_progress progress = {};
  if (git_indexer_append(indexer.get(), bytes.data(), bytes.size(), &progress) != 0 || git_indexer_commit(indexer.get(), &progress) != 0)
    return git_failed("read the git bundle", broken);
  if (git_odb_refresh(odb.get()) != 0) return git_failed("open the objects");
  for (const auto& [name, oid] : refs) {
    if (name == "HEAD") continue;
    git_reference* made = nullptr;
    if (git_reference_create(&made, repo, name.c_str(), &oid, 1, "tk import") != 0) return git_failed("take ref " + name, broken);
    Reference owner(made);
  }
  if (git_repository_set_head(repo, head.c_str()) != 0) return git_failed("set HEAD to " + head, broken);
  git_checkout_options checkout = GIT_CHECKOUT_OPTIONS_INIT;
  checkout.checkout_strategy = GIT_CHECKOUT_FORCE;
  if (git_checkout_head(repo, &checkout) != 0) return git_failed("check " + head + " out", broken);
  return repository;
}

}  // namespace tk::git
