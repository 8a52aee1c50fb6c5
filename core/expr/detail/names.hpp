// What names mean: the variables of macros around a place, then what the environment declares, longest name first,
// in the container and its parents (langdef.md, Name Resolution).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/detail/library.hpp"
#include "core/expr/program.hpp"

namespace tk::expr {

struct Record {
  std::map<std::string, Type, std::less<>> fields;
  bool open = false;
};
struct InputFunction {
  std::vector<std::vector<Type>> takes;  // each a way to call it
  Type result;
};

struct Environment::Detail {
  std::map<std::string, Type, std::less<>> variables;
  std::map<std::string, Record, std::less<>> records;
  std::map<std::string, InputFunction, std::less<>> input_functions;
  std::map<std::string, std::vector<Signature>, std::less<>> functions;
  std::string container;
  bool any_variable = false;
  Zones zones = nullptr;
  std::size_t longest = 1;  // the most parts that a declared name has
};

// What a name stands for in an environment.
struct Meaning {
  enum class Kind { none, variable, field, whole_record, no_such_field, type } kind = Kind::none;
  std::string name, field;
  Type type;
};

// A function by its name: of the library, of the host's inputs, or declared only.
struct FunctionMeaning {
  std::string name;
  const Function* library = nullptr;
  const InputFunction* input = nullptr;
  const std::vector<Signature>* declared = nullptr;
  explicit operator bool() const { return library || input || declared; }
};

class Names {
 public:
  explicit Names(const Environment::Detail& env) : env_(env) {}

  void enter(const std::string& name, std::uint32_t id);
  void leave(std::size_t n = 1);
  std::optional<std::uint32_t> local(std::string_view name) const;

  // The meaning of a name, or of a whole chain a.b.c of selections, when it is one.
  Meaning of(const Node& node) const;
  // The function that a call calls: `whole` when its target is a part of the name (math.abs).
  FunctionMeaning function(const Node& call, bool& whole) const;
  // The nearest name that is known, for a hint; or empty.
  std::string nearest(std::string_view name) const;
  std::string nearest_function(std::string_view name) const;
  std::string nearest_field(std::string_view record, std::string_view field) const;

 private:
  std::vector<std::string> candidates(std::string_view name) const;
  FunctionMeaning function_named(std::string_view name) const;

  const Environment::Detail& env_;
  // What each name of a macro stands for, innermost last; and the names in the order in which they were entered.
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> locals_;
  std::vector<std::string> entered_;
};

// a.b.c when the node is a name or a chain of plain selections from one; else empty. has(a.b) and a.?b count
// when `any_select`, which looks at the outermost selection only.
std::string chain(const Node& node, std::size_t longest, bool any_select = false);
const Node& root(const Node& node);

// The block extension: cel.block([…], e), and the variable that cel.index(n) or cel.iterVar(n, m) stands for.
bool is_block(const Node& node);
std::string called_as_variable(const Node& node);

// Whether an input function may take it: a literal, or duration("…") and timestamp("…").
bool is_constant_argument(const Node& node);

}  // namespace tk::expr
