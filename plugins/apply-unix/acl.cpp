#include "plugins/apply-unix/acl.hpp"

#include <acl/libacl.h>
#include <fcntl.h>
#include <sys/acl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace tk::apply_unix {
namespace {

struct Free {
  void operator()(void* p) const { ::acl_free(p); }
};
using Acl = std::unique_ptr<std::remove_pointer_t<acl_t>, Free>;

std::string octal(std::uint32_t mode) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + (mode >> shift & 7));
  return out;
}

// What stands in an ACL beside owner, group and others, which the mode says.
std::string extended(int fd) {
  Acl acl(::acl_get_fd(fd));
  if (!acl) return errno == ENOTSUP || errno == ENOSYS ? "" : throw Failure{kFailed, "an ACL cannot be read"};
  if (::acl_equiv_mode(acl.get(), nullptr) == 0) return {};
  std::unique_ptr<char, Free> text(::acl_to_any_text(acl.get(), nullptr, ',', TEXT_NUMERIC_IDS));
  if (!text) fail_errno("an ACL cannot be read");
  return text.get();
}

}  // namespace

std::string read_directory(const Tree& tree, const std::string& path) {
  auto st = tree.status(path);
  if (!st) return "-";
  if (!S_ISDIR(st->st_mode)) return "no directory";
  auto fd = tree.open(tree.root(), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) fail_errno("cannot open " + path);
  auto owner = tree.privileged() ? std::to_string(st->st_uid) + ":" + std::to_string(st->st_gid) : std::string("-:-");
  return octal(st->st_mode & 07777) + ":" + owner + ":" + extended(fd.get());
}

void make_directory(const Tree& tree, const std::string& path, const std::string& wanted) {
  auto place = tree.place(path);
  if (wanted == "-") {
    if (::unlinkat(place.folder.get(), place.name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT && errno != ENOTEMPTY)
      fail_errno("cannot remove " + path);
    return tree.sync(place);
  }
  std::string_view rest = wanted;
  auto next = [&] {
    auto colon = rest.find(':');
    auto out = rest.substr(0, colon);
    rest.remove_prefix(colon == rest.npos ? rest.size() : colon + 1);
    return out;
  };
  auto mode = read_id(next(), 8);
  auto uid = next(), gid = next();
  if (::mkdirat(place.folder.get(), place.name.c_str(), 0700) != 0 && errno != EEXIST) fail_errno("cannot make " + path);
  auto fd = tree.open(place.folder.get(), place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) fail_errno("cannot open " + path);
  tree.own(fd.get(), {uid == "-" ? 0 : read_id(uid), gid == "-" ? 0 : read_id(gid), mode});
  if (!rest.empty()) {
    Acl acl(::acl_from_text(std::string(rest).c_str()));
    if (!acl || ::acl_valid(acl.get()) != 0) throw Failure{kInvalid, "the ACL of " + path + " is not valid"};
    if (::acl_set_fd(fd.get(), acl.get()) != 0) fail_errno("cannot set the ACL of " + path);
  }
  if (::fsync(fd.get()) != 0) fail_errno("cannot flush " + path);
  tree.sync(place);
}

}  // namespace tk::apply_unix
