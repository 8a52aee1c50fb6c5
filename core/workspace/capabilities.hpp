// What integrations let somebody use of which server (PROMISES section 1, integration.xml). Pure but for reading one
// file's elements. An integration holds in its context and below, for the profile that it names or, without one, for
// everybody there. Off is the default; of several that give, the one that gives most counts, and an off that is written
// out wins over all of them. A name may end in *. approve="human" of any that gives holds.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace tk::workspace {

enum class CapabilityMode { off, borrow, on };
std::string_view to_string(CapabilityMode mode);

struct Capability {  // one <capability>, with what its integration says
  std::string integration, context, server, profile;
  std::string kind, name;
  CapabilityMode mode = CapabilityMode::off;
  bool said = false;  // the mode is written out
  std::string secret = {}, inject = {}, lender = {}, ttl = {}, max_uses = {};
  bool human = false;
  Where at = {};
};

// The capabilities of the active integrations of one file.
Result<std::vector<Capability>> read_capabilities(std::string_view content, const std::string& path, const std::string& context);

struct CapabilityAsker {
  std::vector<std::string> profiles;  // names
  std::string context;                // where the asker works
};

struct CapabilityRuling {
  std::string server, kind, name;
  CapabilityMode mode = CapabilityMode::off;
  bool human = false;
  const Capability* by = nullptr;         // what decided; null: nothing says anything of it
  std::vector<const Capability*> others = {};  // what says something of it too
};

// The mode of one tool, ui, resource or prompt.
CapabilityRuling capability_of(std::span<const Capability> all, const CapabilityAsker& who, std::string_view server, std::string_view kind,
                               std::string_view name);
// All that integrations name for the asker, by server, kind and name.
std::vector<CapabilityRuling> capabilities_of(std::span<const Capability> all, const CapabilityAsker& who);

}  // namespace tk::workspace
