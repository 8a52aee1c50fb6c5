#include "core/box/paths.hpp"

#include "core/os/file.hpp"

namespace tk::box {
namespace {

// What tk itself reads in a workspace: who writes there decides what tk does for whoever comes next.
constexpr const char* kOfTk[] = {".git",  "tk.toml", "MANIFEST.xml", "ids.lock", "galaxies",  "integrations",
                                 "hives", "wots",    "records",      "profiles", "templates", ".gitattributes"};

}  // namespace

bool add_path(Box& box, const std::string& path, Use use) {
  auto real = os::real_path(path);
  if (real.empty() || real == "/") return false;
  if (auto target = os::link_target(path); !target.empty()) box.links.emplace_back(target, path);
  // What stands in a folder that may do as much needs no mount of its own.
  for (auto above = real.rfind('/'); above != 0; above = real.rfind('/', above - 1))
    if (auto it = box.paths.find(real.substr(0, above));
        it != box.paths.end() && (it->second == use || (it->second == Use::exec && use == Use::read)))
      return true;
  auto [it, is_new] = box.paths.try_emplace(real, use);
  if (!is_new && it->second < use) it->second = use;
  return true;
}

void add_system(Box& box) {
  for (const char* path : {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) add_path(box, path, Use::exec);
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
    add_path(box, std::string("/etc/") + name, Use::read);
}

Result<std::vector<Granted>> granted_by_law(record::Authority& law, const law::Index& index, const record::Actor& actor,
                                            const std::string& workspace) {
  std::vector<Granted> out;
  static const std::string kWrite = "box.write", kRead = "box.read";
  auto ask = [&](const law::Ref& resource, const std::string& path) -> Result<void> {
    for (const auto* action : {&kWrite, &kRead}) {
      TK_TRY(auto ruling, law.rule({actor, *action, resource}));
      // What waits for somebody's word is no yes.
      if (!ruling.allow || !ruling.obligations.empty()) continue;
      out.push_back({path, action == &kWrite ? Use::write : Use::read, resource.str(), ruling.rule_id});
      break;
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

void add_granted(Box& box, const std::vector<Granted>& granted, const std::string& workspace) {
  for (const auto& one : granted) add_path(box, one.path, one.use);
  auto root = os::real_path(workspace);
  if (root.empty()) return;
  auto in = [](const std::string& path, const std::string& folder) { return path == folder || path.starts_with(folder + "/"); };
  std::erase_if(box.paths, [&](const auto& p) { return in(p.first, root + "/.tk"); });
  for (const auto& [path, use] : std::map(box.paths)) {
    if (!in(root, path)) continue;
    // Mounts cannot be renamed: nobody puts another workspace into the place of this one.
    for (auto at = root; at != path; at.resize(at.rfind('/'))) box.paths.try_emplace(at, use);
    if (os::is_directory(root + "/.tk")) box.hidden.insert(root + "/.tk");
    for (const char* name : kOfTk)
      if (os::exists(root + "/" + name) && os::link_target(root + "/" + name).empty()) box.paths.insert_or_assign(root + "/" + name, Use::read);
  }
  for (const char* name : kOfTk)
    for (auto& [path, use] : box.paths)
      if (in(path, root + "/" + name)) use = Use::read;
}

}  // namespace tk::box
