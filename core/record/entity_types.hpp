// The one table of entity types (PROMISES section 1): what each may hold. The validator, the grammars that
// `tk repo schema` writes, the reference, completion and examples are all read off it. Needs neither git nor XML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tk::record {

// What a value may be. The pattern is written in what the regular expressions of RE2 and XSD have in common, and a
// value matches it whole; empty: any text.
struct ValueKind {
  std::string_view name, pattern, help;
};
const std::vector<ValueKind>& value_kinds();

struct AttributeType {
  std::string_view name;
  std::string_view kind;  // of a ValueKind, or the words that it may be: permit|forbid
  std::string_view help;
  std::string_view example = {};
  bool required = false;
  // The types that its references may lead to: user|agent; of words: what they name. "?" before it: what it names may be
  // no entity. Attributes that refer are the relations between entities.
  std::string_view refers = {};
  bool must_exist() const { return !refers.empty() && refers[0] != '?'; }
  std::string_view leads_to() const { return refers.substr(refers.starts_with('?') ? 1 : 0); }
  bool personal() const { return kind == "personal"; }  // holds only what is sealed under the entity's own key
};

// An element inside an entity or the manifest, as often as one likes: attributes and elements, no text.
struct ChildType {
  std::string_view name;
  std::vector<AttributeType> attributes;
  std::string_view help;
  std::vector<ChildType> children = {};
};

// What a record keeps of an attribute: of a secret's value (a ciphertext) its digest, so that what is sealed anew or taken
// out of git does not live on in the journal.
std::string kept_of(std::string_view type, std::string_view attribute, const std::string& value);

struct EntityType {
  enum class Home { git, journal };  // declared, or made by what happens
  std::string_view name, plural, help;
  std::vector<AttributeType> attributes;  // beside the common ones
  std::vector<ChildType> children = {};   // beside <attr>
  std::string_view unix_effect = {};
  Home home = Home::git;

  const AttributeType* find(std::string_view attribute) const;  // a common one too
  bool level() const { return name == "galaxy" || name == "system" || name == "space"; }
  bool named_by_id() const { return name == "rule" || name == "grant"; }  // everything else has a UUID beside its name
};

const std::vector<EntityType>& entity_type_table();
const EntityType* find_entity_type(std::string_view name);
const EntityType* entity_type_of_list(std::string_view plural);  // users → user
const std::vector<AttributeType>& common_attributes();
const std::vector<ChildType>& children_of(const EntityType& type);  // its own and <attr>
const ChildType& attr_child();     // <attr name= type= value=/>, which every entity may hold
const ChildType& manifest_type();  // MANIFEST.xml

// A value for an error: short, in one line.
std::string shown_value(std::string_view value);
// Whether a value is what its kind says; else what is wrong with it, as a person would say it.
std::string check_value(const AttributeType& type, std::string_view value);
// What no pattern can say of a value that is what its kind says: a day that there is, a key that is one, a path that
// stays where it points. Empty: nothing is wrong.
std::string check_meaning(const AttributeType& type, std::string_view value);
// Accounts and groups that a system has by itself, which nobody's entity becomes.
bool system_account(std::string_view unix_name);
// The words of a kind that is a choice; empty for the others.
std::vector<std::string> words_of(std::string_view kind);

}  // namespace tk::record
