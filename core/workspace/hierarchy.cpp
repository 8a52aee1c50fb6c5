#include "core/workspace/hierarchy.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/git/logged.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "core/workspace/configuration.hpp"
#include "core/workspace/entity_index.hpp"

namespace tk::workspace {
namespace {

constexpr const char* kFormat = "tk-hierarchy-v1";
constexpr const char* kMend = "run `tk repo compile`";
// What ends the file: the digest of everything before it.
const std::string kEnd = ",\"digest\":\"";

std::string context_of(const law::Ref& ref, bool level) {
  return !level ? ref.context : ref.context.empty() ? ref.name : ref.context + "." + ref.name;
}

struct Item {
  std::string id, level, file, owner;
  std::set<std::string> children;
  std::map<std::string, std::int64_t> entities;
};

class Compiler {
 public:
  Compiler(EntityIndex& index, ConfigReader reader) : index_(index), reader_(std::move(reader)) {}

  Result<std::string> run(const std::string& tree, const std::string& manifest_blob, std::int64_t time_ns) {
    TK_CHECK(collect());
    auto out = "{\"format\":" + json::quote(kFormat) + ",\"tree\":" + json::quote(tree) + ",\"manifest_blob\":" + json::quote(manifest_blob) +
               ",\"compiled_at\":" + json::quote(clock::rfc3339(time_ns)) + ",\"items\":[";
    const char* between = "\n";
    for (const auto& [path, item] : items_) {
      TK_TRY(auto written, write(path, item));
      out += between + written;
      between = ",\n";
    }
    out += "\n]";
    return out + kEnd + crypto::sha256_hex(out) + "\"}\n";
  }

 private:
  Result<void> collect() {
    for (const char* level : {"galaxy", "system", "space"})
      TK_CHECK(index_.each(level, [&](const Entity& e, const std::string& file) -> Result<void> {
        auto path = context_of(e.ref, true);
        items_[path] = {e.id, level, file, {}, {}, {}};
        if (!e.ref.context.empty()) items_[e.ref.context].children.insert(path);
        for (const auto& [name, value] : e.attributes)
          if (name == "owner") owners_[path] = value;
        TK_TRY(configs_[path], reader_.of(path));
        for (const auto& [key, effective] : configs_[path])
          if (effective.locked) locked_.insert(key);
        return {};
      }));
    std::map<std::string, std::vector<std::string>> wanted;  // an owner's reference → paths
    for (const auto& [path, owner] : owners_) wanted[owner].push_back(path);
    return index_.each("", [&](const Entity& e, const std::string& file) -> Result<void> {
      const auto* type = record::find_entity_type(e.ref.type);
      if (!type || type->level()) return {};
      if (auto item = items_.find(e.ref.context); item != items_.end()) ++item->second.entities[e.ref.type];
      TK_CHECK(check_locks(e, file));
      for (const auto& word : {e.ref.str(), e.ref.type + ":" + e.ref.name})
        if (auto found = wanted.find(word); found != wanted.end())
          for (const auto& path : found->second)
            if (auto& owner = items_[path].owner; owner.empty()) owner = e.id;
      return {};
    });
  }

  // An attribute says something of a key too; it is looked at where that key is locked for its context.
  Result<void> check_locks(const Entity& e, const std::string& file) {
    bool says = std::any_of(e.attributes.begin(), e.attributes.end(), [&](const auto& a) { return locked_.contains(a.first); });
    if (!says) return {};
    TK_TRY(auto content, reader_.read(file));
    TK_TRY(auto own, config_of_entity(content.value_or(""), file, e.ref.type, e.ref.name));
    own.name = e.ref.str();
    TK_TRY(auto checked, reader_.of_entity(e.ref.context, own));
    return {};
  }

