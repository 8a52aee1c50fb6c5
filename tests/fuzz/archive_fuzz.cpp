// An export in one file, of any bytes: it is refused as damaged, or every part is what its list says. Half of the inputs
// get a list that fits, so that what stands behind it is met too.
#include <string>

#include "core/os/file.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tools/export/archive.hpp"

using namespace tk;

namespace {

struct Folder {
  std::string path = os::temporary_directory("tk-fuzz-").value();
  ~Folder() { (void)os::remove_tree(path), (void)os::remove_file(path + ".tar"); }
};

// A folder of parts that the input is cut into, with its list, as one tar.
std::string well_formed(const std::string& folder, std::string_view bytes) {
  auto cut = bytes.size() / 2;
  if (!os::replace_file(folder + "/" + tools::archive::kBundle, bytes.substr(0, cut))) return {};
  if (!os::replace_file(folder + "/" + tools::archive::kJournal, bytes.substr(cut))) return {};
  auto file = folder + ".tar";
  static_cast<void>(os::remove_file(file));
  bool made = tools::archive::write_list(folder, {"c", "t", "refs/heads/main", 1, "h", {}}) && tools::archive::write_tar(folder, file);
  auto out = os::read_file(file);
  return made && out ? *out : std::string();
}

}  // namespace

TK_FUZZ(archive) {
  using tools::archive::Archive;
  static const Folder folder;
  std::string whole(bytes);
  if (!bytes.empty() && (bytes[0] & 1) != 0) {
    whole = well_formed(folder.path, bytes);
    auto good = Archive::of_bytes(whole);
    TK_PROMISE(good && good->part(tools::archive::kBundle) == bytes.substr(0, bytes.size() / 2));
    auto at = bytes.size() > 2 ? static_cast<unsigned char>(bytes[1]) * 256u + static_cast<unsigned char>(bytes[2]) : 0u;
    whole[at % whole.size()] = static_cast<char>(whole[at % whole.size()] ^ 4);
  }
  auto opened = Archive::of_bytes(whole);
  if (!opened) TK_PROMISE(opened.error().code == Code::ws_bundle || opened.error().code == Code::cli_usage);
  else
    for (const auto& name : opened->names()) TK_PROMISE(name.find("..") == name.npos && name.front() != '/');
}
