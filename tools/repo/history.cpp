#include "tools/repo/history.hpp"

#include <algorithm>

#include "core/base/ids.hpp"
#include "core/base/text.hpp"
#include "core/workspace/entities.hpp"

namespace tk::tools::repo_tool {
namespace {

using Read = std::function<Result<std::optional<std::string>>(const std::string&)>;

std::string context_of(std::string_view path) {
  static constexpr std::string_view kLevels[] = {"galaxies", "systems", "spaces"};
  auto parts = text::split(path, '/');
  std::string out;
  for (std::size_t level = 0; level < 3; ++level) {
    if (2 * level + 2 >= parts.size() || parts[2 * level] != kLevels[level]) break;
    out += (out.empty() ? "" : ".") + std::string(parts[2 * level + 1]);
  }
  return out;
}

// What tells one child from its siblings.
std::string mark_of(const xml::Element& child) {
  for (const char* name : {"key", "ref", "name", "id", "arg", "kind"})
    if (child.find(name)) return name;
  return {};
}

void flatten(const xml::Element& e, const std::string& prefix, std::map<std::string, std::string>& out) {
  std::map<std::string, int> met;
  for (const auto& child : e.children) {
    auto mark = mark_of(child);
    auto name = prefix + child.name + "[" + child.get(mark) + "]";
    if (auto n = met[name]++; n > 0) name += "#" + std::to_string(n + 1);
    bool only = true;
    for (const auto& a : child.attributes)
      if (a.name != mark) out[name + "." + a.name] = a.value, only = false;
    if (only && child.children.empty()) out[name] = child.get(mark);
    flatten(child, name + ".", out);
  }
}

Declaration declaration_of(const xml::Document& doc, const xml::Element& e, const record::EntityType& type, const std::string& path, bool alone) {
  Declaration out;
  out.path = path;
  out.alone = alone;
  out.begin = e.at;
  out.end = element_end(doc, e);
  auto context = context_of(path);
  auto dot = context.rfind('.');
  auto name = e.get(type.named_by_id() && e.find("id") ? "id" : "name");
  auto file = path.substr(path.rfind('/') + 1);
  if (type.level()) {
    name = context.substr(dot == context.npos ? 0 : dot + 1);
    context = dot == context.npos ? "" : context.substr(0, dot);
  } else if (name.empty()) {
    name = file.substr(0, file.rfind(".xml"));
  }
  out.ref = {std::string(type.name), context, name};
  if (!type.named_by_id()) out.id = e.get("id");
  for (const auto& a : e.attributes) out.values[a.name] = a.value;
  flatten(e, "", out.values);
  return out;
}

bool same(const Declaration& a, const Declaration& b) {
  if (!a.id.empty() && !b.id.empty()) return a.id == b.id;
  return a.ref == b.ref;
}

std::vector<Difference> differences(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after) {
  std::map<std::string, Difference> all;
  for (const auto& [name, value] : before) all[name] = {name, value, {}};
  for (const auto& [name, value] : after) all[name].name = name, all[name].after = value;
  std::vector<Difference> out;
  for (auto& [name, d] : all)
    if (d.before != d.after) out.push_back(std::move(d));
  return out;
}

bool is_xml(const std::string& path) { return path.starts_with("galaxies/") && path.ends_with(".xml"); }

}  // namespace

std::size_t element_end(const xml::Document& doc, const xml::Element& e) {
  const auto& s = doc.source;
  if (e.open_end >= s.size() || s[e.open_end] == '/') return std::min(s.size(), e.open_end + 2);
  auto at = e.children.empty() ? e.open_end : element_end(doc, e.children.back());
  auto closing = "</" + e.name;
  for (;;) {
    auto next = s.find(closing, at), comment = s.find("<!--", at);
    if (next == s.npos) return s.size();
    if (comment == s.npos || comment > next) return std::min(s.size(), s.find('>', next) + 1);
    at = s.find("-->", comment + 4);
    if (at == s.npos) return s.size();
  }
}

std::string Declaration::state() const {
  auto it = values.find("state");
  return it == values.end() || it->second.empty() ? "active" : it->second;
}

std::vector<Declaration> declarations_in(std::string_view content, const std::string& path) {
  std::vector<Declaration> out;
  auto doc = is_xml(path) ? xml::parse(content, path) : fail(Code::ws_entity_invalid, "declares nothing");
  if (!doc) return out;
  if (const auto* type = record::find_entity_type(doc->root.name)) {
    out.push_back(declaration_of(*doc, doc->root, *type, path, true));
  } else if (const auto* list = record::entity_type_of_list(doc->root.name)) {
    for (const auto& child : doc->root.children)
      if (child.name == list->name) out.push_back(declaration_of(*doc, child, *list, path, false));
  }
  auto read = workspace::read_file({path, std::string(content)});
  for (auto& d : out)
    for (const auto& e : read.entities)
      if (e.ref == d.ref) d.attributes = workspace::attributes_of(e);
  return out;
}

std::string Touch::kind() const {
  if (!before) return "created";
  if (!after) return "removed";
  return before->ref == after->ref ? "changed" : "renamed";
}

std::string Step::actor() const {
  auto named = commit.trailer("Tk-Actor");
  return named.empty() ? commit.author.name + " <" + commit.author.email + ">" : named;
}

Result<std::vector<Touch>> compare(const std::vector<std::string>& paths, const Read& before, const Read& after) {
  std::vector<Declaration> old_ones, new_ones;
  for (const auto& path : paths) {
    if (!is_xml(path)) continue;
    TK_TRY(auto was, before(path));
    TK_TRY(auto is, after(path));
    if (was)
      for (auto& d : declarations_in(*was, path)) old_ones.push_back(std::move(d));
    if (is)
      for (auto& d : declarations_in(*is, path)) new_ones.push_back(std::move(d));
  }
  std::map<std::string, std::size_t> by_id, by_ref;
  for (std::size_t i = 0; i < old_ones.size(); ++i) {
    if (!old_ones[i].id.empty()) by_id.emplace(old_ones[i].id, i);
    by_ref.emplace(old_ones[i].ref.str(), i);
  }
  std::vector<Touch> out;
  std::vector<bool> met(old_ones.size());
  for (auto& d : new_ones) {
    std::optional<std::size_t> old;
    if (auto it = by_id.find(d.id); !d.id.empty() && it != by_id.end()) old = it->second;
    else if (auto named = by_ref.find(d.ref.str()); named != by_ref.end() && same(old_ones[named->second], d)) old = named->second;
    Touch touch{{}, std::move(d), {}};
    if (old) {
      met[*old] = true;
      touch.before = old_ones[*old];
      touch.differences = differences(touch.before->values, touch.after->values);
      if (touch.differences.empty() && touch.before->ref == touch.after->ref && touch.before->path == touch.after->path) continue;
    } else {
      touch.differences = differences({}, touch.after->values);
    }
    out.push_back(std::move(touch));
  }
  for (std::size_t i = 0; i < old_ones.size(); ++i)
    if (!met[i]) out.push_back({old_ones[i], {}, differences(old_ones[i].values, {})});
  return out;
}

Followed::Followed(law::Ref ref, std::string id, std::string path) : refs_{ref.str()}, paths_{std::move(path)}, id_(std::move(id)) {}

bool Followed::concerns(const std::vector<std::string>& changed) const {
  auto place = [](const std::string& path) { return path.substr(0, path.rfind('/') + 1); };
  return std::any_of(changed.begin(), changed.end(), [&](const auto& path) {
    return everybody() ? is_xml(path) : paths_.contains(path) || paths_.contains(place(path));
  });
}

bool Followed::is(const Touch& touch) {
  if (everybody()) return true;
  auto is_it = [&](const std::optional<Declaration>& d) {
    return d && (!id_.empty() && !d->id.empty() ? d->id == id_ : refs_.contains(d->ref.str()));
  };
  if (!is_it(touch.before) && !is_it(touch.after)) return false;
  for (const auto* side : {&touch.before, &touch.after}) {
    if (!*side) continue;
    refs_.insert((*side)->ref.str());
    paths_.insert((*side)->path);
    if (id_.empty()) id_ = (*side)->id;
  }
  return true;
}

Result<Step> step_of(const git::Repository& repository, const std::string& id) {
  Step out;
  TK_TRY(out.commit, git::logged(repository, id));
  TK_TRY(auto header, git::commit_header(repository, id));
  out.time_ns = header.time_ns;
  if (!header.parents.empty()) out.parent = header.parents.front();
  auto at = [&](const std::string& commit) -> Read {
    return [&repository, commit](const std::string& path) -> Result<std::optional<std::string>> {
      if (commit.empty()) return std::optional<std::string>();
      return repository.read(commit, path);
    };
  };
  TK_TRY(out.touches, compare(out.commit.changed, at(out.parent), at(id)));
  return out;
}

Result<void> walk_history(const git::Repository& repository, Followed followed, const std::function<Result<bool>(const Step&)>& visit) {
  TK_TRY(auto head, repository.head_commit());
  if (head.empty()) return {};
  TK_TRY(auto commits, repository.history(head));
  for (const auto& id : commits) {
    TK_TRY(auto commit, git::logged(repository, id));
    if (!followed.concerns(commit.changed)) continue;
    TK_TRY(auto step, step_of(repository, id));
    std::erase_if(step.touches, [&](const auto& touch) { return !followed.is(touch); });
    if (step.touches.empty()) continue;
    TK_TRY(bool more, visit(step));
    if (!more) return {};
  }
  return {};
}

Result<Followed> follow(const law::Index& index, const std::string& word) {
  TK_TRY(auto ref, law::parse_ref(word));
  auto found = index.find(ref);
  if (found)
    return Followed({std::string(found->type), std::string(found->context), std::string(found->name)}, std::string(found->id), std::string(found->file));
  auto path = workspace::entity_path(ref);
  if (ref.context.empty() || path.empty()) return fail(found.error());
  return Followed(ref, "", path.substr(0, path.rfind('/') + 1));  // gone by now: any file of its folder may have held it
}

}  // namespace tk::tools::repo_tool
