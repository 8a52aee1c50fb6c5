// A folder of a commit as git keeps it, read without making an object of each of its entries: one of ten thousand names is
// looked through in the time that it takes to unpack it.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/git/detail/handle.hpp"

namespace tk::git::detail {

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
    out.mode = 0;
    std::size_t space = 0;
    for (; space < rest_.size() && rest_[space] != ' '; ++space) out.mode = out.mode * 8 + static_cast<unsigned>(rest_[space] - '0');
    auto end = rest_.find('\0', space);
    if (end == rest_.npos || rest_.size() - end <= GIT_OID_RAWSZ) return fail(Code::git_failed, "a tree of the repository is broken", "git fsck");
    out.name = rest_.substr(space + 1, end - space - 1);
    out.id = reinterpret_cast<const unsigned char*>(rest_.data()) + end + 1;
    rest_.remove_prefix(end + 1 + GIT_OID_RAWSZ);
    return true;
  }

  // Goes past the entries that both have next, byte for byte. Of ten thousand of which one changed the rest is not looked at.
  static Result<void> past_the_same(Entries& a, Entries& b) {
    if (a.rest_ == b.rest_) return a.rest_ = b.rest_ = {}, Result<void>();
    auto same = static_cast<std::size_t>(std::mismatch(a.rest_.begin(), a.rest_.end(), b.rest_.begin(), b.rest_.end()).first - a.rest_.begin());
    std::size_t passed = 0;
    Entry entry;
    for (auto probe = a;; a = probe) {
      TK_TRY(bool more, probe.next(entry));
      auto length = a.rest_.size() - probe.rest_.size();
      if (!more || passed + length > same) break;
      passed += length;
    }
    b.rest_.remove_prefix(passed);
    return {};
  }

 private:
  std::string_view rest_;
};

inline Result<Odb> odb_of(git_repository* repository) {
  git_odb* odb = nullptr;
  if (git_repository_odb(&odb, repository) != 0) return git_failed("read the repository");
  return Odb(odb);
}

// Of a tree, its raw bytes; nothing for the id of none.
inline Result<Raw> read_tree(git_odb* odb, const unsigned char* id) {
  if (!id) return Raw();
  git_oid oid;
  git_oid_fromraw(&oid, id);
  git_odb_object* object = nullptr;
  if (git_odb_read(&object, odb, &oid) != 0) return git_failed("read a tree");
  Raw out(object);
  if (git_odb_object_type(object) != GIT_OBJECT_TREE) return fail(Code::git_failed, "a folder of the repository is no tree", "git fsck");
  return out;
}

inline std::string_view bytes(const Raw& raw) {
  return raw ? std::string_view(static_cast<const char*>(git_odb_object_data(raw.get())), git_odb_object_size(raw.get())) : std::string_view();
}

}  // namespace tk::git::detail
