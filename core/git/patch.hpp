// A unified diff read back (untrusted bytes): which files it changes, which lines of the new state it
// adds, and the new state itself as far as the diff shows it. Lines outside of the hunks are blank,
// so that line numbers stay right. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::git {

struct PatchedFile {
  std::string path, old_path;  // relative, inside the tree: nothing absolute, no ..
  bool deleted = false, binary = false, submodule = false;
  bool whole = true;           // the hunks show the file from its first line to its last
  std::string content;         // of the new state
  struct Lines {
    int first, last;
  };
  std::vector<Lines> added;    // 1-based, inclusive, ascending

  bool adds(int line) const;
};

struct PatchSet {
  std::vector<PatchedFile> files;
  std::vector<std::pair<std::string, std::string>> refused;  // path as written, why
};

Result<PatchSet> read_patch(std::string_view diff);

}  // namespace tk::git
