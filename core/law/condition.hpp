// What a condition of law (`when`, and `to` of a <set>) may read, and how it is written.
//   actor.X, resource.X   attributes of the two entities (type, context, name, ref, id and state always);
//                         a dash in a name is written _; what is not there: has(actor.X) is false
//   actor.properties, resource.properties   what a caller of an API says of them; never what is declared
//   action, context.X, time                 what is asked, with which arguments, and when
//   count, sum, within, since, after, label the journal's word (history.hpp)
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/expr/program.hpp"
#include "core/law/model.hpp"

namespace tk::law {

using Keys = std::vector<std::pair<std::string, Kind>>;  // attributes, sorted by name

expr::Environment condition_environment(const Keys& keys);
// A condition gives a bool; another value of a <set> gives anything.
Result<expr::Program> compile_condition(const Rule::Expression& text, const expr::Environment& env, bool is_bool);

std::string key_of(std::string_view attribute);  // as conditions write it

}  // namespace tk::law
