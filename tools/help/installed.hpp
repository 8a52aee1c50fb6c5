// What commands and topics there are on this machine, found the way the driver finds them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cli/manifest.hpp"

namespace tk::tools::help_tool {

struct Installed {
  std::string name, path;
  std::string manifest;  // its file, or empty
  bool own = false;      // brought by tk
  bool shadowed = false; // another one of the name comes first
};

std::vector<Installed> installed();
// The first one of a name, without a look at the others.
std::optional<Installed> find_command(const std::string& name);
// What the build knows of tk's own, so that nobody's manifest is read for it.
std::string own_summary(const std::string& name);
Result<cli::Manifest> manifest_of(const Installed& command);
// This process becomes the command, which completes the words; returns when it cannot be started.
void become(const Installed& command, const std::vector<std::string>& words);

// share/tk, beside libexec/tk.
std::string share();
std::vector<std::string> topics();
Result<std::string> topic(const std::string& name);  // markdown

// ---- renderings of a completed spec

std::string render_man(const cli::CommandSpec& command);
std::string render_man_topic(const std::string& name, const std::string& markdown);  // section 7
std::string render_man_tk(const std::vector<cli::CommandSpec>& all);
std::string render_reference(const std::vector<cli::CommandSpec>& all);
// A shell's completion: the whole script for all of tk's own commands, or the part for one command.
std::string render_shell(const std::string& shell, const std::vector<cli::Manifest>& commands, bool whole);

}  // namespace tk::tools::help_tool