  Result<std::string> write(const std::string& path, const Item& item) {
    TK_TRY(const auto* file, reader_.level(path));
    if (!file) return fail(Code::ws_entity_invalid, path + " has entities below it but no file of its own");
    const auto& config = configs_[path];
    Value::Map effective;
    for (const auto& [key, said] : config) effective.emplace(key, said.value);
    auto attribute = [&](const char* name) {
      auto it = file->attributes.find(name);
      return it == file->attributes.end() ? std::string() : it->second;
    };
    auto list = [&](const char* name) {
      auto said = config.find(name);
      auto value = said == config.end() ? attribute(name) : said->second.value;
      std::replace(value.begin(), value.end(), ',', ' ');
      Value::List out;
      for (auto& word : words_in(value)) out.emplace_back(std::move(word));
      return out;
    };
    auto channel = attribute("hive_channel");
    if (channel.empty()) channel = config.at("hive.prefix").value + "." + path;
    auto dot = path.rfind('.');
    Value::List children;
    for (const auto& child : item.children) children.emplace_back(child);
    Value::Map entities;
    for (const auto& [type, count] : item.entities) entities.emplace(type, count);
    return json::compact(Value::Map{{"id", item.id}, {"name", path.substr(dot == path.npos ? 0 : dot + 1)}, {"level", item.level}, {"path", path},
                                    {"parent_path", dot == path.npos ? "" : path.substr(0, dot)}, {"owner_id", item.owner},
                                    {"hive_channel", channel}, {"tools", list("tools")}, {"packages", list("packages")},
                                    {"children", std::move(children)}, {"effective_config", std::move(effective)}, {"source", file->path},
                                    {"sha256", crypto::sha256_hex(file->content)}, {"entities", std::move(entities)}});
  }

  EntityIndex& index_;
  ConfigReader reader_;
  std::map<std::string, Item> items_;
  std::map<std::string, Configuration> configs_;
  std::map<std::string, std::string> owners_;
  std::set<std::string> locked_;
};

}  // namespace

ConfigReader committed_config(const git::Repository& repository, const std::string& commit) {
  return ConfigReader([&repository, commit](const std::string& path) { return repository.read(commit, path); });
}

Result<void> compile_hierarchy(const Workspace& workspace, const git::Repository& repository) {
  TK_TRY(auto index, EntityIndex::open(workspace, repository));
  const auto& head = index.commit();
  TK_TRY(auto header, git::commit_header(repository, head));
  TK_TRY(auto manifest, repository.files(head, "MANIFEST.xml"));
  TK_TRY(auto bytes, Compiler(index, committed_config(repository, head)).run(header.tree, manifest.empty() ? "" : manifest.front().blob, header.time_ns));
  return os::replace_file(workspace.state("hierarchy.json"), bytes, 0600);
}

Result<Hierarchy> Hierarchy::open(const Workspace& workspace, const git::Repository& repository) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return fail(Code::ws_no_commit, "the workspace has no commit yet", "git add -A && git commit");
  auto bytes = os::read_file(workspace.state("hierarchy.json"));
  if (!bytes && bytes.error().code == Code::os_not_found) return fail(Code::ws_hierarchy, "there is no .tk/hierarchy.json yet", kMend);
  if (!bytes) return fail(bytes.error());
  auto end = bytes->rfind(kEnd);
  if (end == bytes->npos || bytes->substr(end) != kEnd + crypto::sha256_hex(std::string_view(*bytes).substr(0, end)) + "\"}\n")
    return fail(Code::ws_hierarchy, ".tk/hierarchy.json is not as it was compiled", kMend);
  TK_TRY(auto header, git::commit_header(repository, head));
  auto begin = "{\"format\":" + json::quote(kFormat) + ",\"tree\":";
  if (!bytes->starts_with(begin)) return fail(Code::ws_hierarchy, ".tk/hierarchy.json has another format than " + std::string(kFormat), kMend);
  if (!bytes->substr(begin.size()).starts_with(json::quote(header.tree) + ","))
    return fail(Code::ws_hierarchy, ".tk/hierarchy.json is of another tree than HEAD", kMend);
  return Hierarchy(std::move(*bytes));
}

Result<Value> Hierarchy::item(const std::string& path) const {
  auto member = "\"path\":" + json::quote(path) + ",";
  std::vector<std::string> names;
  for (auto line : text::split(bytes_, '\n')) {
    if (!line.starts_with("{\"children\":")) continue;
    if (line.find(member) != line.npos) {
      if (line.ends_with(',')) line.remove_suffix(1);
      TK_TRY(auto item, json::parse(line, "hierarchy.json"));
      if (item["path"].text() == path) return item;
    }
    auto at = line.find("\"path\":\"");
    if (names.size() < 1000 && at != line.npos) names.emplace_back(line.substr(at + 8, line.find('"', at + 8) - at - 8));
  }
  auto near = text::nearest(path, names);
  return fail(Code::ws_entity_unknown, "no galaxy, system or space " + text::printable(path),
              near.empty() ? "tk repo get space lists them" : "did you mean " + near + "?");
}

Result<Value> Hierarchy::all() const { return json::parse(bytes_, "hierarchy.json"); }

}  // namespace tk::workspace
