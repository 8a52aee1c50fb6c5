#include "core/expr/program.hpp"

#include "core/expr/detail/check.hpp"
#include "core/expr/detail/emit.hpp"
#include "core/expr/detail/machine.hpp"
#include "core/expr/detail/parser.hpp"

namespace tk::expr {

struct Program::Detail {
  std::string text;
  Node tree;
  Type type;
  std::vector<Input> inputs;
  std::vector<std::string> paths;
  Bytecode code;
  Scratch::Detail constants;  // what constants look at
  std::uint64_t cost = 0;
  Environment::Zones zones = nullptr;
};

Scratch::Scratch() : detail_(std::make_unique<Detail>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;
const Error& Scratch::error() const { return detail_->error; }

Program::Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

const Type& Program::type() const { return detail_->type; }
const std::vector<Input>& Program::inputs() const { return detail_->inputs; }
const std::vector<std::string>& Program::paths() const { return detail_->paths; }
const Node& Program::tree() const { return detail_->tree; }

Result<Program> Program::compile(std::string_view text, const Environment& env, const Limits& limits) {
  static const Environment::Detail kNothing;
  const auto& declared = env.detail_ ? *env.detail_ : kNothing;
  Program out;
  out.detail_ = std::make_unique<Detail>();
  auto& d = *out.detail_;
  d.text = text;
  TK_TRY(d.tree, parse(d.text, limits.macros));
  if (limits.check) {
    TK_TRY(d.type, Checker(declared, d.text).check(d.tree));
  }
  Emitter emitter(declared, d.text, d.constants);
  TK_CHECK(emitter.emit(d.tree));
  d.inputs = std::move(emitter.inputs);
  d.paths.assign(emitter.paths.begin(), emitter.paths.end());
  d.code = std::move(emitter.code);
  d.cost = limits.cost;
  d.zones = declared.zones;
  return out;
}

Cell Program::run(std::span<const Cell> slots, Scratch& scratch) const {
  auto& s = *scratch.detail_;
  s.arena.reset();
  Machine machine(detail_->code, slots, s, detail_->cost, detail_->zones);
  auto result = machine.run();
  if (result.is_error()) s.error = machine.explain(result, detail_->inputs, detail_->text);
  return result;
}

}  // namespace tk::expr
