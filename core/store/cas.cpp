#include "core/store/cas.hpp"

#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"

namespace tk::store {

std::string Cas::path(const std::string& digest) const {
  return root_ + "/" + digest.substr(0, 2) + "/" + digest.substr(2);
}

Result<std::string> Cas::put(std::string_view bytes) const {
  auto digest = crypto::sha256_hex(bytes);
  auto to = path(digest);
  if (os::exists(to)) return digest;
  TK_CHECK(os::make_directories(to.substr(0, to.rfind('/')), 0700));
  TK_CHECK(os::write_atomic(to, bytes, 0600));
  return digest;
}

Result<std::string> Cas::get(const std::string& digest) const {
  if (digest.size() != 64 || digest.find_first_not_of("0123456789abcdef") != digest.npos)
    return fail(Code::journal_broken, "not a content address: " + digest);
  TK_TRY(auto bytes, os::read_file(path(digest)));
  if (crypto::sha256_hex(bytes) != digest)
    return fail(Code::journal_broken, path(digest) + ": its bytes do not have the digest " + digest);
  return bytes;
}

}  // namespace tk::store
