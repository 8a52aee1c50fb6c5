// What the table of entity types says of one file, wherever it stands: the very language that `tk repo schema` writes as
// RELAX NG. What a file means beside others is not looked at here.
#pragma once

#include <string>
#include <vector>

#include "core/record/entity_types.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {

class Grammar {
 public:
  using Attributes = std::vector<record::AttributeType>;
  using Children = std::vector<record::ChildType>;

  // Problems are added to `problems`, in the order of the file.
  Grammar(const xml::Document& doc, std::vector<Error>& problems) : doc_(doc), problems_(problems) {}

  void manifest(const xml::Element& root);
  void entity(const xml::Element& e, const record::EntityType& type, bool listed);
  // The list itself; its entities are for the caller to go through, who is given each that belongs there.
  template <class Each>
  void list(const xml::Element& root, const record::EntityType& type, const Each& each) {
    plain(root, {}, {});
    for (const auto& child : root.children)
      if (belongs(root, type, child)) each(child);
  }
  void no_type(const xml::Element& root, std::string hint);

 private:
  void problem(Code code, std::size_t at, std::string message, std::string hint);
  void plain(const xml::Element& e, const Attributes& own, const Attributes& common);
  void children(const xml::Element& e, const Children& known);
  void attribute(const xml::Element& e, const xml::Attribute& a, const record::AttributeType& type);
  void unknown(const xml::Element& e, const xml::Attribute& a, const Attributes& own, const Attributes& common);
  void personal(const xml::Element& e, const xml::Attribute& a);
  bool belongs(const xml::Element& list, const record::EntityType& type, const xml::Element& child);

  const xml::Document& doc_;
  std::vector<Error>& problems_;
};

struct Judged {
  std::vector<Error> problems;
  std::size_t entities = 0;
};
// A file alone: a manifest, an entity or a list of entities.
Judged judge(std::string_view content, const std::string& name);

}  // namespace tk::workspace
