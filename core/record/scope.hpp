// What an expression of a definition may name, and its value at one moment: record.<field>, input.<name>,
// actor.{kind,ref,id}, now, state. Fields and inputs have the types that are declared; one that a record does
// not have is missing: has() is false, using it is an error.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/value.hpp"
#include "core/expr/program.hpp"
#include "core/json/type.hpp"

namespace tk::record {

using Types = std::map<std::string, json::Type>;

// As CEL sees a declared type: number is double, bytes are text (as they stand in JSON), json is dyn.
expr::Type cel_type(const json::Type& type);
// `input` null: there is none here, as in what a state does when it is entered.
expr::Environment environment(const Types& fields, const Types* input);

struct Scene {
  const Types* field_types = nullptr;
  const Types* input_types = nullptr;
  const Value::Map* fields = nullptr;
  const Value::Map* input = nullptr;
  std::string_view state, actor_kind, actor_ref, actor_id;
  Timestamp now;
};

// The value of one input of a program in a scene; it looks at what the scene looks at.
expr::Cell bind(const expr::Input& input, const Scene& scene);

}  // namespace tk::record
