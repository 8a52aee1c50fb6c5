#include "core/workspace/entities.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/json/type.hpp"
#include "core/os/file.hpp"
#include "core/record/definition.hpp"
#include "core/record/pii.hpp"
#include "core/workspace/grammar.hpp"

namespace tk::workspace {
namespace {

template <class List>
bool has(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// The context that a file's folder stands for, and the kind of entities that it holds.
struct Place {
  std::string context, holds;  // "users", or "galaxy" for galaxy.xml
  bool ok = false;
};

Place place_of(std::string_view path) {
  auto parts = text::split(path, '/');
  Place out;
  std::size_t at = 0;
  static constexpr std::string_view kLevels[] = {"galaxies", "systems", "spaces"};
  static constexpr std::string_view kFiles[] = {"galaxy.xml", "system.xml", "space.xml"};
  for (std::size_t level = 0; level < 3; ++level) {
    if (at + 2 >= parts.size() || parts[at] != kLevels[level]) break;
    if (!out.context.empty()) out.context += '.';
    out.context += parts[at + 1];
    at += 2;
    if (at + 1 == parts.size() && parts[at] == kFiles[level]) {
      out.holds = std::string(kFiles[level].substr(0, kFiles[level].size() - 4));
      out.ok = true;
      return out;
    }
  }
  if (out.context.empty() || at + 2 != parts.size()) return out;
  out.holds = std::string(parts[at]);
  out.ok = true;
  return out;
}

// One file, whatever stands in the others.
class Reader {
 public:
  explicit Reader(bool entities) : entities_(entities) {}

  FileDeclares run(const SourceFile& f) {
    if (f.path == "MANIFEST.xml") read_manifest(f);
    else if (f.path.starts_with("records/")) read_record(f);
    else if (f.path.starts_with("galaxies/")) read_file(f);
    return std::move(all_);
  }

 private:
  void problem(Code code, Where where, std::string message, std::string hint = {}) {
    out_.problems.push_back(Error{code, std::move(message), std::move(where), std::move(hint), nullptr});
  }

  void read_manifest(const SourceFile& f) {
    auto doc = xml::parse(f.content, f.path);
    if (!doc) return out_.problems.push_back(doc.error());
    if (doc->root.name != "manifest")
      return problem(Code::ws_entity_invalid, doc->where(doc->root.at), "the root must be <manifest>", "write <manifest version=\"1\">");
    Grammar(*doc, out_.problems).manifest(doc->root);
    check_id(*doc, doc->root);
    for (const auto& child : doc->root.children) {
      if (child.name == "galaxy") read_listed(*doc, child);
      if (child.name == "law") read_law(child);
      if (child.name == "provision") meaning(*doc, child, find_child(record::manifest_type().children, "provision")->attributes, "");
      if (child.name == "defaults") read_settings(*doc, child, "");
    }
  }

  void read_listed(const xml::Document& doc, const xml::Element& e) {
    const auto* href = e.find("href");
    if (!href) return;
    auto place = place_of(href->value);
    if (!place.ok || place.holds != "galaxy" || !law::valid_context(place.context))
      return problem(Code::ws_entity_invalid, doc.where(href->value_at), "no galaxy can stand at \"" + record::shown_value(href->value) + "\"",
                     "write it like galaxies/acme/galaxy.xml");
    if (!all_.listed.insert(href->value).second)
      return problem(Code::ws_entity_invalid, doc.where(href->value_at), href->value + " is listed twice", "take one of them away");
    all_.galaxies.push_back({href->value, e.get("sha256"), doc.where(href->value_at)});
  }

  void read_law(const xml::Element& e) {
    using law::Combining;
    auto word = e.get("combining");
    for (auto combining : {Combining::forbid_overrides, Combining::permit_overrides})
      if (word == law::to_string(combining)) out_.model.combining = combining;
  }

  // What records add to law: their actions, and their fields as attributes of a resource.
  void read_record(const SourceFile& f) {
    auto def = record::parse_definition(f.content, f.path, root_);
    all_.reads_others = f.content.find(".json") != f.content.npos;
    if (!def) return out_.problems.push_back(def.error());
    auto& actions = out_.model.actions;
    for (auto& action : def->actions()) actions.push_back(std::move(action));
    for (const auto& [name, type] : def->fields) know(name, kind_of(type));
  }

  void know(const std::string& attribute, law::Kind kind) {
    auto [it, fresh] = out_.model.known.emplace(attribute, kind);
    if (!fresh && it->second != kind) it->second = law::Kind::any;
  }

  static law::Kind kind_of(const json::Type& type) {
    switch (type.kind) {
      case json::Type::Kind::text: return law::Kind::text;
      case json::Type::Kind::integer: return law::Kind::integer;
      case json::Type::Kind::number: return law::Kind::number;
      case json::Type::Kind::boolean: return law::Kind::boolean;
      default: return law::Kind::json;
    }
  }

  void read_file(const SourceFile& f) {
    out_.model.files.push_back({f.path, static_cast<std::int64_t>(f.content.size()), 0});
    auto place = place_of(f.path);
    if (!place.ok || !law::valid_context(place.context))
      return problem(Code::ws_entity_invalid, {f.path, 0, 0}, "no entity can stand at this path",
                     "entities stand in galaxies/<g>[/systems/<s>[/spaces/<p>]]/<type>s/<name>.xml");
    if (place.holds == "galaxy") all_.sha256 = crypto::sha256_hex(f.content);
    auto doc = xml::parse(f.content, f.path);
    if (!doc) return out_.problems.push_back(doc.error());
    const auto& root = doc->root;
    Grammar grammar(*doc, out_.problems);
    if (const auto* type = record::find_entity_type(root.name)) {
      bool level = place.holds == root.name;
      if (level ? !type->level() : place.holds != type->plural || type->level())
        return misplaced(*doc, root, *type, place);
      auto name = level ? place.context.substr(place.context.rfind('.') + 1)
                        : file_name(f.path);
      return read_entity(*doc, grammar, root, *type, place.context, name, false);
    }
    const auto* type = record::entity_type_of_list(root.name);
    if (!type) return grammar.no_type(root, "this folder holds " + text::printable(place.holds));
    if (root.name != place.holds) return misplaced(*doc, root, *type, place);
    grammar.list(root, *type, [&](const auto& child) { read_entity(*doc, grammar, child, *type, place.context, "", true); });
  }

  void misplaced(const xml::Document& doc, const xml::Element& root, const record::EntityType& type, const Place& place) {
    auto folder = type.level() ? "the folder that it is about, as " + std::string(type.name) + ".xml" : "a folder " + std::string(type.plural) + "/";
    problem(Code::ws_entity_invalid, doc.where(root.at), "<" + root.name + "> does not belong into " + text::printable(place.holds) + "/",
            "move the file into " + folder);
  }

  static std::string file_name(const std::string& path) {
    auto name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.rfind(".xml"));
  }

  void read_entity(const xml::Document& doc, Grammar& grammar, const xml::Element& e, const record::EntityType& type,
                   const std::string& context, const std::string& file_name, bool listed) {
    auto before = out_.problems.size();
    if (type.home == record::EntityType::Home::journal)
      return problem(Code::ws_entity_invalid, doc.where(e.at), "a " + e.name + " is made by what happens: no file declares one",
                     "take it out; its record is in the journal");
    grammar.entity(e, type, listed);
    if (out_.problems.size() != before) return;
    check_attributes(doc, e, type, context);
    auto name = name_of(doc, e, type, file_name);
    if (out_.problems.size() != before || name.empty()) return;
    law::Entity entity;
    auto dot = context.rfind('.');
    entity.ref = {std::string(type.name),
                  type.level() ? (dot == context.npos ? "" : context.substr(0, dot)) : context, name};
    entity.id = type.named_by_id() ? "" : e.get("id");
    entity.state = e.find("state") ? e.get("state") : "active";
    entity.where = doc.where(e.at);
    for (const auto& a : e.attributes)
      if (a.name != "id" && a.name != "name" && a.name != "state")
        entity.attributes.emplace(a.name, law::Attribute{a.value, {}});
    for (const auto& child : e.children)
      if (child.name == "attr") read_attribute(doc, child, entity);
    add_to_model(doc, e, entity);
    remember(doc, e, type, entity, context);
    if (entities_) keep(e, entity);
    out_.model.entities.push_back(std::move(entity));
  }

  void keep(const xml::Element& e, const law::Entity& entity) {
    auto pairs = [](const xml::Element& of) {
      std::vector<std::pair<std::string, std::string>> out;
      for (const auto& a : of.attributes) out.emplace_back(a.name, a.value);
      return out;
    };
    Entity out{entity.ref, e.get("id"), entity.state, entity.where.line, pairs(e), {}};
    for (const auto& child : e.children) out.children.push_back({child.name, pairs(child)});
    all_.entities.push_back(std::move(out));
  }

  std::string name_of(const xml::Document& doc, const xml::Element& e, const record::EntityType& type,
                      const std::string& file_name) {
    auto key = type.named_by_id() ? "id" : "name";
    auto name = e.get(key);
    if (name.empty() && type.named_by_id()) name = e.get("name");
    if (name.empty() && type.name == "grant") {
      for (char c : e.get("role") + "-to-" + e.get("to"))
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
      name = name.substr(0, 64);
    }
    if (name.empty()) name = file_name;
    if (!law::valid_name(name)) {
      if (!e.find(key)) problem(Code::ws_entity_invalid, doc.where(e.at),
              "<" + e.name + "> needs a name of letters, digits, _ - . (at most 64)",
              std::string("add ") + key + "=\"…\"");
      return {};
    }
    if (!file_name.empty() && !type.named_by_id() && name != file_name)
      problem(Code::ws_entity_invalid, doc.where(e.at),
              "name \"" + name + "\" does not fit its place \"" + file_name + "\"",
              "rename the file or the entity");
    return name;
  }

  void check_id(const xml::Document& doc, const xml::Element& e) {
    const auto* a = e.find("id");
    if (a && !ids::is_uuid(a->value))
      problem(Code::ws_entity_invalid, doc.where(a->value_at), "id is no UUID", "leave it out and run: tk repo fmt --ids");
  }

  // What grammar cannot say of values that are what their kinds say; and where references lead.
  void meaning(const xml::Document& doc, const xml::Element& e, const std::vector<record::AttributeType>& attributes, const std::string& from) {
    for (const auto& a : e.attributes) {
      const auto* known = find_child(attributes, a.name);
      if (!known) continue;
      if (auto wrong = record::check_meaning(*known, a.value); !wrong.empty())
        problem(Code::ws_entity_invalid, doc.where(a.value_at), wrong,
                known->example.empty() ? "mend the value; `tk repo types " + e.name + "` shows what it may hold"
                                       : "write it like " + a.name + "=\"" + std::string(known->example) + "\"");
      else if (known->must_exist())
        all_.references.push_back({from, a.name, a.value, known->refers, plain_names(*known), doc.where(a.value_at)});
    }
  }

  static bool plain_names(const record::AttributeType& type) { return type.kind == "words" || type.kind == "name"; }

  template <class List>
  static auto find_child(const List& list, std::string_view name) -> decltype(list.data()) {
    for (const auto& item : list)
      if (item.name == name) return &item;
    return nullptr;
  }

  void read_settings(const xml::Document& doc, const xml::Element& e, const std::string& context) {
    std::set<std::string> keys;
    for (const auto& child : e.children) {
      if (child.name != "config") continue;
      const auto* key = child.find("key");
      if (!key) continue;
      auto merge = child.get("merge");  // a level says each key once in each way (configuration.hpp)
      if (!keys.insert(key->value + " " + (merge == "replace" ? "" : merge)).second && merge != "append")
        problem(Code::ws_entity_invalid, doc.where(key->value_at), key->value + " is set twice here", "take one of them away, or say merge=\"append\"");
      all_.settings.push_back({context, key->value, child.get("lock") == "true", doc.where(key->value_at)});
    }
  }

  // What can only be judged beside other files.
  void remember(const xml::Document& doc, const xml::Element& e, const record::EntityType& type, const law::Entity& entity,
                const std::string& context) {
    auto from = entity.ref.str();
    meaning(doc, e, type.attributes, from);
    meaning(doc, e, record::common_attributes(), from);
    for (const auto& child : e.children)
      if (const auto* known = find_child(type.children, child.name)) meaning(doc, child, known->attributes, from);
    if (type.level()) read_settings(doc, e, context);
    bool account = type.name == "user" || type.name == "agent" || type.name == "service" || type.name == "group";
    if (!account) return;
    const auto* at = e.find("unix") ? e.find("unix") : e.find("name");
    // unix="root" says who somebody is, not who is made.
    if (!e.find("unix") && record::system_account(entity.ref.name))
      problem(Code::ws_entity_invalid, at ? doc.where(at->value_at) : doc.where(e.at), entity.ref.name + " is an account of the system",
              "give it another Unix name: unix=\"…\"");
    if (e.find("unix") && entity.state == "active") all_.accounts.push_back({from, at->value, doc.where(at->value_at)});
  }

  void check_attributes(const xml::Document& doc, const xml::Element& e, const record::EntityType& type,
                        const std::string& context) {
    if (!type.named_by_id()) check_id(doc, e);
    auto last = context.substr(context.rfind('.') + 1);
    auto above = context.substr(0, std::min(context.rfind('.'), context.size()));
    auto fits = [&](std::string_view name, const std::string& place) {
      const auto* a = e.find(name);
      if (a && a->value != place)
        problem(Code::ws_entity_invalid, doc.where(a->value_at),
                a->name + " \"" + record::shown_value(a->value) + "\" does not fit its place \"" + place + "\"", "leave it out, or move the file");
    };
    fits("context", context);
    if (type.name == "system") fits("galaxy", above);
    if (type.name == "space") fits("system", above.substr(above.rfind('.') + 1));
    for (const auto& a : e.attributes)
      if (const auto* known = type.find(a.name); known && known->personal()) check_personal(doc, e, a);
  }

  // What is sealed here was sealed for this entity.
  void check_personal(const xml::Document& doc, const xml::Element& e, const xml::Attribute& a) {
    auto sealed = record::read_sealed(a.value);
    if (sealed && sealed->subject == e.get("id")) return;
    auto set = "tk repo set " + e.name + ":" + (e.get("name").empty() ? "NAME" : e.get("name")) + " " + a.name + "=…";
    problem(Code::pii_field, doc.where(a.value_at), sealed ? a.name + " was sealed for another entity" : a.name + " is no sealed value",
            "take the attribute out and commit that; then `" + set + "` seals it" +
                (e.get("id").empty() ? ", once the element has an id=\"" + ids::uuid7() + "\"" : ""));
  }

  // <attr name= type= value=/>: one more attribute, of any type of FORMATS.md, a timestamp or a duration.
  void read_attribute(const xml::Document& doc, const xml::Element& e, law::Entity& entity) {
    auto name = e.get("name");
    if (!law::valid_name(name) || name.find('.') != name.npos)
      return problem(Code::ws_entity_invalid, doc.where(e.find("name")->value_at),
                     "an attribute's name has letters, digits, _ and -, not \"" + text::printable(name) + "\"", "take the dots out");
    auto type = e.find("type") ? e.get("type") : "text";
    if (type.ends_with(".json")) all_.reads_others = true;
    law::Attribute out{e.get("value"), {}};
    auto bad = [&](const Error& error) {
      const auto* at = e.find("value") ? e.find("value") : e.find("name");
      problem(Code::ws_entity_invalid, doc.where(at->value_at), "attribute " + name + ": " + error.message,
              error.hint.empty() ? "mend the value or its type" : error.hint);
    };
    if (type == "timestamp" || type == "duration") {
      auto ns = type == "timestamp" ? clock::parse_rfc3339(out.text) : clock::parse_duration(out.text);
      if (!ns) return bad(ns.error());
      out.value = type == "timestamp" ? Value(Timestamp{*ns}) : Value(Duration{*ns});
    } else {
      auto parsed = json::parse_type(type, root_);
      if (!parsed) return bad(parsed.error());
      auto value = json::read_word(*parsed, out.text, name);
      if (!value) return bad(value.error());
      out.value = std::move(*value);
    }
    if (!entity.attributes.emplace(name, std::move(out)).second)
      problem(Code::ws_entity_invalid, doc.where(e.at), "attribute " + name + " is given twice", "take one of them away");
  }

  void add_to_model(const xml::Document& doc, const xml::Element& e, const law::Entity& entity) {
    auto& model = out_.model;
    const auto& context = entity.ref.context;
    // What is suspended, retired or a draft has no effect; it can still be referred to.
    bool active = entity.state == "active";
    if (entity.ref.type == "group" && active) {
      for (const auto& m : e.children)
        model.members.push_back({entity.ref, m.get("ref"), doc.where(m.at)});
    } else if (entity.ref.type == "role") {
      law::Role role{entity.ref, {}, entity.where, active};
      for (const auto& i : e.children) role.inherits.emplace_back(i.get("ref"), doc.where(i.at));
      model.roles.push_back(std::move(role));
    } else if (entity.ref.type == "rule") {
      auto effect = e.get("effect");
      law::Rule rule{entity.ref.name, context, effect == "permit", e.get("role"), {},
                     e.get("resource"), entity.where, {}, {}, {}};
      auto expression = [&](const xml::Element& at, const char* name) {
        const auto* a = at.find(name);
        return a ? law::Rule::Expression{a->value, doc.where(a->value_at)} : law::Rule::Expression{};
      };
      rule.when = expression(e, "when");
      if (e.find("when") && rule.when.text.empty())
        return problem(Code::law_syntax, doc.where(e.find("when")->value_at), "an empty condition",
                       "leave when out, or write one");
      for (const auto& child : e.children) {
        if (child.name == "set") rule.sets.push_back({child.get("arg"), expression(child, "to")});
        if (child.name == "obligation" && !read_obligation(doc, child, rule)) return;
      }
      auto list = e.get("actions");
      std::replace(list.begin(), list.end(), ',', ' ');
      for (auto word : text::split(list, ' '))
        if (!word.empty()) rule.actions.emplace_back(word);
      if (active) model.rules.push_back(std::move(rule));
    } else if (entity.ref.type == "action") {
      if (entity.ref.name.find('.') == std::string::npos)
        return problem(Code::law_syntax, doc.where(e.at), "an action is called noun.verb, not \"" + entity.ref.name + "\"",
                       "rename it: two words with a dot between them");
      model.actions.push_back(entity.ref.name);
    } else if (entity.ref.type == "grant" && active) {
      model.grants.push_back({entity.ref.name, context, e.get("role"), e.get("to"), entity.where});
    }
  }

  bool read_obligation(const xml::Document& doc, const xml::Element& e, law::Rule& rule) {
    static constexpr std::string_view kKinds[] = {"approval", "four-eyes", "reason"};
    law::Rule::Obligation out{e.get("kind"), e.get("of"), 1};
    auto n = e.find("n") ? e.get("n") : "1";
    auto [end, error] = std::from_chars(n.data(), n.data() + n.size(), out.n);
    if (error != std::errc() || end != n.data() + n.size() || out.n < 1 || out.n > 100) {
      problem(Code::law_syntax, doc.where(e.find("n")->value_at), "n must be 1 to 100, not \"" + record::shown_value(n) + "\"", "write n=\"1\"");
    } else if (!has(kKinds, out.kind)) {
      auto near = text::nearest(out.kind, {"approval", "four-eyes", "reason"});
      problem(Code::law_syntax, doc.where(e.find("kind")->value_at), "unknown obligation \"" + out.kind + "\"",
              near.empty() ? "approval, four-eyes or reason" : "did you mean " + near + "?");
    } else {
      rule.obligations.push_back(std::move(out));
      return true;
    }
    return false;
  }

  FileDeclares all_;
  Declared& out_ = all_.declared;
  std::string root_ = ".";
  bool entities_;
};

}  // namespace

FileDeclares read_file(const SourceFile& file, bool entities) { return Reader(entities).run(file); }

}  // namespace tk::workspace
