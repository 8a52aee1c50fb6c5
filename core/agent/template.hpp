// Agent templates: templates/<name>/template.toml says what a step takes and gives and which program
// carries it out (FORMATS.md, Agents as steps).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/json/type.hpp"

namespace tk::agent {

struct Port {
  json::Type type;
  std::optional<Value> fallback;  // an input that may be left out
};
using Ports = std::map<std::string, Port>;

struct Template {
  std::string name, version, objective;
  std::string backend;               // "exec", "plugin", "noop"
  std::vector<std::string> command;  // exec, plugin
  std::int64_t timeout_ns = 0;       // 0 = the workspace's agent.timeout
  std::string export_input;  // exec: the input that is a diff, exported as files into the folder
  std::string box;           // exec, plugin: the profile of its box; empty = the workspace's agent.box
  Ports input, output;
  std::string folder;  // of the template, absolute
  std::string hash;    // SHA-256 of template.toml, hex
};

// `name = "text"` or `name = { type = "text", default = … }` of a TOML table in `file`.
Result<Template> parse_template(std::string_view text, const std::string& file,
                                const std::string& workspace_root, const std::string& folder);
Result<Template> load_template(const std::string& workspace_root, const std::string& name);

}  // namespace tk::agent
