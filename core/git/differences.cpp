// What differs between two commits, folder by folder. A folder of the same id is not opened, so that the cost is that
// of the folders on the way to what changed. Trees are read raw: libgit2's own diff sets up an iterator, a copy of each
// entry and a pool for both sides before it compares the first name.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/git/detail/handle.hpp"
#include "core/git/repository.hpp"

namespace tk::git {

using namespace detail;

namespace {

using Odb = Handle<git_odb, git_odb_free>;
using Raw = Handle<git_odb_object, git_odb_object_free>;

struct Entry {
  std::string_view name;
  const unsigned char* id = nullptr;
  unsigned mode = 0;
  bool folder() const { return mode == GIT_FILEMODE_TREE; }
  bool file() const { return !folder() && mode != GIT_FILEMODE_COMMIT; }
};

// The entries of a raw tree, one after the other: "<mode> <name>\0<20 bytes>".
class Entries {
 public:
  explicit Entries(std::string_view bytes) : rest_(bytes) {}

  // False at the end; what is no tree is broken.
  Result<bool> next(Entry& out) {
    if (rest_.empty()) return false;
    auto space = rest_.find(' ');
    auto end = space == rest_.npos ? rest_.npos : rest_.find('\0', space);
    if (end == rest_.npos || rest_.size() - end <= GIT_OID_RAWSZ) return fail(Code::git_failed, "a tree of the repository is broken", "git fsck");
    out.mode = 0;
    for (char c : rest_.substr(0, space)) out.mode = out.mode * 8 + static_cast<unsigned>(c - '0');
    out.name = rest_.substr(space + 1, end - space - 1);
    out.id = reinterpret_cast<const unsigned char*>(rest_.data()) + end + 1;
    rest_.remove_prefix(end + 1 + GIT_OID_RAWSZ);
    return true;
  }

 private:
  std::string_view rest_;
};

// git's order: a folder's name counts as if a slash stood behind it.
int compare(const Entry& a, const Entry& b) {
  auto shared = std::min(a.name.size(), b.name.size());
  if (int order = a.name.substr(0, shared).compare(b.name.substr(0, shared))) return order;
  auto after = [&](const Entry& e) { return e.name.size() > shared ? static_cast<unsigned char>(e.name[shared]) : e.folder() ? '/' : 0; };
  return after(a) - after(b);
}

std::string hex_of(const unsigned char* id) {
  git_oid oid;
  git_oid_fromraw(&oid, id);
  return hex(&oid);
}

class Comparison {
 public:
  Comparison(git_odb* odb, const Repository::Skip& skip, std::vector<Repository::Difference>& out) : odb_(odb), skip_(skip), out_(out) {}

  // Either may be null: there is nothing on that side.
  Result<void> folders(const unsigned char* before, const unsigned char* after, std::string& prefix, int depth) {
    if (depth > kMaxDepth) return fail(Code::git_failed, "folders of the repository nest too deep");
    TK_TRY(auto old_tree, read(before));
    TK_TRY(auto new_tree, read(after));
    Entries old_entries(bytes(old_tree)), new_entries(bytes(new_tree));
    Entry a, b;
    TK_TRY(bool has_a, old_entries.next(a));
    TK_TRY(bool has_b, new_entries.next(b));
    while (has_a || has_b) {
      int order = !has_a ? 1 : !has_b ? -1 : compare(a, b);
      if (order == 0) {
        if (a.mode != b.mode || std::memcmp(a.id, b.id, GIT_OID_RAWSZ) != 0) {
          TK_CHECK(both(&a, &b, prefix, depth));
        }
      } else {
        TK_CHECK(both(order < 0 ? &a : nullptr, order > 0 ? &b : nullptr, prefix, depth));
      }
      if (order <= 0) {
        TK_TRY(has_a, old_entries.next(a));
      }
      if (order >= 0) {
        TK_TRY(has_b, new_entries.next(b));
      }
    }
    return {};
  }

 private:
  static constexpr int kMaxDepth = 256;

  static std::string_view bytes(const Raw& raw) {
    return raw ? std::string_view(static_cast<const char*>(git_odb_object_data(raw.get())), git_odb_object_size(raw.get())) : std::string_view();
  }

  Result<Raw> read(const unsigned char* id) {
    if (!id) return Raw();
    git_oid oid;
    git_oid_fromraw(&oid, id);
    git_odb_object* object = nullptr;
    if (git_odb_read(&object, odb_, &oid) != 0) return git_failed("read a tree");
    Raw out(object);
    if (git_odb_object_type(object) != GIT_OBJECT_TREE) return fail(Code::git_failed, "a folder of the repository is no tree", "git fsck");
    return out;
  }

  // One name, on one side or on both. In git's order a file and a folder of the same name are two names.
  Result<void> both(const Entry* a, const Entry* b, std::string& path, int depth) {
    auto above = path.size();
    path += (a ? a : b)->name;
    Result<void> out;
    if (!(a ? a : b)->folder()) {
      if (b && b->file()) out_.push_back({path, hex_of(b->id)});
      else if (a && a->file()) out_.push_back({path, ""});
    } else if (!skip_ || !skip_(path)) {
      path += '/';
      out = folders(a ? a->id : nullptr, b ? b->id : nullptr, path, depth + 1);
    }
    path.resize(above);
    return out;
  }

  git_odb* odb_;
  const Repository::Skip& skip_;
  std::vector<Repository::Difference>& out_;
};

}  // namespace

Result<std::vector<Repository::Difference>> Repository::differences(const std::string& from, const std::string& to, const Skip& skip) const {
  Tree before, after;
  if (!from.empty()) {
    TK_TRY(before, tree_of(raw(), from));
  }
  if (!to.empty()) {
    TK_TRY(after, tree_of(raw(), to));
  }
  git_odb* raw_odb = nullptr;
  if (git_repository_odb(&raw_odb, raw()) != 0) return git_failed("read the repository");
  Odb odb(raw_odb);
  std::vector<Difference> out;
  auto id = [](const Tree& tree) { return tree ? git_tree_id(tree.get())->id : nullptr; };
  if (before && after && git_oid_equal(git_tree_id(before.get()), git_tree_id(after.get()))) return out;
  std::string path;
  TK_CHECK(Comparison(odb.get(), skip, out).folders(id(before), id(after), path, 0));
  return out;
}

Result<std::vector<std::string>> Repository::changed_paths(const std::string& from, const std::string& to) const {
  TK_TRY(auto all, differences(from, to));
  std::vector<std::string> out;
  for (auto& d : all)
    if (out.empty() || out.back() != d.path) out.push_back(std::move(d.path));
  return out;
}

}  // namespace tk::git
