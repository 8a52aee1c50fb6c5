#include "tools/expr/request.hpp"

#include <deque>

#include "core/json/json.hpp"
#include "core/os/file.hpp"

namespace tk::tools::expr_tool {
namespace {

using namespace tk::expr;

Value::Map report(const Error& error) {
  Value::Map out = {{"code", info(error.code).text}, {"message", error.message}};
  if (error.where.line > 0) {
    out["line"] = error.where.line;
    out["column"] = error.where.column;
  }
  if (!error.hint.empty()) out["hint"] = error.hint;
  return {{"error", std::move(out)}};
}

// The variables of a request and what keeps their values.
struct Variables {
  std::deque<Scratch> scratches;
  std::deque<Program> programs;
  std::map<std::string, Cell, std::less<>> cells;

  Result<void> add(const std::string& name, const Value& value, bool typed) {
    if (!typed) {
      cells[name] = Cell::of(value);
      return {};
    }
    TK_TRY(auto text, literal_of(value));
    TK_TRY(auto program, Program::compile(text, {}));
    programs.push_back(std::move(program));
    scratches.emplace_back();
    cells[name] = programs.back().run({}, scratches.back());
    if (cells[name].is_error()) return fail(scratches.back().error());
    return {};
  }
};

Result<Environment> environment(const Value& request, const Variables& variables) {
  Environment env;
  env.zones(zone_file);
  env.container(request["container"].text());
  if (const auto* types = request["types"].as_map())
    for (const auto& [name, text] : *types) {
      TK_TRY(auto type, parse_type(text.text()));
      env.variable(name, std::move(type));
    }
  for (const auto& [name, cell] : variables.cells)
    if (!request["types"].as_map() || !request["types"].as_map()->contains(name)) env.variable(name);
  if (const auto* functions = request["functions"].as_list())
    for (const auto& signature : *functions) TK_CHECK(env.function(signature.text()));
  return env;
}

Result<Value> evaluate(const Value& request, bool typed) {
  const auto* text = request["expr"].as_text();
  if (!text) return fail(Code::cli_usage, "a line without \"expr\"", "like {\"expr\": \"a + 1\", \"vars\": {\"a\": 1}}");
  Variables variables;
  if (const auto* vars = request["vars"].as_map())
    for (const auto& [name, value] : *vars) TK_CHECK(variables.add(name, value, typed));
  TK_TRY(auto env, environment(request, variables));
  Limits limits;
  limits.check = request["check"] != Value(false);
  limits.macros = request["macros"] != Value(false);
  TK_TRY(auto program, Program::compile(*text, env, limits));
  Value::Map out;
  if (limits.check) out["type"] = to_string(program.type());
  if (request["run"] == Value(false)) return out;
  std::vector<Cell> slots;
  for (const auto& input : program.inputs()) {
    auto it = variables.cells.find(input.name);
    slots.push_back(it == variables.cells.end() ? Cell() : it->second);
  }
  Scratch scratch;
  auto result = program.run(slots, scratch);
  if (result.is_error()) {
    out.merge(report(scratch.error()));
    return out;
  }
  out["value"] = typed ? typed_of(result) : result.value();
  return out;
}

}  // namespace

Error placed(Error error) {
  if (error.where.line > 0 && error.where.file.empty()) error.where.file = "expression";
  return error;
}

std::string zone_file(std::string_view name) {
  bool plain = !name.empty() && name.size() < 64 && name.front() != '/' && name.find("..") == name.npos &&
               name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == name.npos;
  if (!plain) return {};
  auto bytes = os::read_file("/usr/share/zoneinfo/" + std::string(name), 1 << 20);
  return bytes ? std::move(*bytes) : std::string();
}

std::string answer(const std::string& line, bool typed) {
  auto request = json::parse(line);
  if (!request) return json::compact(report(request.error()));
  auto done = evaluate(*request, typed);
  return json::compact(done ? *done : Value(report(done.error())));
}

}  // namespace tk::tools::expr_tool
