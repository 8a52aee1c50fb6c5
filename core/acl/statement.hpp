// Something that tk states and signs with the key of tokens, so that it can be shown to who has no journal: a compact
// JWS (RFC 7515, EdDSA), found by the same kid. By its type no reader takes it for a token.
#pragma once

#include <string>
#include <string_view>

#include "core/acl/keys.hpp"
#include "core/base/value.hpp"

namespace tk::acl {

std::string sign_statement(const Value& payload, std::string_view type, const Signer& signer);

}  // namespace tk::acl
