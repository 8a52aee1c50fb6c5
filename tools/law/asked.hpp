// One question to law as a command asks it, and the answer as it is printed.
#pragma once

#include "core/cli/spec.hpp"
#include "core/law/explain.hpp"
#include "core/workspace/compiled_law.hpp"
#include "tools/law/past.hpp"

namespace tk::tools::law_tool {

// The law of HEAD, with the note on uncommitted edits.
struct Law {
  workspace::Workspace workspace;
  workspace::CompiledLaw compiled;
  std::unique_ptr<tk::law::Engine> engine;
  std::unique_ptr<Memory> memory;
  static Result<Law> open();
  const tk::law::Index& index() const { return compiled.index(); }
};

struct Asked {
  tk::law::EntityView actor;
  std::string action;
  std::uint32_t action_number = 0;
  tk::law::Target resource;
  Value::Map context;
  tk::law::Decision decision;
};
// From ACTOR, ACTION, RESOURCE and --ctx.
Result<Asked> ask(Law& law, const cli::Args& args, bool nearest);
Result<tk::law::EntityView> actor_of(const Law& law, const std::string& text);
// --ctx NAME=VALUE …: a JSON value, else text. `time` is also when it is asked.
Result<Value::Map> context_of(const cli::Args& args);
Result<std::int64_t> time_of(const Value::Map& context);

// Actor → groups → grant → roles → rule → resource, each {kind, name, at}.
Value::List path_of(const Asked& asked, const tk::law::RuleHit& hit);

Exit exit_of(tk::law::Answer answer);  // 0 allow and modify, 1 deny, 5 ask
std::string answer_json(const Law& law, const Asked& asked);

inline const cli::Option kContextOption = {"ctx", "NAME=VALUE", "an argument or circumstance that conditions read as context.NAME", {}, true};

}  // namespace tk::tools::law_tool
