// Makes a checkpoint of the journal each `journal.checkpoint` rows: whoever's commit crosses the multiple runs
// `tk log checkpoint`, so that no other command carries git with it. One that cannot be made is a note on stderr and
// never an error of the transition; the next multiple, or the next command, tries again. Work goes on meanwhile; the
// destructor waits for it.
#pragma once

#include <optional>

#include "core/os/file.hpp"
#include "core/os/process.hpp"
#include "core/record/store.hpp"
#include "core/workspace/workspace.hpp"

namespace tk::tools {

class CheckpointSeal : public record::Seal {
 public:
  explicit CheckpointSeal(const workspace::Workspace& ws);
  ~CheckpointSeal() override;
  void committed(journal::Journal& journal, std::int64_t last_seq) override;

 private:
  void look_after(int wait_ms);
  std::string root_, lock_;
  std::int64_t each_ = 0;   // rows; 0 = never
  std::int64_t tried_ = 0;  // the multiple that this process has seen to
  std::optional<os::Lock> mine_;
  std::optional<os::Child> child_;
};

}  // namespace tk::tools
