#include "core/workspace/entities.hpp"

#include <algorithm>
#include <set>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/record/definition.hpp"

namespace tk::workspace {
namespace {

constexpr std::string_view kCommon[] = {"id",     "name",       "version",   "state", "owner",
                                        "labels", "created-at", "updated-at", "context"};
constexpr std::string_view kStates[] = {"draft", "active", "suspended", "retired"};

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
  FileDeclares run(const SourceFile& f) {
    if (f.path == "MANIFEST.xml") read_manifest(f);
    else if (f.path.starts_with("records/")) read_actions(f);
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
      problem(Code::ws_entity_invalid, doc->where(doc->root.at), "the root must be <manifest>");
    for (const auto& child : doc->root.children)
      if (child.name == "galaxy") all_.listed.insert(child.get("href"));
  }

  void read_actions(const SourceFile& f) {
    auto def = record::parse_definition(f.content, f.path, root_);
    if (!def) return out_.problems.push_back(def.error());
    auto& actions = out_.model.actions;
    actions.push_back(def->create_action);
    for (const auto& t : def->transitions) actions.push_back(t.action);
  }

  void read_file(const SourceFile& f) {
    out_.model.files.push_back({f.path, static_cast<std::int64_t>(f.content.size()), 0});
    auto place = place_of(f.path);
    if (!place.ok || !law::valid_context(place.context))
      return problem(Code::ws_entity_invalid, {f.path, 0, 0}, "no entity can stand at this path",
                     "entities stand in galaxies/<g>[/systems/<s>[/spaces/<p>]]/<type>s/<name>.xml");
    auto doc = xml::parse(f.content, f.path);
    if (!doc) return out_.problems.push_back(doc.error());
    const auto& root = doc->root;
    if (const auto* type = find_entity_type(root.name)) {
      bool level = place.holds == root.name;
      if (!level && place.holds != root.name + "s")
        return problem(Code::ws_entity_invalid, doc->where(root.at),
                       "<" + root.name + "> does not belong into " + place.holds + "/");
      auto name = level ? place.context.substr(place.context.rfind('.') + 1)
                        : file_name(f.path);
      return read_entity(*doc, root, *type, place.context, name);
    }
    auto single = root.name.empty() ? root.name : root.name.substr(0, root.name.size() - 1);
    const auto* type = find_entity_type(single);
    if (!type || root.name != place.holds)
      return problem(Code::ws_entity_invalid, doc->where(root.at),
                     "<" + text::printable(root.name) + "> is no entity type",
                     near_type(root.name, place.holds));
    for (const auto& child : root.children) {
      if (child.name != single) {
        problem(Code::ws_entity_invalid, doc->where(child.at),
                "<" + root.name + "> holds <" + single + "> only, not <" + child.name + ">");
        continue;
      }
      read_entity(*doc, child, *type, place.context, "");
    }
  }

  static std::string file_name(const std::string& path) {
    auto name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.rfind(".xml"));
  }

  static std::string near_type(const std::string& name, const std::string& holds) {
    std::vector<std::string> names;
    for (const auto& t : entity_type_table()) names.emplace_back(t.name);
    auto near = text::nearest(name, names);
    return near.empty() ? "this folder holds " + holds : "did you mean <" + near + ">?";
  }

  void read_entity(const xml::Document& doc, const xml::Element& e, const EntityType& type,
                   const std::string& context, const std::string& file_name) {
    auto before = out_.problems.size();
    check_attributes(doc, e, type, context);
    check_children(doc, e, type);
    auto name = name_of(doc, e, type, file_name);
    if (out_.problems.size() != before || name.empty()) return;
    law::Entity entity;
    bool level = type.name == "galaxy" || type.name == "system" || type.name == "space";
    auto dot = context.rfind('.');
    entity.ref = {std::string(type.name),
                  level ? (dot == context.npos ? "" : context.substr(0, dot)) : context, name};
    entity.id = has_uuid_ids(type) ? e.get("id") : "";
    entity.state = e.find("state") ? e.get("state") : "active";
    entity.where = doc.where(e.at);
    for (const auto& a : e.attributes)
      if (a.name != "id" && a.name != "name" && a.name != "state")
        entity.attributes.emplace(a.name, a.value);
    add_to_model(doc, e, entity);
    out_.model.entities.push_back(std::move(entity));
  }

  // Rules and grants are named by their id; everything else has a UUID beside its name.
  static bool has_uuid_ids(const EntityType& type) {
    return type.name != "rule" && type.name != "grant";
  }

