// The [input] and [output] tables that templates and workflows share.
#pragma once

#include "core/agent/template.hpp"
#include "core/toml/toml.hpp"

namespace tk::agent {

Result<Ports> read_ports(const toml::Node* table, const std::string& root);

}  // namespace tk::agent
