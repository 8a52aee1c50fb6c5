#include "core/record/scope.hpp"

namespace tk::record {
namespace {

using Kind = json::Type::Kind;

expr::Type make(expr::Type::Kind kind) {
  expr::Type out;
  out.kind = kind;
  return out;
}

// A double where a number is declared, whichever way it is written; what an int cannot hold is missing.
expr::Cell cell_of(const json::Type& type, const Value& value) {
  double number = 0;
  if (type.kind == Kind::number && value.number(number)) return expr::Cell::real(number);
  if (type.kind == Kind::integer && !value.as_int()) return {};
  return expr::Cell::of(value);
}

expr::Cell member(const Types* types, const Value::Map* values, const std::string& name) {
  if (!types || !values) return {};
  auto type = types->find(name);
  auto value = values->find(name);
  if (type == types->end() || value == values->end()) return {};
  return cell_of(type->second, value->second);
}

}  // namespace

expr::Type cel_type(const json::Type& type) {
  switch (type.kind) {
    case Kind::text:
    case Kind::bytes: return make(expr::Type::Kind::text);
    case Kind::integer: return make(expr::Type::Kind::integer);
    case Kind::number: return make(expr::Type::Kind::real);
    case Kind::boolean: return make(expr::Type::Kind::boolean);
    case Kind::list: {
      auto out = make(expr::Type::Kind::list);
      // Whole numbers in a list of numbers are ints: only what is alike is said of its items.
      out.of = {type.item->kind == Kind::number ? expr::Type{} : cel_type(*type.item)};
      return out;
    }
    default: return {};
  }
}

expr::Environment environment(const Types& fields, const Types* input) {
  auto typed = [](const Types& types) {
    std::vector<std::pair<std::string, expr::Type>> out;
    for (const auto& [name, type] : types) out.emplace_back(name, cel_type(type));
    return out;
  };
  auto text = make(expr::Type::Kind::text);
  expr::Environment env;
  env.record("record", typed(fields));
  if (input) env.record("input", typed(*input));
  env.record("actor", {{"id", text}, {"kind", text}, {"ref", text}});
  env.variable("now", make(expr::Type::Kind::timestamp));
  env.variable("state", text);
  return env;
}

expr::Cell bind(const expr::Input& input, const Scene& scene) {
  if (input.name == "record") return member(scene.field_types, scene.fields, input.field);
  if (input.name == "input") return member(scene.input_types, scene.input, input.field);
  if (input.name == "state") return expr::Cell::text(scene.state);
  if (input.name == "now") return expr::Cell::timestamp(scene.now);
  if (input.field == "kind") return expr::Cell::text(scene.actor_kind);
  if (input.field == "ref") return expr::Cell::text(scene.actor_ref);
  return expr::Cell::text(scene.actor_id);
}

}  // namespace tk::record
