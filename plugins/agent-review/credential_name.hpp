// Does a name speak of a credential?
//
// Contract: pure; looks at no more than the first 96 bytes.

#pragma once

#include "secret_values.hpp"

#include <optional>
#include <string_view>

namespace tk::review {

// "dbPassword", "API_KEY", "client-secret"; not "password_hash", "tokenType", "public_key".
std::optional<ValueKind> credential_name(std::string_view name);

}  // namespace tk::review
