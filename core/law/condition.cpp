#include "core/law/condition.hpp"

#include <algorithm>

namespace tk::law {
namespace {

using expr::Type;

Type type_of(Kind kind) {
  switch (kind) {
    case Kind::text: return {Type::Kind::text, {}};
    case Kind::integer: return {Type::Kind::integer, {}};
    case Kind::number: return {Type::Kind::real, {}};
    case Kind::boolean: return {Type::Kind::boolean, {}};
    case Kind::timestamp: return {Type::Kind::timestamp, {}};
    case Kind::duration: return {Type::Kind::duration, {}};
    case Kind::json:
    case Kind::any: break;
  }
  return {};
}

}  // namespace

std::string key_of(std::string_view attribute) {
  std::string out(attribute);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

expr::Environment condition_environment(const Keys& keys) {
  const Type text{Type::Kind::text, {}}, whole{Type::Kind::integer, {}}, real{Type::Kind::real, {}};
  const Type flag{Type::Kind::boolean, {}}, span{Type::Kind::duration, {}}, map{Type::Kind::map, {}};
  std::vector<std::pair<std::string, Type>> fields;
  for (const auto* name : {"type", "context", "name", "ref", "id", "state"}) fields.emplace_back(name, text);
  fields.emplace_back("properties", map);
  for (const auto& [name, kind] : keys) {
    auto same = [&name = name](const auto& f) { return f.first == name; };
    if (std::none_of(fields.begin(), fields.end(), same)) fields.emplace_back(name, type_of(kind));
  }
  expr::Environment env;
  env.record("actor", fields).record("resource", fields).record("context", {}, true);
  env.variable("action", text).variable("time", {Type::Kind::timestamp, {}});
  for (const auto& more : {std::vector<Type>{text}, {text, text}, {text, text, span}, {text, text, span, text}}) {
    env.input_function("count", more, whole);
    env.input_function("within", more, flag);
  }
  for (const auto& more : {std::vector<Type>{text, text, text}, {text, text, text, span}})
    env.input_function("sum", more, real);
  env.input_function("since", {text, text}, span).input_function("after", {text, text, text}, flag);
  env.input_function("label", {text}, flag);
  return env;
}

Result<expr::Program> compile_condition(const Rule::Expression& text, const expr::Environment& env, bool is_bool) {
  auto program = expr::Program::compile(text.text, env);
  if (!program) {
    auto error = program.error();
    auto inside = error.where;
    error.where = text.where;
    if (error.hint.empty()) error.hint = "try it: tk expr check 'EXPRESSION'";
    if (inside.line > 1) error.where.line += inside.line - 1, error.where.column = inside.column;
    else error.where.column += std::max(0, inside.column - 1);
    return fail(std::move(error));
  }
  auto kind = program->type().kind;
  if (is_bool && kind != Type::Kind::boolean && kind != Type::Kind::dyn)
    return fail_at(Code::expr_type, text.where, "a condition must give a bool, this one gives " + to_string(program->type()),
                   "compare it with something");
  return program;
}

}  // namespace tk::law
