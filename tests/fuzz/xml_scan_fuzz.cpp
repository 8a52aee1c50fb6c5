// Entity XML of any bytes: positions are true, values are what the source says (decoded here a
// second time, without pugixml), and one attribute is set or removed without harm to the rest.
#include <string>

#include "core/base/text.hpp"
#include "core/xml/xml.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace tk;

namespace {

void put_utf8(std::string& out, unsigned long c) {
  auto byte = [&](unsigned long b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) return byte(0xC0 | (c >> 6)), byte(0x80 | (c & 63));
  if (c < 0x10000)
    return byte(0xE0 | (c >> 12)), byte(0x80 | ((c >> 6) & 63)), byte(0x80 | (c & 63));
  byte(0xF0 | (c >> 18)), byte(0x80 | ((c >> 12) & 63)), byte(0x80 | ((c >> 6) & 63));
  byte(0x80 | (c & 63));
}

// The value of a raw attribute, from the XML specification: references, and white space as blanks.
std::string decoded(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\r') {
      if (i + 1 < raw.size() && raw[i + 1] == '\n') ++i;
      out += ' ';
    } else if (raw[i] == '\n' || raw[i] == '\t') {
      out += ' ';
    } else if (raw[i] == '&') {
      auto end = raw.find(';', i);
      auto name = std::string(raw.substr(i + 1, end - i - 1));
      if (name == "amp") out += '&';
      else if (name == "lt") out += '<';
      else if (name == "gt") out += '>';
      else if (name == "quot") out += '"';
      else if (name == "apos") out += '\'';
      else if (name.starts_with("#x")) put_utf8(out, std::strtoul(name.c_str() + 2, nullptr, 16));
      else put_utf8(out, std::strtoul(name.c_str() + 1, nullptr, 10));
      i = end;
    } else {
      out += raw[i];
    }
  }
  return out;
}

std::size_t check_places(const xml::Document& doc, const xml::Element& e) {
  std::string_view source = doc.source;
  TK_PROMISE(source[e.at] == '<');
  TK_PROMISE(source.substr(e.at + 1, e.name.size()) == e.name);
  TK_PROMISE(e.open_end > e.at && e.open_end < source.size());
  auto where = doc.where(e.at);
  auto plain = text::position(source, e.at);
  TK_PROMISE(where.line == plain.line && where.column == plain.column);
  TK_PROMISE(text::invalid_utf8(e.text) == std::string::npos);
  for (const auto& a : e.attributes) {
    TK_PROMISE(source.substr(a.name_at, a.name.size()) == a.name);
    TK_PROMISE(a.value_at <= a.value_end && a.value_end < e.open_end);
    TK_PROMISE(decoded(source.substr(a.value_at, a.value_end - a.value_at)) == a.value);
    TK_PROMISE(text::invalid_utf8(a.value) == std::string::npos);
  }
  std::size_t n = 1;
  for (const auto& child : e.children) n += check_places(doc, child);
  return n;
}

const xml::Element& pick(const xml::Element& e, std::size_t& left) {
  if (left == 0) return e;
  --left;
  for (const auto& child : e.children) {
    const auto& found = pick(child, left);
    if (&found != &child || left == 0) return found;
  }
  return e;
}

// Any text that XML can hold: what an actor may pass to `tk repo set`.
std::string as_value(std::string_view bytes) {
  std::string out;
  for (char c : text::to_utf8(bytes.substr(0, 64)))
    if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' || c == '\r') out += c;
  for (const char* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})  // U+FFFE, U+FFFF
    for (std::size_t at; (at = out.find(none)) != std::string::npos;) out.erase(at, 3);
  return out;
}

}  // namespace

TK_FUZZ(xml_scan) {
  auto doc = xml::parse(bytes, "f.xml");
  if (!doc) {
    TK_PROMISE(!doc.error().message.empty());
    return;
  }
  auto count = check_places(*doc, doc->root);
  auto left = bytes.size() % count;
  const auto& element = pick(doc->root, left);
  auto value = as_value(bytes.substr(bytes.size() / 2));
  auto name = element.attributes.empty() || bytes.size() % 2 ? std::string("fresh")
                                                             : element.attributes.front().name;
  auto again = xml::parse(xml::with_attribute(*doc, element, name, value), "f.xml");
  TK_PROMISE(again.has_value());
  left = bytes.size() % count;
  const auto& edited = pick(again->root, left);
  TK_PROMISE(edited.name == element.name && edited.get(name) == value);
  for (const auto& a : element.attributes)
    if (a.name != name) TK_PROMISE(edited.get(a.name) == a.value);
  auto without = xml::parse(xml::without_attribute(*again, *edited.find(name)), "f.xml");
  TK_PROMISE(without.has_value());
  left = bytes.size() % count;
  TK_PROMISE(!pick(without->root, left).find(name));
}
