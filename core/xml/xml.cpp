#include "core/xml/xml.hpp"

#include <algorithm>
#include <pugixml.hpp>

#include "core/base/text.hpp"
#include "core/xml/detail/scan.hpp"

namespace tk::xml {
namespace {

// Depth is bounded by the pre-scan, so recursion is. False: pugixml saw something else than the
// pre-scan did, so no position can be trusted.
bool convert(const pugi::xml_node& node, const std::vector<detail::ScannedElement>& scanned,
             std::size_t& next, Element& out) {
  if (next >= scanned.size() || scanned[next].name != node.name()) return false;
  const auto& place = scanned[next++];
  out.name = node.name();
  out.at = place.at;
  out.open_end = place.open_end;
  std::size_t i = 0;
  for (const auto& attribute : node.attributes()) {
    if (i >= place.attributes.size() || place.attributes[i].name != attribute.name()) return false;
    const auto& spot = place.attributes[i++];
    out.attributes.push_back(
        {attribute.name(), attribute.value(), spot.name_at, spot.value_at, spot.value_end});
  }
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_element) {
      if (!convert(child, scanned, next, out.children.emplace_back())) return false;
    } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
    {
      out.text += child.value();
    }
  }
  out.text = std::string(text::trim(out.text));
  return i == place.attributes.size();
}

}  // namespace

const Attribute* Element::find(std::string_view attribute) const {
  for (const auto& a : attributes)
    if (a.name == attribute) return &a;
  return nullptr;
}

std::string Element::get(std::string_view attribute) const {
  const auto* a = find(attribute);
  return a ? a->value : std::string();
}

Where Document::where(std::size_t offset) const {
  auto line = std::upper_bound(lines.begin(), lines.end(), offset) - lines.begin();
  auto start = lines[static_cast<std::size_t>(line) - 1];
  return {name, static_cast<int>(line), static_cast<int>(offset - start) + 1};
}

Result<Document> parse(std::string_view text, std::string_view name) {
  TK_TRY(auto scan, detail::scan(text, name));
  const auto& scanned = scan.elements;
  pugi::xml_document tree;
  auto parsed = tree.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!parsed) {
    auto p = text::position(text, static_cast<std::size_t>(parsed.offset));
    return fail_at(Code::xml_syntax, {std::string(name), p.line, p.column}, parsed.description(), "compare with tk repo types");
  }
  Document doc;
  doc.name = std::string(name);
  doc.source = std::string(text);
  doc.lines.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') doc.lines.push_back(i + 1);
  std::size_t next = 0;
  if (!convert(tree.document_element(), scanned, next, doc.root) || next != scanned.size())
    return fail_at(Code::xml_syntax, {std::string(name), 1, 1}, "this XML can be read in two ways",
                   "write comments as <!-- … --> and nothing unusual");
  return doc;
}

std::string escape(std::string_view value) {
  std::string out;
  for (char c : value) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string with_attribute(const Document& doc, const Element& element, std::string_view name,
                           std::string_view value) {
  std::string out = doc.source;
  if (const auto* a = element.find(name)) {
    char quote = out[a->value_at - 1];
    auto escaped = escape(value);
    if (quote == '\'')
      for (std::size_t i; (i = escaped.find('\'')) != std::string::npos;)
        escaped.replace(i, 1, "&apos;");
    out.replace(a->value_at, a->value_end - a->value_at, escaped);
  } else {
    out.insert(element.open_end, " " + std::string(name) + "=\"" + escape(value) + "\"");
  }
  return out;
}

std::string without_attribute(const Document& doc, const Attribute& attribute) {
  std::string out = doc.source;
  auto start = attribute.name_at;
  while (start > 0 && (out[start - 1] == ' ' || out[start - 1] == '\n')) --start;
  out.erase(start, attribute.value_end + 1 - start);
  return out;
}

}  // namespace tk::xml
