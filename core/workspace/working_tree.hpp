// The working tree as it lies: what declares something, read and checked by two threads, and a verdict that is kept for as
// long as nothing of it changes.
#pragma once

#include <string>
#include <vector>

#include "core/os/tree.hpp"
#include "core/workspace/entities.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

struct WorkingTree {
  std::vector<os::TreeEntry> files;  // that declare something
  std::vector<Error> problems;       // what cannot stand there: links, devices, hidden folders, names for one path
};
Result<WorkingTree> look_at_working_tree(const std::string& root);

// Each file read and checked alone; one that cannot be read is a problem of its own.
FreshFiles read_files(const std::string& root, const std::vector<os::TreeEntry>& files);

struct Verdict {
  std::vector<Error> problems;
  std::size_t entities = 0, files = 0;
  bool kept = false;  // nothing changed since it was found valid: no file was opened
};
// All of it: each file, the files together, and the law that they make. A valid verdict is kept in .tk by the stat of
// every file, as git's index keeps them; what changed within 20 ms of the look is never trusted. In doubt all is read.
Result<Verdict> judge_working_tree(const Workspace& workspace, bool anew = false);

}  // namespace tk::workspace
