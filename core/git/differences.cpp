// What differs between two commits, folder by folder. A folder of the same id is not opened, so that the cost is that
// of the folders on the way to what changed. Trees are read raw: libgit2's own diff sets up an iterator, a copy of each
// entry and a pool for both sides before it compares the first name.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/git/detail/raw_tree.hpp"
#include "core/git/repository.hpp"

namespace tk::git {

using namespace detail;

namespace {

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
    TK_TRY(auto old_tree, read_tree(odb_, before));
    TK_TRY(auto new_tree, read_tree(odb_, after));
    Entries old_entries(bytes(old_tree)), new_entries(bytes(new_tree));
    for (Entry a, b;;) {
      TK_CHECK(Entries::past_the_same(old_entries, new_entries));
      auto old_rest = old_entries, new_rest = new_entries;
      TK_TRY(bool has_a, old_rest.next(a));
      TK_TRY(bool has_b, new_rest.next(b));
      if (!has_a && !has_b) return {};
      int order = !has_a ? 1 : !has_b ? -1 : compare(a, b);
      if (order != 0 || a.mode != b.mode || std::memcmp(a.id, b.id, GIT_OID_RAWSZ) != 0) {
        TK_CHECK(both(order <= 0 ? &a : nullptr, order >= 0 ? &b : nullptr, prefix, depth));
      }
      if (order <= 0) old_entries = old_rest;
      if (order >= 0) new_entries = new_rest;
    }
  }

 private:
  static constexpr int kMaxDepth = 256;

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
  TK_TRY(auto odb, odb_of(raw()));
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
