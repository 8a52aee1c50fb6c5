#include "tools/repo/grammar.hpp"

#include "core/record/entity_types.hpp"
#include "core/xml/xml.hpp"

namespace tk::tools::repo_tool {
namespace {

using record::AttributeType;
using record::ChildType;
using record::EntityType;

std::string quoted(std::string_view text) { return "\"" + xml::escape(text) + "\""; }

const record::ValueKind* kind_of(const AttributeType& a) {
  for (const auto& kind : record::value_kinds())
    if (kind.name == a.kind) return &kind;
  return nullptr;
}

// Attributes as an entity has them: the common ones behind its own. What stands in a list needs a name.
std::vector<AttributeType> attributes_of(const EntityType& type, bool listed) {
  auto out = type.attributes;
  for (auto common : record::common_attributes()) {
    if (type.named_by_id() && common.name == "id") common.kind = "name";
    if (!type.named_by_id() && common.name == "name") common.required = listed;
    out.push_back(common);
  }
  return out;
}

// <rule> in a list is named by its id or its name; a <grant> without either, by what it grants.
bool by_either(const EntityType& type, bool listed) { return listed && type.name == "rule"; }

class Writer {
 public:
  void open(const std::string& tag) {
    line("<" + tag + ">");
    ++depth_;
  }
  void close(std::string_view tag) {
    --depth_;
    line("</" + std::string(tag) + ">");
  }
  void line(const std::string& text) { out_ += std::string(depth_ * 2, ' ') + text + "\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

class RelaxNg {
 public:
  std::string write() {
    w_.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    w_.line("<!-- Written by tk repo schema from the table of entity types. -->");
    w_.open("grammar xmlns=\"http://relaxng.org/ns/structure/1.0\" datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\"");
    w_.open("start");
    w_.open("choice");
    w_.line("<ref name=\"manifest\"/>");
    for (const auto& type : record::entity_type_table()) {
      w_.line("<ref name=" + quoted(type.name) + "/>");
      if (!type.level()) w_.line("<ref name=" + quoted(type.plural) + "/>");
    }
    w_.close("choice");
    w_.close("start");
    w_.open("define name=\"manifest\"");
    element(record::manifest_type());
    w_.close("define");
    for (const auto& type : record::entity_type_table()) {
      w_.open("define name=" + quoted(type.name));
      entity(type, false);
      w_.close("define");
      if (type.level()) continue;
      w_.open("define name=" + quoted(type.plural));
      w_.open("element name=" + quoted(type.plural));
      w_.open("zeroOrMore");
      entity(type, true);
      w_.close("zeroOrMore");
      w_.close("element");
      w_.close("define");
    }
    for (const auto& kind : record::value_kinds()) {
      w_.open("define name=" + quoted("value." + std::string(kind.name)));
      w_.open("data type=\"string\"");
      w_.line(kind.pattern.empty() ? "<param name=\"minLength\">1</param>" : "<param name=\"pattern\">" + xml::escape(kind.pattern) + "</param>");
      w_.close("data");
      w_.close("define");
    }
    w_.close("grammar");
    return w_.take();
  }

 private:
  void entity(const EntityType& type, bool listed) {
    w_.open("element name=" + quoted(type.name));
    if (by_either(type, listed)) {
      w_.open("choice");
      for (const auto& which : {"id", "name"}) {
        w_.open("group");
        for (auto a : attributes_of(type, listed)) {
          if (a.name == which) a.required = true;
          attribute(a);
        }
        w_.close("group");
      }
      w_.close("choice");
    } else {
      for (const auto& a : attributes_of(type, listed)) attribute(a);
    }
    auto children = type.children;
    children.push_back(record::attr_child());
    content(children);
    w_.close("element");
  }

  void element(const ChildType& type) {
    w_.open("element name=" + quoted(type.name));
    for (const auto& a : type.attributes) attribute(a);
    content(type.children);
    w_.close("element");
  }

  void content(const std::vector<ChildType>& children) {
    if (children.empty()) return w_.line("<empty/>");
    w_.open("zeroOrMore");
    w_.open("choice");
    for (const auto& child : children) element(child);
    w_.close("choice");
    w_.close("zeroOrMore");
  }

  void attribute(const AttributeType& a) {
    if (!a.required) w_.open("optional");
    w_.open("attribute name=" + quoted(a.name));
    if (const auto* kind = kind_of(a)) {
      w_.line(kind->pattern.empty() && !a.required ? "<text/>" : "<ref name=" + quoted("value." + std::string(kind->name)) + "/>");
    } else {
      w_.open("choice");
      for (const auto& word : record::words_of(a.kind)) w_.line("<value type=\"string\">" + xml::escape(word) + "</value>");
      w_.close("choice");
    }
    w_.close("attribute");
    if (!a.required) w_.close("optional");
  }

  Writer w_;
};

class XmlSchema {
 public:
  std::string write() {
    w_.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    w_.line("<!-- Written by tk repo schema from the table of entity types. -->");
    w_.open("xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"");
    element(record::manifest_type().name, record::manifest_type().attributes, record::manifest_type().children, record::manifest_type().help, false);
    for (const auto& type : record::entity_type_table()) {
      entity(type, false);
      if (type.level()) continue;
      w_.open("xs:element name=" + quoted(type.plural));
      w_.open("xs:complexType");
      w_.open("xs:sequence");
      entity(type, true);
      w_.close("xs:sequence");
      w_.close("xs:complexType");
      w_.close("xs:element");
    }
    for (const auto& kind : record::value_kinds()) named(kind);
    w_.close("xs:schema");
    return w_.take();
  }

 private:
  void entity(const EntityType& type, bool listed) {
    auto children = type.children;
    children.push_back(record::attr_child());
    element(type.name, attributes_of(type, listed), children, type.help, listed);
  }

  // XSD 1.0 cannot say "id or name": there a rule without both passes.
  void element(std::string_view name, const std::vector<AttributeType>& attributes, const std::vector<ChildType>& children, std::string_view help,
               bool many) {
    w_.open("xs:element name=" + quoted(name) + (many ? " minOccurs=\"0\" maxOccurs=\"unbounded\"" : ""));
    w_.line("<xs:annotation><xs:documentation>" + xml::escape(help) + "</xs:documentation></xs:annotation>");
    w_.open("xs:complexType");
    if (!children.empty()) {
      w_.open("xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\"");
      for (const auto& child : children) element(child.name, child.attributes, child.children, child.help, false);
      w_.close("xs:choice");
    }
    for (const auto& a : attributes) attribute(a);
    w_.close("xs:complexType");
    w_.close("xs:element");
  }

  void attribute(const AttributeType& a) {
    const auto* kind = kind_of(a);
    auto known = !kind ? "" : kind->pattern.empty() && !a.required ? "xs:string" : "value." + std::string(kind->name);
    w_.open("xs:attribute name=" + quoted(a.name) + (known.empty() ? "" : " type=" + quoted(known)) + (a.required ? " use=\"required\"" : ""));
    w_.line("<xs:annotation><xs:documentation>" + xml::escape(a.help) + "</xs:documentation></xs:annotation>");
    if (!kind) choice(record::words_of(a.kind));
    w_.close("xs:attribute");
  }

  void choice(const std::vector<std::string>& words) {
    w_.open("xs:simpleType");
    w_.open("xs:restriction base=\"xs:string\"");
    for (const auto& word : words) w_.line("<xs:enumeration value=" + quoted(word) + "/>");
    w_.close("xs:restriction");
    w_.close("xs:simpleType");
  }

  void named(const record::ValueKind& kind) {
    w_.open("xs:simpleType name=" + quoted("value." + std::string(kind.name)));
    w_.open("xs:restriction base=\"xs:string\"");
    w_.line(kind.pattern.empty() ? "<xs:minLength value=\"1\"/>" : "<xs:pattern value=" + quoted(kind.pattern) + "/>");
    w_.close("xs:restriction");
    w_.close("xs:simpleType");
  }

  Writer w_;
};

}  // namespace

std::string relax_ng() { return RelaxNg().write(); }
std::string xml_schema() { return XmlSchema().write(); }

}  // namespace tk::tools::repo_tool
