// Which ids and folders nobody's entity takes over. Shared with the root program, which has nothing else of tk in it; so this needs
// the standard library alone.
#pragma once

#include <cstdint>
#include <string_view>

namespace tk::provision {

// Below are accounts and groups of the system; 65534 is nobody, and 65535 and what is negative to somebody means no id.
inline constexpr std::uint32_t kFirstOfPeople = 1000, kLastOfPeople = 0x7fffffff;
constexpr bool of_people(std::uint32_t id) {
  return id >= kFirstOfPeople && id <= kLastOfPeople && id != 65534 && id != 65535;
}

inline bool is_or_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// A folder of the system: one of those that every computer has, what is below those that belong to the system wholly, and
// tk's own. What may be declared stands below /srv, /opt, /home, /mnt, /media, some of /var, or a folder of the site's own in /.
inline bool folder_of_the_system(std::string_view path) {
  constexpr std::string_view kWholly[] = {"/bin",        "/boot", "/dev",  "/etc", "/lib",  "/lib32", "/lib64", "/libx32",
                                          "/lost+found", "/proc", "/root", "/run", "/sbin", "/sys",   "/tmp",   "/usr"},
                             kItself[] = {"/home", "/srv", "/opt", "/mnt", "/media"}, kBelowVar[] = {"/lib", "/local", "/opt", "/www"},
                             kBelowVarLib[] = {"/apt", "/dbus", "/dpkg", "/pam", "/polkit-1", "/private", "/sudo", "/systemd", "/ucf"};
  if (path.size() < 2 || path[0] != '/' || path.find("/.tk-") != path.npos) return true;
  for (auto folder : kWholly)
    if (is_or_below(path, folder)) return true;
  for (auto folder : kItself)
    if (path == folder) return true;
  if (!is_or_below(path, "/var")) return false;
  path.remove_prefix(4);
  for (auto folder : kBelowVar) {
    if (!is_or_below(path, folder) || path == folder) continue;
    if (folder != "/lib") return false;
    path.remove_prefix(4);
    for (auto of_lib : kBelowVarLib)
      if (is_or_below(path, of_lib)) return true;
    return false;
  }
  return true;
}

// Nor is a home one of a whole kind of folders: it stands in one.
inline bool no_place_for_a_home(std::string_view path) {
  return folder_of_the_system(path) || path.rfind('/') == 0;
}

}  // namespace tk::provision
