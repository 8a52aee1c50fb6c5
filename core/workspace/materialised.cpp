#include "core/workspace/materialised.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/os/file.hpp"
#include "core/workspace/entities.hpp"
#include "core/xml/xml.hpp"

namespace tk::workspace {
namespace {

constexpr const char* kActive = "/.tk/active";

}  // namespace

Result<Materialised> Materialised::of(const git::Repository& repository, const std::string& commit) {
  Materialised out;
  TK_TRY(auto manifest, repository.read(commit, "MANIFEST.xml"));
  auto doc = manifest ? xml::parse(*manifest, "MANIFEST.xml") : Result<xml::Document>(xml::Document{});
  if (!doc) return out;  // its problem is told by who reads it as a declaration
  for (const auto& child : doc->root.children) out.lazy_ = out.lazy_ || (child.name == "defaults" && child.get("spaces") == "lazy");
  if (!out.lazy_) return out;
  auto list = os::read_file(repository.worktree() + kActive, 64u << 20);
  if (!list && list.error().code != Code::os_not_found) return fail(list.error());
  if (list)
    for (auto line : text::split(*list, '\n'))
      if (!line.empty()) out.folders_.insert(context_folder(*out.active_.emplace(line).first));
  return out;
}

Result<void> Materialised::write(const std::string& root, const std::set<std::string>& active) {
  std::string out;
  for (const auto& space : active) out += space + "\n";
  return os::write_atomic(root + kActive, out, 0600);
}

bool Materialised::skips(std::string_view folder) const {
  // Asked of every folder of the tree: nearly all are told by how they end.
  auto last = folder.rfind('/');
  if (!lazy_ || last == folder.npos) return false;
  bool all = folder.substr(last) == "/spaces";
  if ((!all && !folder.substr(0, last).ends_with("/spaces")) || !folder.starts_with("galaxies/")) return false;
  if (std::count(folder.begin(), folder.end(), '/') != (all ? 4 : 5) || !folder.substr(folder.find('/', 9)).starts_with("/systems/")) return false;
  if (!all) return !folders_.contains(folder);
  auto first = folders_.lower_bound(folder);
  return first == folders_.end() || !first->starts_with(folder);
}

bool Materialised::unread(const std::string& context) const {
  return lazy_ && std::count(context.begin(), context.end(), '.') == 2 && !active_.contains(context);
}

git::Repository::Skip Materialised::skip() const {
  if (!lazy_) return {};
  return [*this](std::string_view folder) { return skips(folder); };
}

std::string Materialised::key() const {
  std::string out;
  if (lazy_) out = "lazy";
  for (const auto& space : active_) out += "\n" + space;
  return out;
}

}  // namespace tk::workspace
