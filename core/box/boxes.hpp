// The boxes that run on this machine for a workspace: one file each in .tk/run/boxes, named by the record of the box. Who
// starts one enters it, and asks once more how its actor stands, before its program begins; who stops an actor journals
// that first, and ends the boxes that are entered then. So none is missed between the two.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::box {

class Entered {
 public:
  // `actors`: whose box it is and for whom, by their ids; `first`: process 1 of the box. The file goes with this.
  static Result<Entered> enter(const std::string& folder, const std::string& record, const std::vector<std::string>& actors, pid_t first);
  Entered(Entered&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Entered& operator=(Entered&&) = delete;
  ~Entered();

 private:
  explicit Entered(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct Entry {
  std::string record;
  std::vector<std::string> actors;
  pid_t first = 0;
  std::string began;  // of that process: another one that has its number since is not meant
};
Result<std::vector<Entry>> running_boxes(const std::string& folder);

// Kills process 1 of each, and with it whatever runs in the box, and waits until all of it is gone. An error where a box
// is somebody else's.
Result<void> end_boxes(const std::vector<Entry>& boxes);

}  // namespace tk::box
