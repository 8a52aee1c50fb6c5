// From the tree to instructions. What is constant is computed here, once.
#pragma once

#include <set>

#include "core/expr/detail/bytecode.hpp"
#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/names.hpp"

namespace tk::expr {

class Emitter {
 public:
  Emitter(const Environment::Detail& env, std::string_view text, Scratch::Detail& constants)
      : env_(env), names_(env), text_(text), constants_(constants) {}

  Result<void> emit(const Node& tree);

  Bytecode code;
  std::vector<Input> inputs;
  std::set<std::string> paths;

 private:
  Result<void> value(const Node& node);
  // The same; gives the path of inputs that it reads (a.b.c), which whoever goes on along it takes up.
  Result<std::string> place_of(const Node& node);
  Result<std::string> select(const Node& node);
  Result<std::string> index(const Node& node);
  Result<std::string> named(const Node& node, const Meaning& meaning);
  void literal(const Value& value, const Node& node);
  Result<void> call(const Node& node);
  Result<void> logic(const Node& node, Op left, Op right);
  Result<void> condition(const Node& node);
  Result<void> function(const Node& node);
  Result<void> input_call(const Node& node, const FunctionMeaning& function);
  Result<void> library_call(const Node& node, const Function& function, std::size_t skipped);
  Result<bool> pattern(const Node& node, std::size_t subject, std::size_t pattern);
  Result<void> list(const Node& node, bool map);
  Result<void> block(const Node& node);
  Result<void> macro(const Node& node);
  Result<void> walk(const Node& node);

  std::uint32_t put(Op op, const Node& node, std::uint32_t a = 0, std::uint32_t b = 0);
  void land(std::uint32_t jump) { code.code[jump].a = here(); }
  std::uint32_t here() const { return static_cast<std::uint32_t>(code.code.size()); }
  std::uint32_t word(std::string_view text);
  std::uint32_t slot(Input input);
  std::uint32_t local() { return code.locals++; }
  bool fold(std::uint32_t from, std::uint32_t operands);
  void shorten(std::uint32_t left, std::uint32_t right);
  Result<void> failing(Wrong wrong, const Node& node, std::string_view name);

  const Environment::Detail& env_;
  Names names_;
  std::string_view text_;
  Scratch::Detail& constants_;
  std::map<std::string, std::uint32_t, std::less<>> words_;
  std::map<std::string, std::uint32_t, std::less<>> slots_;
  std::map<Native, std::uint32_t> natives_;
  std::uint64_t fold_left_ = 200'000;  // steps that computing constants may take in all
  std::uint32_t height_ = 0;           // of the stack at this place
};

}  // namespace tk::expr
