#include "plugins/apply-unix/acl.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "core/provision/acl_read.hpp"

namespace tk::apply_unix {
namespace {

std::string octal(std::uint32_t mode) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) out += static_cast<char>('0' + (mode >> shift & 7));
  return out;
}

struct Free {
  void operator()(void* p) const { ::acl_free(p); }
};
using Acl = std::unique_ptr<std::remove_pointer_t<acl_t>, Free>;

Acl read_acl(std::string_view text, const std::string& path) {
  Acl acl(::acl_from_text(std::string(text).c_str()));
  if (!acl || ::acl_valid(acl.get()) != 0) throw Failure{kInvalid, "the ACL of " + path + " is not valid"};
  return acl;
}

struct Spec {
  std::uint32_t mode;
  Owner owner;
  std::string_view access, later;
};

Spec read_spec(std::string_view rest) {
  auto next = [&](char end) {
    auto at = rest.find(end);
    auto out = rest.substr(0, at);
    rest.remove_prefix(at == rest.npos ? rest.size() : at + 1);
    return out;
  };
  auto mode = read_id(next(':'), 8);
  auto uid = next(':'), gid = next(':');
  auto access = next(';');
  return {mode, {uid == "-" ? 0 : read_id(uid), gid == "-" ? 0 : read_id(gid), mode}, access, rest};
}

}  // namespace

void check_directory(const std::string& spec, const std::string& path) {
  auto read = read_spec(spec);
  if (read.mode > 07777 || (read.mode & 04000) != 0) throw Failure{kInvalid, "the mode of " + path + " is not valid"};
  for (auto acl : {read.access, read.later})
    if (!acl.empty()) read_acl(acl, path);
}

std::string read_directory(const Tree& tree, const std::string& path) {
  auto st = tree.status(path);
  if (!st) return "-";
  if (!S_ISDIR(st->st_mode)) return "no directory";
  auto fd = tree.open(tree.root(), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) fail_errno("cannot open " + path);
  auto acl = provision::read_acl_of(fd.get());
  if (!acl) fail_errno("cannot read the ACL of " + path);
  auto owner = tree.privileged() ? std::to_string(st->st_uid) + ":" + std::to_string(st->st_gid) : std::string("-:-");
  return octal(st->st_mode & 07777) + ":" + owner + ":" + *acl;
}

void make_directory(const Tree& tree, const std::string& path, const std::string& wanted) {
  auto place = tree.place(path);
  if (wanted == "-") {
    if (::unlinkat(place.folder.get(), place.name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT && errno != ENOTEMPTY)
      fail_errno("cannot remove " + path);
    return tree.sync(place);
  }
  const auto [mode, owner, access, later] = read_spec(wanted);
  if (::mkdirat(place.folder.get(), place.name.c_str(), 0700) != 0 && errno != EEXIST) fail_errno("cannot make " + path);
  auto fd = tree.open(place.folder.get(), place.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) fail_errno("cannot open " + path);
  // An ACL that is there would take the mode's group for its mask.
  auto self = "/proc/self/fd/" + std::to_string(fd.get());
  if (auto now = provision::read_acl_of(fd.get()); now && !now->empty()) {
    Acl base(::acl_from_mode(mode & 0777));
    if (!base || ::acl_set_fd(fd.get(), base.get()) != 0 || ::acl_delete_def_file(self.c_str()) != 0)
      fail_errno("cannot take away the ACL of " + path);
  }
  tree.own(fd.get(), owner);
  if (!access.empty() && ::acl_set_fd(fd.get(), read_acl(access, path).get()) != 0) fail_errno("cannot set the ACL of " + path);
  if (!later.empty() && ::acl_set_file(self.c_str(), ACL_TYPE_DEFAULT, read_acl(later, path).get()) != 0)
    fail_errno("cannot set the default ACL of " + path);
  if (::fsync(fd.get()) != 0) fail_errno("cannot flush " + path);
  tree.sync(place);
}

}  // namespace tk::apply_unix
