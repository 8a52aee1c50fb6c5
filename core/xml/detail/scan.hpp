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

// What stands one behind the other, for who writes the document anew. White space and references are not among them.
struct Token {
  enum class Kind { declaration, comment, open, empty, close } kind;
  std::size_t at, end;
  std::size_t element;  // of an open or empty tag
};

struct Scanned {
  std::vector<ScannedElement> elements;  // in document order, as pugixml will visit them
  std::vector<Token> tokens;
};
Result<Scanned> scan(std::string_view text, std::string_view file);

}  // namespace tk::xml::detail
