#include "core/acl/statement.hpp"

#include "core/base/base64.hpp"
#include "core/json/json.hpp"

namespace tk::acl {

std::string sign_statement(const Value& payload, std::string_view type, const Signer& signer) {
  auto header = json::compact(Value::Map{{"alg", "EdDSA"}, {"kid", signer.kid}, {"typ", type}});
  auto out = base64::encode_url(header) + "." + base64::encode_url(json::compact(payload));
  auto signature = signer.key.sign(out);
  return out + "." + base64::encode_url({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

}  // namespace tk::acl
