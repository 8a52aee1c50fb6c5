#include "core/workspace/configuration.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/record/entity_types.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {
namespace {

constexpr std::string_view kDeny = ".deny", kAllow = ".allow";

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string place(const Where& at) {
  return at.file.empty() ? "built in" : at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

bool is_level(std::string_view path) {
  return path.starts_with("galaxies/") && (path.ends_with("/galaxy.xml") || path.ends_with("/system.xml") || path.ends_with("/space.xml"));
}

// galaxies/acme/systems/web/system.xml is acme.web
std::string context_of_level(std::string_view path) {
  std::string out;
  auto parts = text::split(path, '/');
  for (std::size_t i = 1; i + 1 < parts.size(); i += 2) out += (out.empty() ? "" : ".") + std::string(parts[i]);
  return out;
}

bool names(std::string_view pattern, std::string_view word) {
  return pattern.ends_with('*') ? word.starts_with(pattern.substr(0, pattern.size() - 1)) : word == pattern;
}

}  // namespace

std::string_view to_string(Merge merge) {
  return merge == Merge::append ? "append" : merge == Merge::remove ? "remove" : "replace";
}

std::vector<std::string> words_in(std::string_view list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size();) {
    auto begin = list.find_first_not_of(" \t\r\n", at);
    if (begin == list.npos) break;
    at = std::min(list.find_first_of(" \t\r\n", begin), list.size());
    out.emplace_back(list.substr(begin, at - begin));
  }
  return out;
}

Fold::Fold(Merge merge, std::string value) {
  if (merge == Merge::replace) {
    base_ = std::move(value);
    return;
  }
  for (auto& word : words_in(value)) {
    if (merge == Merge::remove) removed_.insert(std::move(word));
    else if (!holds(appended_, word)) appended_.push_back(std::move(word));
  }
}

std::string Fold::apply(std::string_view above) const {
  if (base_) above = *base_;
  if (removed_.empty() && appended_.empty()) return std::string(above);
  std::vector<std::string> out;
  for (auto& word : words_in(above))
    if (!removed_.contains(word) && !holds(out, word)) out.push_back(std::move(word));
  for (const auto& word : appended_)
    if (!holds(out, word)) out.push_back(word);
  return text::join(out, " ");
}

Fold Fold::then(const Fold& below) const {
  if (below.base_) return below;
  auto out = *this;
  if (base_) {  // both are known: the value itself
    out.base_ = below.apply(*base_);
    return out;
  }
  for (const auto& word : below.removed_) {
    out.removed_.insert(word);
    std::erase(out.appended_, word);
  }
  for (const auto& word : below.appended_)
    if (!holds(out.appended_, word)) out.appended_.push_back(word);
  return out;
}

const ConfigLevel& built_in_config() {
  static const ConfigLevel level = {"built in",
                                    {{"hive.prefix", "monorepo", {}, false, {}},
                                     {"onboard.groups", "", {}, false, {}},
                                     {"onboard.role", "role:reader", {}, false, {}}}};
  return level;
}

namespace {

// What one level says of one key, in the order in which it is carried out.
Result<void> say(Effective& out, const ConfigLevel& level, std::vector<const ConfigEntry*> said) {
  std::stable_sort(said.begin(), said.end(), [](const auto* a, const auto* b) {
    auto rank = [](const ConfigEntry& e) { return !e.merge || *e.merge == Merge::replace ? 0 : *e.merge == Merge::remove ? 1 : 2; };
    return rank(*a) < rank(*b);
  });
  const auto& key = said.front()->key;
  bool above = !out.chain.empty(), deny = key.ends_with(kDeny);
  if (out.locked) {
    auto lock = std::find_if(out.chain.begin(), out.chain.end(), [](const auto& link) { return link.entry.lock; });
    return fail_at(Code::ws_config_locked, said.front()->at, key + " is locked at " + place(lock->entry.at) + " (" + lock->level + ")",
                   "take it away here, or take lock=\"true\" away there");
  }
  for (const auto* entry : said) {
    auto merge = entry->merge.value_or(deny && above ? Merge::append : Merge::replace);
    if (deny && above && merge != Merge::append)
      return fail_at(Code::ws_config_locked, entry->at,
                     "what " + key + " denies at " + place(out.chain.front().entry.at) + " (" + out.chain.front().level + ") stays denied below",
                     "leave merge out: what is said here comes to it");
    out.value = Fold(merge, entry->value).apply(out.value);
    out.locked = out.locked || entry->lock;
    out.chain.push_back({level.name, *entry, out.value});
  }
  return {};
}

void deny_wins(Configuration& all) {
  for (auto& [key, allow] : all) {
    if (!key.ends_with(kAllow)) continue;
    auto deny = all.find(key.substr(0, key.size() - kAllow.size()) + std::string(kDeny));
    if (deny == all.end()) continue;
    std::vector<std::string> left;
    for (auto& word : words_in(allow.value)) {
      const Where* by = nullptr;
      for (const auto& link : deny->second.chain)
        for (const auto& pattern : words_in(link.entry.value))
          if (!by && names(pattern, word)) by = &link.entry.at;
      if (by) allow.denied.emplace_back(word, *by);
      else left.push_back(std::move(word));
    }
    if (!allow.denied.empty()) allow.value = text::join(left, " ");
  }
}

}  // namespace