  std::string name_of(const xml::Document& doc, const xml::Element& e, const EntityType& type,
                      const std::string& file_name) {
    auto key = has_uuid_ids(type) ? "name" : "id";
    auto name = e.get(key);
    if (name.empty() && !has_uuid_ids(type)) name = e.get("name");
    if (name.empty() && type.name == "grant") {
      for (char c : e.get("role") + "-to-" + e.get("to"))
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
      name = name.substr(0, 64);
    }
    if (name.empty()) name = file_name;
    if (!law::valid_name(name)) {
      problem(Code::ws_entity_invalid, doc.where(e.at),
              "<" + e.name + "> needs a name of letters, digits, _ - . (at most 64)",
              std::string("add ") + key + "=\"…\"");
      return {};
    }
    bool level = type.name == "galaxy" || type.name == "system" || type.name == "space";
    if (!file_name.empty() && (has_uuid_ids(type) || level) && name != file_name)
      problem(Code::ws_entity_invalid, doc.where(e.at),
              "name \"" + name + "\" does not fit its place \"" + file_name + "\"",
              "rename the file or the entity");
    return name;
  }

  void check_attributes(const xml::Document& doc, const xml::Element& e, const EntityType& type,
                        const std::string& context) {
    for (const auto& a : e.attributes) {
      if (a.name == "when") {
        problem(Code::law_when, doc.where(a.name_at), "`when` is not yet accepted",
                "conditions arrive with CEL; until then a rule that carries one is refused");
        continue;
      }
      if (!has(kCommon, a.name) && !has(type.attributes, a.name)) {
        std::vector<std::string> known(type.attributes.begin(), type.attributes.end());
        known.insert(known.end(), std::begin(kCommon), std::end(kCommon));
        auto near = text::nearest(a.name, known);
        problem(Code::ws_entity_invalid, doc.where(a.name_at),
                "<" + e.name + "> has no attribute " + a.name,
                near.empty() ? "known: " + text::join(known, ", ") : "did you mean " + near + "?");
      }
      if (a.name == "state" && !has(kStates, a.value))
        problem(Code::ws_entity_invalid, doc.where(a.value_at),
                "state must be draft, active, suspended or retired, not \"" + a.value + "\"");
      if (a.name == "id" && has_uuid_ids(type) && !ids::is_uuid(a.value))
        problem(Code::ws_entity_invalid, doc.where(a.value_at), "id is no UUID",
                "leave it out and run: tk repo new, or give a UUIDv7");
      if (a.name == "context" && a.value != context)
        problem(Code::ws_entity_invalid, doc.where(a.value_at),
                "context \"" + a.value + "\" does not fit its place \"" + context + "\"");
    }
    for (auto name : type.required)
      if (e.get(name).empty())
        problem(Code::ws_entity_invalid, doc.where(e.at),
                "<" + e.name + "> needs " + std::string(name),
                "add " + std::string(name) + "=\"…\"");
  }

  void check_children(const xml::Document& doc, const xml::Element& e, const EntityType& type) {
    for (const auto& child : e.children) {
      if (child.name == "set" || child.name == "obligation") {
        problem(Code::law_not_yet, doc.where(child.at), "<" + child.name + "> is not yet accepted",
                "it arrives with CEL; it is never ignored");
      } else if (!has(type.children, child.name)) {
        problem(Code::ws_entity_invalid, doc.where(child.at),
                "<" + e.name + "> cannot hold <" + child.name + ">");
      } else if (child.get("ref").empty()) {
        problem(Code::ws_entity_invalid, doc.where(child.at), "<" + child.name + "> needs ref=\"…\"");
      }
    }
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
      if (effect != "permit" && effect != "forbid")
        return problem(Code::law_syntax, doc.where(e.find("effect")->value_at),
                       "effect must be permit or forbid, not \"" + effect + "\"");
      law::Rule rule{entity.ref.name, context, effect == "permit", e.get("role"), {},
                     e.get("resource"), entity.where};
      auto list = e.get("actions");
      std::replace(list.begin(), list.end(), ',', ' ');
      for (auto word : text::split(list, ' '))
        if (!word.empty()) rule.actions.emplace_back(word);
      if (active) model.rules.push_back(std::move(rule));
    } else if (entity.ref.type == "grant" && active) {
      model.grants.push_back({entity.ref.name, context, e.get("role"), e.get("to"), entity.where});
    }
  }

  FileDeclares all_;
  Declared& out_ = all_.declared;
  std::string root_ = ".";
};

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(Declared& to, const Declared& from) {
  append(to.problems, from.problems);
  append(to.model.entities, from.model.entities);
  append(to.model.members, from.model.members);
  append(to.model.roles, from.model.roles);
  append(to.model.rules, from.model.rules);
  append(to.model.grants, from.model.grants);
  append(to.model.actions, from.model.actions);
  append(to.model.files, from.model.files);
}

}  // namespace

FileDeclares read_file(const SourceFile& file) { return Reader().run(file); }

