#include "core/workspace/compiled_law.hpp"
#include "tools/session/values.hpp"

namespace tk::tools {

std::vector<cli::Candidate> law_values(const std::string& kind, const cli::Args&) {
  constexpr std::size_t kMost = 200;  // nobody reads more in a terminal
  std::vector<cli::Candidate> out;
  auto ws = workspace::Workspace::find();
  if (!ws) return out;
  auto law = workspace::CompiledLaw::as_it_lies(*ws);
  if (!law) return out;
  const auto& index = law->index();
  auto add = [&](std::string_view type) {
    for (const auto& e : index.entities(type))
      if (out.size() < kMost) out.push_back({e.str(), std::string(e.state)});
  };
  if (kind == "ACTOR") {
    add("user");
    add("agent");
  } else if (kind == "REF" || kind == "RESOURCE" || kind == "ENTITY") {
    add("");
  } else if (kind == "ACTION") {
    for (auto action : index.actions()) out.push_back({std::string(action), ""});
  }
  return out;
}

}  // namespace tk::tools