Result<Configuration> merge_levels(const std::vector<const ConfigLevel*>& levels) {
  Configuration out;
  for (const auto* level : levels) {
    std::map<std::string, std::vector<const ConfigEntry*>> said;
    for (const auto& entry : level->entries) said[entry.key].push_back(&entry);
    for (auto& [key, entries] : said) TK_CHECK(say(out[key], *level, std::move(entries)));
  }
  deny_wins(out);
  return out;
}

namespace {

Result<void> read_entries(const xml::Document& doc, const xml::Element& holder, ConfigLevel& out) {
  for (const auto& child : holder.children) {
    if (child.name != "config") continue;
    ConfigEntry entry{child.get("key"), child.get("value"), {}, child.get("lock") == "true", doc.where(child.at)};
    for (auto merge : {Merge::replace, Merge::append, Merge::remove})
      if (child.get("merge") == to_string(merge)) entry.merge = merge;
    for (const auto& other : out.entries)
      if (other.key == entry.key && other.merge.value_or(Merge::replace) == entry.merge.value_or(Merge::replace))
        return fail_at(Code::ws_entity_invalid, entry.at, entry.key + " is set twice here; first at " + place(other.at),
                       "take one of them away");
    out.entries.push_back(std::move(entry));
  }
  return {};
}

bool is_common(std::string_view name) {
  const auto& all = record::common_attributes();
  return std::any_of(all.begin(), all.end(), [&](const auto& a) { return a.name == name; });
}

Result<LevelFile> read_level(std::string content, const std::string& path, std::string name) {
  TK_TRY(auto doc, xml::parse(content, path));
  LevelFile out{path, std::move(content), {}, {}, doc.where(doc.root.at), {name, {}}, {name, {}}};
  for (const auto& a : doc.root.attributes) {
    out.attributes.emplace(a.name, a.value);
    out.places.emplace(a.name, doc.where(a.value_at));
    if (!is_common(a.name)) out.own.entries.push_back({a.name, a.value, {}, false, doc.where(a.value_at)});
  }
  if (doc.root.name == "manifest") {
    for (const auto& child : doc.root.children)
      if (child.name == "defaults") TK_CHECK(read_entries(doc, child, out.config));
  } else {
    TK_CHECK(read_entries(doc, doc.root, out.config));
  }
  return out;
}

}  // namespace

Result<ConfigLevel> read_config(std::string_view content, const std::string& path) {
  TK_TRY(auto level, read_level(std::string(content), path, path));
  return std::move(level.config);
}

Result<ConfigLevel> config_of_entity(std::string_view content, const std::string& path, std::string_view type, std::string_view name) {
  TK_TRY(auto doc, xml::parse(content, path));
  ConfigLevel out{std::string(type) + ":" + std::string(name), {}};
  auto is_it = [&](const xml::Element& e) { return e.name == type && (e.get("name") == name || e.get("id") == name); };
  const auto* element = doc.root.name == type ? &doc.root : nullptr;
  for (const auto& child : doc.root.children)
    if (!element && is_it(child)) element = &child;
  if (!element) return out;
  for (const auto& a : element->attributes)
    if (!is_common(a.name)) out.entries.push_back({a.name, a.value, {}, false, doc.where(a.value_at)});
  return out;
}

