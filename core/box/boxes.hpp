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
  // `actors`: whose box it is and for whom, and the run whose step it is, by their ids; `first`: process 1 of the box, 0 where there is none yet. The file
  // goes with this.
  static Result<Entered> enter(const std::string& folder, const std::string& record, const std::vector<std::string>& actors, pid_t first);
  Result<void> has(pid_t first);
  Entered(Entered&& other) noexcept : path_(std::move(other.path_)), actors_(std::move(other.actors_)) { other.path_.clear(); }
  Entered& operator=(Entered&&) = delete;
  ~Entered();

 private:
  Entered(std::string path, std::vector<std::string> actors) : path_(std::move(path)), actors_(std::move(actors)) {}
  std::string path_;
  std::vector<std::string> actors_;
};

struct Entry {
  std::string record;
  std::vector<std::string> actors;
  pid_t first = 0;
  std::string began;  // of that process: another one that has its number since is not meant
};
Result<std::vector<Entry>> running_boxes(const std::string& folder);
// The records of boxes that are gone, as is who started them and would have journaled that. Their files go with forget().
Result<std::vector<std::string>> forgotten_boxes(const std::string& folder);
void forget(const std::string& folder, const std::string& record);

// Kills process 1 of each, and with it whatever runs in the box, and waits until all of it is gone. An error where a box
// is somebody else's.
Result<void> end_boxes(const std::vector<Entry>& boxes);

}  // namespace tk::box
