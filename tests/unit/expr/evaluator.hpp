// An expression and what it gives, for the tests of this room: its JSON, or the code and place of its error.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/expr/program.hpp"
#include "core/json/json.hpp"

namespace tk::expr::test {

inline std::string said(const Error& error) {
  auto place = error.where.line == 0 ? std::string()
                                     : std::to_string(error.where.line) + ":" + std::to_string(error.where.column) + " ";
  return std::string(info(error.code).text) + " " + place + error.message;
}

// The values of slots, by the name of the variable or of the field (actor.team) or of the call (count "a").
using Values = std::map<std::string, Value>;

inline std::string key(const Input& input) {
  auto out = input.name + (input.field.empty() ? "" : "." + input.field);
  for (const auto& argument : input.arguments) out += " " + json::compact(argument);
  return out;
}

inline std::string run(const Program& program, const Values& values, Scratch& scratch) {
  std::vector<Cell> slots;
  for (const auto& input : program.inputs()) {
    auto it = values.find(key(input));
    slots.push_back(it == values.end() ? Cell() : Cell::of(it->second));
  }
  auto cell = program.run(slots, scratch);
  return cell.is_error() ? said(scratch.error()) : json::compact(cell.value());
}

inline std::string eval(std::string_view text, const Environment& env = {}, const Values& values = {},
                        const Limits& limits = {}) {
  auto program = Program::compile(text, env, limits);
  if (!program) return said(program.error());
  Scratch scratch;
  return run(*program, values, scratch);
}

// Every variable given is declared, as dyn.
inline std::string eval_with(std::string_view text, const Values& values) {
  Environment env;
  for (const auto& [name, value] : values) env.variable(name);
  return eval(text, env, values);
}

}  // namespace tk::expr::test
