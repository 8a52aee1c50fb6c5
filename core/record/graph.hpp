// A definition as a picture: Mermaid, Graphviz DOT, or the configuration of an XState 5 machine. The same
// definition gives the same bytes.
#pragma once

#include <string>

#include "core/record/definition.hpp"

namespace tk::record {

std::string mermaid(const Definition& definition);
std::string dot(const Definition& definition);
std::string xstate(const Definition& definition);

}  // namespace tk::record
