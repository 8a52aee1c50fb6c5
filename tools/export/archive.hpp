// A whole workspace as a few files (tools/export/export.md): export.json, which names every other part with its size and
// digest; repository.bundle; journal.db; and the values of runs in cas/. As a folder, or as one tar of the same files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/value.hpp"
#include "core/os/file.hpp"

namespace tk::tools::archive {

inline constexpr const char* kFormat = "tk-export-v1";
inline constexpr const char* kList = "export.json";
inline constexpr const char* kBundle = "repository.bundle";
inline constexpr const char* kJournal = "journal.db";

// What export.json says beside the parts.
struct Contents {
  std::string commit, tree, ref;  // HEAD
  std::int64_t rows = 0;
  std::string journal_head;       // hash of the last row, hex
  std::vector<std::string> keys;  // public ones that signed its checkpoints
};

bool is_tar(const std::string& path);
// Where something is made before it is whole.
std::string beside(const std::string& target);

// Writes export.json for the parts that lie in the folder.
Result<void> write_list(const std::string& folder, const Contents& contents);
// The folder's files as one tar (POSIX ustar): sorted, without times and owners.
Result<void> write_tar(const std::string& folder, const std::string& file);

// An export that was opened: every part is there and has the size and the digest that export.json says. Else ws_bundle.
class Archive {
 public:
  static Result<Archive> open(const std::string& path);
  static Result<Archive> of_bytes(std::string_view tar);  // which must stay
  const Contents& contents() const { return contents_; }
  std::string_view part(const std::string& name) const { return parts_.at(name); }
  std::vector<std::string> names() const;

 private:
  Result<void> read_folder(const std::string& root);
  Result<void> read_tar(std::string_view bytes);
  Result<void> add(const std::string& name, std::string_view bytes);
  Result<void> check();
  std::vector<os::Mapping> mapped_;
  std::map<std::string, std::string_view> parts_;
  Contents contents_;
};

}  // namespace tk::tools::archive
