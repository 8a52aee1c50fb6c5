#include "core/box/paths.hpp"

#include <algorithm>

#include "core/os/file.hpp"
#include "core/os/shared.hpp"

namespace tk::box {
namespace {

// What tk itself reads in a workspace: who writes there decides what tk does for whoever comes next.
constexpr const char* kOfTk[] = {".git",  "tk.toml", "MANIFEST.xml", "ids.lock", "galaxies",  "integrations",
                                 "hives", "wots",    "records",      "profiles", "templates", ".gitattributes", "vault.manifest"};

bool in(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

void allow(Box& box, const std::string& path, Use use) {
  auto [it, is_new] = box.paths.try_emplace(path, use);
  if (!is_new && it->second < use) it->second = use;
}

// Of the system itself: a symlink stays one, and what it leads to comes with it.
void add_of_system(Box& box, const std::string& path, Use use) {
  auto real = os::real_path(path);
  if (real.empty() || real == "/") return;
  if (auto target = os::link_target(path); !target.empty()) box.links.emplace_back(target, path);
  // What stands in a folder that may do as much needs no mount of its own.
  for (auto above = real.rfind('/'); above != 0; above = real.rfind('/', above - 1))
    if (auto it = box.paths.find(real.substr(0, above)); it != box.paths.end() && it->second >= use) return;
  allow(box, real, use);
}

std::vector<std::string> with_parents(std::string path) {
  std::vector<std::string> out;
  for (; !path.empty(); path.resize(path.rfind('/'))) out.push_back(path);
  return out;
}

// Whether a path is the workspace, or lies in it or above it, under a name that does not say so.
bool is_alias(const std::string& path, const std::string& root) {
  auto is_one = [](const std::string& a, const std::string& b) { return a != b && os::same_file(a, b); };
  for (const auto& part : with_parents(path))
    if (is_one(part, root) || is_one(part, root + "/.tk")) return true;
  for (const auto& above : with_parents(root))
    if (is_one(path, above)) return true;
  return false;
}

}  // namespace

Result<void> add_path(Box& box, const std::string& path, Use use, const std::string& workspace) {
  auto real = os::real_path(path);
  if (real.empty()) return fail(Code::box_profile, path + " is to be in the box, and is not there");
  if (real != path || real == "/")
    return fail(Code::box_profile, path + " leads to " + real + ", and a box has what is declared and nothing else",
                "declare the path without its symlinks");
  if (is_alias(path, os::real_path(workspace))) return fail(Code::box_profile, path + " is this workspace by another name", "name its own folder");
  allow(box, path, use);
  return {};
}

void add_system(Box& box) {
  for (const char* path : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) add_of_system(box, path, Use::exec);
  for (const char* name : {"alternatives",   "ca-certificates.conf",
                           "debian_version", "fonts",
                           "gitconfig",      "group",
                           "host.conf",      "hosts",
                           "inputrc",        "ld.so.cache",
                           "ld.so.conf",     "ld.so.conf.d",
                           "locale.alias",   "localtime",
                           "magic",          "mime.types",
                           "nsswitch.conf",  "os-release",
                           "passwd",         "profile",
                           "protocols",      "python3",
                           "python3.11",     "services",
                           "shells",         "ssl",
                           "terminfo",       "timezone"})
    add_of_system(box, std::string("/etc/") + name, Use::read);
}

Result<std::vector<Granted>> granted_by_law(record::Authority& law, const law::Index& index, const record::Actor& actor,
                                            const std::string& workspace) {
  std::vector<Granted> out;
  static const std::string kWrite = "box.write", kRead = "box.read";
  auto own = actor;
  own.borrow_id.clear();
  auto ask = [&](const law::Ref& resource, const std::string& path) -> Result<void> {
    for (const auto* action : {&kWrite, &kRead}) {
      for (const record::Actor* who : {&std::as_const(own), &actor}) {
        TK_TRY(auto ruling, law.rule({*who, *action, resource}));
        // What waits for somebody's word is no yes.
        if (ruling.allow && ruling.obligations.empty()) {
          out.push_back({path, action == &kWrite ? Use::write : Use::read, resource.str(), ruling.rule_id, who->borrow_id});
          return {};
        }
        if (actor.borrow_id.empty()) break;
      }
    }
    return {};
  };
  for (const auto& folder : index.entities("directory")) {
    auto path = index.attribute(folder, "path");
    if (!folder.active() || !path || !os::is_directory(std::string(*path))) continue;
    TK_TRY(auto resource, law::parse_ref(folder.str()));
    TK_CHECK(ask(resource, std::string(*path)));
  }
  TK_TRY(auto who, law::parse_ref(actor.ref));
  TK_CHECK(ask({"workspace", who.context.substr(0, who.context.find('.')), "tree"}, workspace));
  return out;
}

Result<void> close_gaps(const Box& box, const std::string& workspace) {
  auto root = os::real_path(workspace);
  bool open = std::any_of(box.paths.begin(), box.paths.end(), [&](const auto& p) { return p.second == Use::write && in(root, p.first); });
  if (!open) return {};
  for (std::string_view name : kOfTk) {
    auto path = root + "/" + std::string(name);
    // Folders only: the files that a workspace may lack are read of commits.
    if (name.find('.') != name.npos || os::exists(path)) continue;
    TK_CHECK(os::make_directories(path));
    TK_CHECK(os::give_to_owner_of(root, path));
  }
  return {};
}

void guard(Box& box, const std::string& workspace, const std::vector<std::string>& git) {
  auto root = os::real_path(workspace);
  if (root.empty()) return;
  std::erase_if(box.paths, [&](const auto& p) { return in(p.first, root + "/.tk"); });
  auto seen = [&](const std::string& path, Use use) {
    return std::any_of(box.paths.begin(), box.paths.end(), [&](const auto& p) { return in(path, p.first) && p.second >= use; });
  };
  std::vector<std::string> read_only;
  for (const char* name : kOfTk) read_only.push_back(root + "/" + name);
  for (const auto& folder : git) read_only.push_back(os::real_path(folder));
  for (const auto& path : read_only) {
    if (path.empty()) continue;
    for (auto& [known, use] : box.paths)
      if (in(known, path) && use == Use::write) use = Use::read;
    if (seen(path, Use::write) && os::exists(path) && os::real_path(path) == path) box.paths.insert_or_assign(path, Use::read);
  }
  if (seen(root, Use::read)) allow(box, root, Use::read);
  if (seen(root, Use::read) && os::is_directory(root + "/.tk")) box.hidden.insert(root + "/.tk");
  for (const auto& [outer, use] : std::map(box.paths)) {
    if (use != Use::write) continue;
    for (const auto& [inner, its] : std::map(box.paths))
      if (inner != outer && in(inner, outer))
        for (const auto& between : with_parents(inner.substr(0, inner.rfind('/'))))
          if (between != outer && in(between, outer)) box.paths.try_emplace(between, use);
  }
}

}  // namespace tk::box
