// Entity XML: a strict pre-scan (UTF-8, one root, no DOCTYPE, depth <= 32, <= 1 MiB, no duplicate
// attribute, references only to the five predefined entities and characters) and then pugixml.
// The tree carries the position of every element and attribute, so that a problem can be named as
// file:line:col and one attribute can be edited without touching another byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::xml {

struct Attribute {
  std::string name, value;
  std::size_t name_at = 0;               // byte offset of the name
  std::size_t value_at = 0, value_end = 0;  // of the raw value between the quotes
};

struct Element {
  std::string name;
  std::vector<Attribute> attributes;
  std::vector<Element> children;
  std::string text;           // character data directly inside, trimmed
  std::size_t at = 0;         // offset of '<'
  std::size_t open_end = 0;   // offset just behind the name and attributes ('>' or '/')

  const Attribute* find(std::string_view attribute) const;
  std::string get(std::string_view attribute) const;  // empty when absent
};

struct Document {
  Element root;
  std::string name;  // the file
  std::string source;
  std::vector<std::size_t> lines;  // offset of the first byte of each

  Where where(std::size_t offset) const;
};

Result<Document> parse(std::string_view text, std::string_view name);

std::string escape(std::string_view value);  // for attribute values and text

// The document's bytes with one attribute of an element set (added at the end when new) or removed.
std::string with_attribute(const Document& doc, const Element& element, std::string_view name,
                           std::string_view value);
std::string without_attribute(const Document& doc, const Attribute& attribute);

// The document in the one layout that tk writes: two blanks for each level, attributes in the order of `doc.root` and in
// one line while they fit into 120 columns, what is empty as <a/>. Comments stay, and one blank line where there were some;
// text between elements does not (entities have none).
Result<std::string> layout(const Document& doc);

}  // namespace tk::xml
