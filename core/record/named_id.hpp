// The id of a record that there is once for a name, whoever makes it first: it follows from the name.
#pragma once

#include <string>
#include <string_view>

namespace tk::record {

std::string named_id(std::string_view name);  // RFC 9562, version 8

}  // namespace tk::record