Declared join_files(const std::vector<std::pair<std::string, std::shared_ptr<const FileDeclares>>>& files) {
  Declared out;
  auto problem = [&](std::string file, std::string message, std::string hint) {
    out.problems.push_back(Error{Code::ws_entity_invalid, std::move(message), {std::move(file), 0, 0}, std::move(hint), nullptr});
  };
  const FileDeclares* manifest = nullptr;
  for (const auto& [path, read] : files)
    if (path == "MANIFEST.xml") manifest = read.get();
  if (manifest) append(out, manifest->declared);
  else if (!files.empty())
    problem("MANIFEST.xml", "MANIFEST.xml is missing",
            "add <manifest version=\"1\"> with a <galaxy href=…/> for each galaxy");
  std::set<std::string> unlisted;
  for (const auto& [path, read] : files) {
    if (read.get() == manifest) continue;
    if (manifest && path.starts_with("galaxies/")) {
      auto galaxy = "galaxies/" + std::string(text::split(path, '/')[1]) + "/galaxy.xml";
      if (!manifest->listed.contains(galaxy)) {
        if (unlisted.insert(galaxy).second)
          problem(path, galaxy + " is not listed in MANIFEST.xml", "add <galaxy href=\"" + galaxy + "\"/>");
        continue;
      }
    }
    append(out, read->declared);
  }
  return out;
}

Declared read_declarations(const std::vector<SourceFile>& files) {
  std::vector<std::pair<std::string, std::shared_ptr<const FileDeclares>>> read;
  for (const auto& f : files) read.emplace_back(f.path, std::make_shared<const FileDeclares>(read_file(f)));
  return join_files(read);
}

bool declares(std::string_view path) {
  return path == "MANIFEST.xml" || (path.starts_with("galaxies/") && path.ends_with(".xml")) ||
         (path.starts_with("records/") && path.ends_with(".toml"));
}

Result<std::vector<SourceFile>> committed_sources(const git::Repository& repo,
                                                  const std::string& commit) {
  std::vector<SourceFile> out;
  TK_TRY(auto files, repo.files(commit));
  for (const auto& f : files) {
    if (!declares(f.path)) continue;
    TK_TRY(auto content, repo.read_blob(f.blob));
    out.push_back({f.path, std::move(content)});
  }
  return out;
}

namespace {

Result<void> collect(const std::string& root, const std::string& below, std::string_view ending,
                     std::vector<SourceFile>& out) {
  if (!os::is_directory(root + "/" + below)) return {};
  TK_TRY(auto names, os::list_directory(root + "/" + below));
  for (const auto& name : names) {
    auto path = below + "/" + name;
    if (os::is_directory(root + "/" + path)) {
      TK_CHECK(collect(root, path, ending, out));
    } else if (name.ends_with(ending)) {
      TK_TRY(auto content, os::read_file(root + "/" + path, 2u << 20));
      out.push_back({path, std::move(content)});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<SourceFile>> working_sources(const std::string& root) {
  std::vector<SourceFile> out;
  if (os::exists(root + "/MANIFEST.xml")) {
    TK_TRY(auto manifest, os::read_file(root + "/MANIFEST.xml", 2u << 20));
    out.push_back({"MANIFEST.xml", std::move(manifest)});
  }
  TK_CHECK(collect(root, "galaxies", ".xml", out));
  TK_CHECK(collect(root, "records", ".toml", out));
  return out;
}

std::string context_folder(std::string_view context) {
  static constexpr std::string_view kLevels[] = {"galaxies/", "/systems/", "/spaces/"};
  std::string out;
  std::size_t level = 0;
  for (auto part : text::split(context, '.')) {
    if (level == 3) return {};  // there is nothing below a space
    out += std::string(kLevels[level++]) + std::string(part);
  }
  return out;
}

std::string entity_path(const law::Ref& ref) {
  bool level = ref.type == "galaxy" || ref.type == "system" || ref.type == "space";
  auto own = level ? (ref.context.empty() ? ref.name : ref.context + "." + ref.name) : ref.context;
  auto folder = context_folder(own);
  if (folder.empty()) return {};
  return folder + (level ? "/" + ref.type : "/" + ref.type + "s/" + ref.name) + ".xml";
}

std::string write_entity(const law::Ref& ref, const std::string& id,
                         const std::vector<std::pair<std::string, std::string>>& attributes,
                         const std::vector<std::pair<std::string, std::string>>& children) {
  bool named_by_id = ref.type == "rule" || ref.type == "grant";
  std::string out = "<" + ref.type;
  auto add = [&](std::string_view name, std::string_view value) {
    out += " " + std::string(name) + "=\"" + xml::escape(value) + "\"";
  };
  add("id", named_by_id ? ref.name : id);
  if (!named_by_id) add("name", ref.name);
  for (const auto& [name, value] : attributes) add(name, value);
  if (children.empty()) return out + "/>\n";
  out += ">\n";
  for (const auto& [name, target] : children)
    out += "  <" + name + " ref=\"" + xml::escape(target) + "\"/>\n";
  return out + "</" + ref.type + ">\n";
}

}  // namespace tk::workspace
