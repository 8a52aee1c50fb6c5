// Law of HEAD, ready to be asked: .tk/law.idx, mapped, keyed by the commit's id and rebuilt when
// HEAD moved. The rebuild runs `tk repo compile`, so that whoever only asks links neither git nor XML
// and a question costs only the mapping. A program that stays (hot_law.hpp) puts its index where only
// this boot looks, .tk/run/law-*: not flushed, so that nobody waits for the disk before a new law counts.
#pragma once

#include <memory>

#include "core/law/index.hpp"
#include "core/os/file.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::workspace {

class CompiledLaw {
 public:
  static Result<CompiledLaw> open(const Workspace& workspace);
  // The index that lies there, whatever HEAD is: nothing is rebuilt. For completion only.
  static Result<CompiledLaw> as_it_lies(const Workspace& workspace);
  // Of another commit (anything git understands) or of a folder that holds a MANIFEST.xml.
  static Result<CompiledLaw> of(const Workspace& workspace, const std::string& what);
  // The index of this very commit, where one lies there.
  static Result<CompiledLaw> of_commit(const Workspace& workspace, const std::string& commit);
  static Result<CompiledLaw> in_file(const std::string& path);
  const law::Index& index() const { return index_; }
  // Reads HEAD and maps its law anew when it moved. Views taken from the index before are void then.
  Result<void> follow(const Workspace& workspace);
  // Whether an entity file of the working tree is not as the commit has it.
  bool uncommitted_edits(const Workspace& workspace) const;

 private:
  os::Mapping mapping_;
  law::Index index_;
};

// Reads HEAD's declarations and writes .tk/law.idx (in-process; needs git and XML).
Result<void> compile_law(const Workspace& workspace);
// The same for a commit or a folder, into a file of one's own.
Result<void> compile_law(const Workspace& workspace, const std::string& what, const std::string& output);

// The index that this boot's programs give each other.
Result<std::string> quick_index(const Workspace& workspace);

// `tk repo compile` with these words, for who links neither git nor XML.
Result<void> compile_elsewhere(const Workspace& workspace, const std::vector<std::string>& words);

// Where tk's own executables are: beside this one.
std::string libexec();

}  // namespace tk::workspace
