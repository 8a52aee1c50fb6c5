// The change that a review looks at: A..B, A...B (from their merge base), one revision (against its
// first parent) or what is staged, as one unified diff with full context, so that the new state of
// every changed text file can be rebuilt from the diff alone. Renames are followed. The repository is
// only read.
#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::git {

struct ChangeText {
  std::string diff;       // UTF-8; bytes that were not are U+FFFD
  std::string from, to;   // commit ids in hex; `to` empty for the index
  std::string described;  // "main..topic", "staged changes"
  int files = 0;
  struct Left {
    std::string path, why;
  };
  std::vector<Left> left_out;  // binary, submodule, larger than 2 MiB, not UTF-8 (converted)
};

struct ChangeQuery {
  std::string repository;
  std::string range;  // empty: HEAD against its parent
  bool staged = false;
};

Result<ChangeText> read_change(const ChangeQuery& query);

}  // namespace tk::git
