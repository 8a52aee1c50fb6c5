#include "core/provision/observed.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"

namespace tk::provision {

std::optional<std::vector<std::string>> Rows::fields(const std::string& name) const {
  auto it = by_name.find(name);
  if (it == by_name.end()) return std::nullopt;
  std::vector<std::string> out;
  for (auto part : text::split(it->second, ':')) out.emplace_back(part);
  return out;
}

Result<Observed> Observed::read(const std::string& root) {
  Observed out;
  out.root_ = root == "/" ? "" : root;
  if (!os::is_directory(out.root_ + "/etc"))
    return fail(Code::os_not_found, "no system stands in " + root, "a target has at least etc/passwd and etc/group");
  for (const std::string name : kDatabases) {
    auto& rows = out.rows_[name];
    auto content = os::read_file(out.root_ + "/etc/" + name, 256u << 20);
    if (!content && content.error().code == Code::os_not_found && name != "passwd" && name != "group") continue;
    if (!content) return fail(content.error());
    std::string before = ":";
    for (auto line : text::split(*content, '\n')) {
      auto colon = line.find(':');
      if (line.empty() || line[0] == '#' || colon == line.npos) continue;
      std::string key(line.substr(0, colon));
      if (!rows.by_name.emplace(key, line).second)
        return fail(Code::ws_entity_invalid, root + "/etc/" + name + " has two rows of " + text::printable(key),
                    "take one of them away; nothing was changed");
      rows.follows.emplace(key, before);
      rows.names.push_back(key);
      before = key;
    }
  }
  return out;
}

Result<std::optional<std::string>> Observed::content(const std::string& path) const {
  auto content = os::read_file(root_ + path, 1u << 20);
  if (content) return std::optional<std::string>(std::move(*content));
  if (content.error().code == Code::os_not_found) return std::optional<std::string>();
  return fail(content.error());
}

Result<std::string> Observed::file(const std::string& path) const {
  TK_TRY(auto now, content(path));
  return now ? crypto::sha256_hex(*now) : std::string("-");
}

std::optional<std::uint32_t> Observed::owner(const std::string& path) const {
  struct stat st {};
  if (::lstat((root_ + path).c_str(), &st) != 0) return std::nullopt;
  return S_ISDIR(st.st_mode) ? st.st_uid : UINT32_MAX;
}

Result<std::vector<std::string>> Observed::sudo_files() const {
  auto folder = root_ + "/etc/sudoers.d";
  if (!os::is_directory(folder)) return std::vector<std::string>();
  return os::list_directory(folder, "tk-");
}

Result<std::string> Observed::folder(const std::string& path) const {
  struct stat st {};
  if (::lstat((root_ + path).c_str(), &st) != 0) return std::string("-");
  if (!S_ISDIR(st.st_mode)) return fail(Code::ws_entity_invalid, root_ + path + " is no folder", "look who put something else into its place");
  std::string mode;
  for (int shift = 9; shift >= 0; shift -= 3) mode += static_cast<char>('0' + (st.st_mode >> shift & 7));
  auto owner = ::geteuid() == 0 ? std::to_string(st.st_uid) + ":" + std::to_string(st.st_gid) : std::string("-:-");
  return mode + ":" + owner + ":";
}

}  // namespace tk::provision
