// What a commit says of boxes: the profiles, whose uid is whose, where git keeps its own files. Kept in .tk/run/boxes.idx by who can
// read git (`tk repo compile --boxes`), so that starting a box takes no more than one small file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::box {

struct Ground {
  std::string commit;
  std::map<std::string, std::string> profiles;  // name, text of profiles/NAME.toml
  std::uint32_t first = 0, last = 0;            // the uids that may be given
  std::map<std::uint32_t, std::string> ids;     // those that were, to which entity (its id)
  std::vector<std::string> git;                 // git's folders

  std::uint32_t uid_of(std::string_view entity) const;  // 0: it has none
  std::string text() const;
  static Result<Ground> read(std::string_view text);  // an error: it is not whole, or of another tk
};

}  // namespace tk::box
