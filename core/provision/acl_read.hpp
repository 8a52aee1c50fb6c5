// The ACL of an open directory as acl_text.hpp writes it: "ACCESS;DEFAULT", each empty where the mode says all. Shared
// with the root program, which has nothing else of tk in it; so this needs libacl alone.
#pragma once

#include <acl/libacl.h>
#include <sys/acl.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

namespace tk::provision {

// Nothing (with errno) where it cannot be read; a file system without ACLs has none.
inline std::optional<std::string> read_acl_of(int fd) {
  struct Free {
    void operator()(void* p) const { ::acl_free(p); }
  };
  using Acl = std::unique_ptr<std::remove_pointer_t<acl_t>, Free>;
  auto text = [](acl_t acl) -> std::string {
    std::unique_ptr<char, Free> out(::acl_to_any_text(acl, nullptr, ',', TEXT_NUMERIC_IDS));
    return out ? out.get() : "unreadable";
  };
  Acl access(::acl_get_fd(fd));
  if (!access) return errno == ENOTSUP || errno == ENOSYS ? std::optional<std::string>("") : std::nullopt;
  std::string out;
  if (::acl_equiv_mode(access.get(), nullptr) != 0) out = text(access.get());
  Acl later(::acl_get_file(("/proc/self/fd/" + std::to_string(fd)).c_str(), ACL_TYPE_DEFAULT));
  if (later && ::acl_entries(later.get()) > 0) out += ";" + text(later.get());
  return out;
}

}  // namespace tk::provision
