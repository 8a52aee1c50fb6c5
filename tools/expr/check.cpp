#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "help/expr.hpp"
#include "tools/expr/request.hpp"

namespace tk::tools::expr_tool {
namespace {

using namespace tk::expr;

// NAME or NAME=TYPE.
Result<Environment> declared(const cli::Args& args) {
  Environment env;
  env.zones(zone_file);
  for (const auto& word : args.all("var")) {
    auto equals = word.find('=');
    Type type;
    if (equals != word.npos) {
      TK_TRY(type, parse_type(std::string_view(word).substr(equals + 1)));
    }
    env.variable(word.substr(0, equals), std::move(type));
  }
  return env;
}

Result<Exit> check(const cli::Args& args) {
  TK_TRY(auto env, declared(args));
  auto program = Program::compile(args.get("EXPR"), env);
  if (!program) return fail(placed(program.error()));
  auto type = to_string(program->type());
  if (args.json()) {
    Value::List paths(program->paths().begin(), program->paths().end());
    cli::print(json::compact(Value::Map{{"type", type}, {"expr", unparse(program->tree())}, {"paths", std::move(paths)}}) + "\n");
  } else {
    cli::print(type + "\n");
  }
  return Exit::ok;
}

Result<Exit> paths(const cli::Args& args) {
  auto env = Environment().any_variable();
  Limits limits;
  limits.check = false;  // what it reads can be said of any expression that parses
  auto program = Program::compile(args.get("EXPR"), env, limits);
  if (!program) return fail(placed(program.error()));
  Value::List list(program->paths().begin(), program->paths().end());
  std::string lines;
  for (const auto& path : program->paths()) lines += path + "\n";
  cli::print(args.json() ? json::compact(list) + "\n" : lines);
  return Exit::ok;
}

}  // namespace

cli::VerbSpec check_verb() {
  return {"check", "the type of a CEL expression, or what is wrong with it",
          {{"EXPR", "the expression"}},
          {{"var", "NAME=TYPE", "a variable that there is; without =TYPE it is dyn", {}, true}},
          {{"tk expr check 'size(name) > 3' --var name=string", "bool"},
           {"tk expr check 'tags.map(t, t.size())' --var 'tags=list(string)'", "list(int)"}},
          help::k_check, check, "{type: text, expr: text, paths: [text]}"};
}

cli::VerbSpec paths_verb() {
  return {"paths", "what a CEL expression reads, a path a line",
          {{"EXPR", "the expression"}},
          {},
          {{"tk expr paths 'actor.clearance >= doc.level && has(doc.owner)'", "actor.clearance, doc.level, doc.owner"}},
          help::k_paths, paths, "[text]"};
}

}  // namespace tk::tools::expr_tool
