#include "core/acl/keyfile.hpp"

#include "core/base/ids.hpp"
#include "core/os/file.hpp"
#include "core/os/shared.hpp"

namespace tk::acl {

Result<std::string> read_key(const std::string& folder, const std::string& name, std::size_t size) {
  auto path = folder + "/" + name;
  auto bytes = os::read_private(path, 4096);
  if (!bytes && bytes.error().code == Code::os_permission)
    return fail(Code::acl_key, bytes.error().message, "chmod 600 it if nobody read it meanwhile; else make a new one");
  if (bytes && bytes->size() != size)
    return fail(Code::acl_key, path + " has " + std::to_string(bytes->size()) + " bytes, not " + std::to_string(size),
                "put it back from your backup of .tk/keys");
  return bytes;
}

Result<std::string> read_or_make_key(const std::string& folder, const std::string& name, std::size_t size) {
  auto there = read_key(folder, name, size);
  if (there || there.error().code != Code::os_not_found) return there;
  auto state = folder.substr(0, folder.rfind('/'));
  TK_CHECK(os::make_directories(folder, 0700));
  TK_CHECK(os::give_to_owner_of(state, folder));
  TK_TRY(auto lock, os::Lock::wait(folder + "/.lock", Code::os_io));
  there = read_key(folder, name, size);  // another process was faster
  if (there || there.error().code != Code::os_not_found) return there;
  std::string bytes(size, '\0');
  ids::random_bytes({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  TK_CHECK(os::write_atomic(folder + "/" + name, bytes, 0600));
  for (const auto& made : {folder + "/.lock", folder + "/" + name}) TK_CHECK(os::give_to_owner_of(state, made));
  return bytes;
}

}  // namespace tk::acl