Result<const LevelFile*> ConfigReader::level(const std::string& context) {
  auto known = files_.find(context);
  if (known == files_.end()) {
    static constexpr const char* kLevels[] = {"galaxy", "system", "space"};
    auto depth = static_cast<std::size_t>(std::count(context.begin(), context.end(), '.'));
    std::string path = "MANIFEST.xml", name = "manifest";
    if (!context.empty()) {
      if (depth > 2) return nullptr;
      path = context_folder(context) + "/" + kLevels[depth] + ".xml";
      auto dot = context.rfind('.');
      name = std::string(kLevels[depth]) + ":" + (dot == context.npos ? context : context.substr(0, dot) + "/" + context.substr(dot + 1));
    }
    TK_TRY(auto content, read_(path));
    std::optional<LevelFile> file;
    if (content) {
      TK_TRY(file, read_level(std::move(*content), path, std::move(name)));
    }
    known = files_.emplace(context, std::move(file)).first;
  }
  return known->second ? &*known->second : nullptr;
}

Result<std::vector<const ConfigLevel*>> ConfigReader::levels(const std::string& context) {
  std::vector<const ConfigLevel*> out = {&built_in_config()};
  TK_TRY(const auto* manifest, level(""));
  if (manifest) out.push_back(&manifest->config);
  // The galaxies that this one inherits, the farthest first.
  std::vector<const LevelFile*> galaxies;
  std::set<std::string> seen;
  const Where* inherited_at = nullptr;
  for (auto galaxy = context.substr(0, context.find('.')); !galaxy.empty();) {
    TK_TRY(const auto* file, level(galaxy));
    if (!file) {
      if (!inherited_at) break;
      return fail_at(Code::ws_entity_invalid, *inherited_at, "there is no galaxy " + text::printable(galaxy) + " to inherit from");
    }
    if (!seen.insert(galaxy).second)
      return fail_at(Code::ws_entity_invalid, *inherited_at, "the galaxies inherit from each other in a circle", "take one inherits away");
    galaxies.insert(galaxies.begin(), file);
    auto next = file->attributes.find("inherits");
    if (next == file->attributes.end()) break;
    galaxy = next->second;
    inherited_at = &file->places.at("inherits");
  }
  for (const auto* file : galaxies) out.push_back(&file->config);
  for (auto dot = context.find('.'); dot != context.npos;) {
    dot = context.find('.', dot + 1);
    TK_TRY(const auto* file, level(context.substr(0, dot)));
    if (file) out.push_back(&file->config);
  }
  return out;
}

Result<Configuration> ConfigReader::of(const std::string& context) {
  TK_TRY(const auto* file, level(context));
  return of_entity(context, file && !context.empty() ? file->own : ConfigLevel{});
}

Result<Configuration> ConfigReader::of_entity(const std::string& context, const ConfigLevel& own) {
  TK_TRY(auto all, levels(context));
  TK_TRY(auto above, merge_levels(all));
  ConfigLevel said{own.name, {}};
  for (const auto& entry : own.entries)
    if (above.contains(entry.key)) said.entries.push_back(entry);
  all.push_back(&said);
  return merge_levels(all);
}

Result<void> check_configuration(const std::map<std::string, std::string>& files, const ConfigReader::Read& read,
                                 const std::vector<git::Change>& changed) {
  ConfigReader reader(read);
  bool locks = false;
  for (const auto& [path, blob] : files) {
    if (!is_level(path)) continue;
    TK_TRY(auto config, reader.of(context_of_level(path)));
    for (const auto& [key, said] : config) locks = locks || said.locked;
  }
  if (!locks) return {};
  // A lock that is new is looked at for every entity, else only what changes can break one.
  std::set<std::string, std::less<>> touched;
  bool all = false;
  for (const auto& c : changed) {
    touched.insert(c.path);
    all = all || is_level(c.path) || c.path == "MANIFEST.xml";
  }
  for (const auto& [path, blob] : files) {
    if (!path.starts_with("galaxies/") || is_level(path) || (!all && !touched.contains(path))) continue;
    TK_TRY(auto content, read(path));
    for (const auto& e : read_file({path, content.value_or("")}).entities) {
      TK_TRY(auto own, config_of_entity(*content, path, e.ref.type, e.ref.name));
      own.name = e.ref.str();
      TK_CHECK(reader.of_entity(e.ref.context, own));
    }
  }
  return {};
}

}  // namespace tk::workspace
