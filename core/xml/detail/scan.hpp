// The pre-scan: finds what pugixml lets pass, and where every tag and attribute stands.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::xml::detail {

struct ScannedAttribute {
  std::string_view name;
  std::size_t name_at, value_at, value_end;
};
struct ScannedElement {
  std::string_view name;
  std::size_t at, open_end;
  std::vector<ScannedAttribute> attributes;
};

// Elements in document order, as pugixml will visit them.
Result<std::vector<ScannedElement>> scan(std::string_view text, std::string_view file);

}  // namespace tk::xml::detail
