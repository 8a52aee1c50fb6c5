// The controls of each frame: what the duty is, in our own words, and which checks speak to it. One check serves many.
// A control without checks is not automatable: `human` says what somebody must show.
#pragma once

#include <string_view>
#include <vector>

namespace tk::tools::compliance_tool {

struct Control {
  std::string_view id, title;
  std::vector<std::string_view> checks;
  std::string_view human = {};  // beside the checks, or instead of them
};

struct Frame {
  std::string_view name;
  std::vector<Control> controls;
};
const std::vector<Frame>& frames();

}  // namespace tk::tools::compliance_tool
