#pragma once

#include "core/cli/spec.hpp"
#include "core/workspace/compiled_law.hpp"

namespace tk::tools::law_tool {

cli::VerbSpec can_verb();
cli::VerbSpec serve_verb();  // its run() becomes law-server, which takes the same words

// One question, with what it is asked of.
struct Asked {
  workspace::CompiledLaw law;
  tk::law::EntityView actor;
  std::string action;
  tk::law::Ref resource;
  tk::law::Decision decision;
};
Result<Asked> ask(const cli::Args& args);
std::string answer_json(const Asked& asked);

}  // namespace tk::tools::law_tool
