#include "core/workspace/entities.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/record/definition.hpp"
#include "core/workspace/materialised.hpp"
#include "core/workspace/working_tree.hpp"

namespace tk::workspace {
namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}
template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Copies what is const, and moves the rest.
template <class D>
void append_all(Declared& to, D& from) {
  append(to.problems, from.problems);
  append(to.model.entities, from.model.entities);
  append(to.model.members, from.model.members);
  append(to.model.roles, from.model.roles);
  append(to.model.rules, from.model.rules);
  append(to.model.grants, from.model.grants);
  append(to.model.actions, from.model.actions);
  append(to.model.files, from.model.files);
  for (const auto& [name, kind] : from.model.known)
    if (auto [it, fresh] = to.model.known.emplace(name, kind); !fresh && it->second != kind) it->second = law::Kind::any;
}

template <class List>
Declared join(const List& files) {
  Declared out;
  out.model.entities.reserve(files.size());
  auto problem = [&](std::string file, std::string message, std::string hint) {
    out.problems.push_back(Error{Code::ws_entity_invalid, std::move(message), {std::move(file), 0, 0}, std::move(hint), nullptr});
  };
  decltype(files.front().second.get()) manifest = nullptr;
  for (const auto& [path, read] : files)
    if (path == "MANIFEST.xml") manifest = read.get();
  if (manifest) append_all(out, manifest->declared), out.model.combining = manifest->declared.model.combining;
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
    append_all(out, read->declared);
  }
  auto declares_record = [&](const std::string& type) {
    return std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.first == "records/" + type + ".toml"; });
  };
  for (const auto& [type, actions] : record::open_types())
    if (!declares_record(type)) out.model.actions.insert(out.model.actions.end(), actions.begin(), actions.end());
  for (const auto& type : record::entity_type_table())
    for (const auto& a : type.attributes) out.model.known.emplace(a.name, law::Kind::text);
  for (auto name : {"owner", "labels", "version"}) out.model.known.emplace(name, law::Kind::text);
  return out;
}

}  // namespace

Declared join_files(const Files& files) { return join(files); }
Declared join_files(const FreshFiles& files) { return join(files); }

Declared read_declarations(const std::vector<SourceFile>& files) {
  Files read;
  for (const auto& f : files) read.emplace_back(f.path, std::make_shared<const FileDeclares>(read_file(f)));
  return join_files(read);
}

bool declares(std::string_view path) {
  return path == "MANIFEST.xml" || (path.starts_with("galaxies/") && path.ends_with(".xml")) ||
         (path.starts_with("records/") && path.ends_with(".toml"));
}

Value::Map attributes_of(const Entity& entity) {
  Value::Map out;
  for (const auto& [name, value] : entity.attributes)
    if (name != "id" && name != "name" && name != "state" && name != "context") out.emplace(name, record::kept_of(entity.ref.type, name, value));
  for (const auto& child : entity.children) {
    Value::Map values;
    for (const auto& [name, value] : child.attributes) values.emplace(name, value);
    auto& list = out.emplace("<" + child.name + ">", Value::List{}).first->second;
    list.as_list()->push_back(std::move(values));
  }
  return out;
}

Result<std::vector<git::Repository::Difference>> declared_files(const git::Repository& repo, const std::string& commit) {
  TK_TRY(auto materialised, Materialised::of(repo, commit));
  TK_TRY(auto files, repo.differences("", commit, materialised.skip()));
  std::erase_if(files, [](const auto& f) { return !declares(f.path); });
  return files;
}

Result<std::vector<SourceFile>> committed_sources(const git::Repository& repo,
                                                  const std::string& commit) {
  std::vector<SourceFile> out;
  TK_TRY(auto files, declared_files(repo, commit));
  for (const auto& f : files) {
    TK_TRY(auto content, repo.read_blob(f.blob));
    out.push_back({f.path, std::move(content)});
  }
  return out;
}

Result<std::vector<SourceFile>> working_sources(const std::string& root) {
  TK_TRY(auto tree, look_at_working_tree(root));
  if (!tree.problems.empty()) return fail(tree.problems.front());
  std::vector<SourceFile> out;
  for (const auto& f : tree.files) {
    TK_TRY(auto content, os::read_file(root + "/" + f.path, 2u << 20));
    out.push_back({f.path, std::move(content)});
  }
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
  const auto* type = record::find_entity_type(ref.type);
  if (!type) return {};
  auto own = type->level() ? (ref.context.empty() ? ref.name : ref.context + "." + ref.name) : ref.context;
  auto folder = context_folder(own);
  if (folder.empty()) return {};
  auto depth = std::count(own.begin(), own.end(), '.');
  if (type->level() && depth != (type->name == "galaxy" ? 0 : type->name == "system" ? 1 : 2)) return {};
  return folder + "/" + (type->level() ? ref.type : std::string(type->plural) + "/" + ref.name) + ".xml";
}

std::string write_entity(const law::Ref& ref, const std::string& id,
                         const std::vector<std::pair<std::string, std::string>>& attributes,
                         const std::vector<Entity::Child>& children) {
  const auto* type = record::find_entity_type(ref.type);
  bool named_by_id = type && type->named_by_id();
  std::string out = "<" + ref.type;
  auto add = [&](std::string_view name, std::string_view value) {
    out += " " + std::string(name) + "=\"" + xml::escape(value) + "\"";
  };
  add("id", named_by_id ? ref.name : id);
  if (!named_by_id) add("name", ref.name);
  for (const auto& [name, value] : attributes) add(name, value);
  if (children.empty()) return out + "/>\n";
  out += ">\n";
  for (const auto& child : children) {
    out += "  <" + child.name;
    for (const auto& [name, value] : child.attributes) add(name, value);
    out += "/>\n";
  }
  return out + "</" + ref.type + ">\n";
}

Result<std::string> list_galaxy(const std::string& manifest, const std::string& galaxy) {
  TK_TRY(auto doc, xml::parse(manifest, "MANIFEST.xml"));
  auto entry = "<galaxy href=\"galaxies/" + xml::escape(galaxy) + "/galaxy.xml\"/>";
  auto out = doc.source;
  const xml::Element* last = nullptr;
  for (const auto& child : doc.root.children)
    if (child.name == "galaxy") last = &child;
  const auto& before = last ? *last : doc.root;
  auto end = out.find('>', before.open_end);
  bool empty = out[end - 1] == '/';
  if (last) {
    auto behind = empty ? end + 1 : out.find('>', out.find("</galaxy", end)) + 1;
    return out.insert(behind, "\n  " + entry);
  }
  if (!empty) return out.insert(end + 1, "\n  " + entry);
  return out.replace(end - 1, 2, ">\n  " + entry + "\n</manifest>");
}

}  // namespace tk::workspace
