// Drops the line ends that do not end a statement, and pairs the brackets.
//
// Contract: linear; brackets that do not fit stay without a partner.

#pragma once

#include "source_tokens.hpp"

namespace tk::review {

void settle_tokens(TokenStream& stream);

}  // namespace tk::review
