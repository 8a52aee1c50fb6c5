#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"
#include "help/expr.hpp"
#include "tools/expr/request.hpp"

namespace tk::tools::expr_tool {
namespace {

using namespace tk::expr;

Result<Exit> stream(bool typed) {
  os::InputLines lines;
  std::string line;
  for (;;) {
    TK_TRY(bool more, lines.next(line));
    if (!more) return Exit::ok;
    cli::print(answer(line, typed) + "\n");
    if (!lines.waiting()) TK_CHECK(cli::flush());
  }
}

Result<Value> variables(const std::string& word) {
  if (word.empty()) return Value(Value::Map{});
  auto text = word;
  if (word.front() == '@') {
    TK_TRY(text, word == "@-" ? os::read_stdin() : os::read_file(word.substr(1)));
  }
  TK_TRY(auto vars, json::parse(text, word.front() == '@' ? word.substr(1) : "--vars"));
  if (!vars.as_map()) return fail(Code::cli_usage, "--vars is no JSON object", "like --vars '{\"age\": 20}'");
  return vars;
}

Result<Exit> run(const cli::Args& args) {
  if (args.has("jsonl")) return stream(args.has("typed"));
  if (args.get("EXPR").empty())
    return fail(Code::cli_usage, "no expression", "tk expr eval '1 + 2', or --jsonl with lines on standard input");
  if (args.has("typed")) return fail(Code::cli_usage, "--typed goes with --jsonl");
  TK_TRY(auto vars, variables(args.get("vars")));
  Environment env;
  env.zones(zone_file);
  for (const auto& [name, value] : *vars.as_map()) env.variable(name);
  auto program = Program::compile(args.get("EXPR"), env);
  if (!program) return fail(placed(program.error()));
  std::vector<Cell> slots;
  for (const auto& input : program->inputs()) slots.push_back(Cell::of(vars[input.name]));
  Scratch scratch;
  auto result = program->run(slots, scratch);
  if (result.is_error()) return fail(placed(scratch.error()));
  auto value = result.value();
  cli::print((args.json() ? json::compact(Value::Map{{"value", value}, {"type", to_string(program->type())}})
                          : json::compact(value)) + "\n");
  return Exit::ok;
}

}  // namespace

cli::VerbSpec eval_verb() {
  return {"eval", "the value of a CEL expression, as JSON",
          {{"EXPR", "the expression; with --jsonl none", false}},
          {{"vars", "JSON", "the variables, a JSON object; @file or @- reads it"},
           {"jsonl", "", "read {\"expr\", \"vars\"} lines, write {\"value\"} or {\"error\"} lines"},
           {"typed", "", "with --jsonl: values keep their kinds, {\"int64Value\": \"1\"}"}},
          {{"tk expr eval 'age >= 18 && name.startsWith(\"a\")' --vars '{\"age\": 20, \"name\": \"ada\"}'", "true"},
           {"tk expr eval '[3, 1, 2].filter(x, x > 1)'", "[3,2]"},
           {"tk expr eval 'user.?team.orValue(\"none\")' --vars @user.json", "variables from a file"},
           {"echo '{\"expr\": \"a + 1\", \"vars\": {\"a\": 1}}' | tk expr eval --jsonl", "{\"type\":\"int\",\"value\":2}"}},
          help::k_eval, run, "{value: json, type: text}"};
}

}  // namespace tk::tools::expr_tool
