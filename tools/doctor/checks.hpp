// What `tk doctor` looks at. A finding says what is so here, and how it is mended.
#pragma once

#include <string>
#include <vector>

#include "core/base/value.hpp"
#include "core/cli/spec.hpp"

namespace tk::tools::doctor_tool {

struct Finding {
  // ok and note need nothing; broken stops work; the rest are warnings.
  enum class State { ok, note, missing, slow, unsafe, broken } state = State::ok;
  std::string what;
  std::string mend;  // a command, or what a person does; empty when nothing is to be done
  // Carries the mend out (--mend); null where a person must.
  std::function<Result<void>()> repair = {};
};

void look_at_machine(std::vector<Finding>& out);
// What a box of an agent's program has here, by the name of the layer; tried by making one.
Value::Map look_at_box(std::vector<Finding>& out);
void look_at_workspace(std::vector<Finding>& out);

}  // namespace tk::tools::doctor_tool
