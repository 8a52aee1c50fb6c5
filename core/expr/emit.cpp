#include "core/expr/detail/emit.hpp"

#include <algorithm>

#include "core/expr/detail/lexer.hpp"
#include "core/expr/detail/natives.hpp"

namespace tk::expr {
namespace {

// How an instruction changes the height of the stack, before what it pops for its `a` operands.
int grows(Op op) {
  switch (op) {
    case Op::constant:
    case Op::input:
    case Op::input_present:
    case Op::input_optional:
    case Op::local:
    case Op::fail: return 1;
    case Op::store:
    case Op::index:
    case Op::index_optional:
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::modulo:
    case Op::equal:
    case Op::differ:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::in:
    case Op::starts_with:
    case Op::ends_with:
    case Op::contains:
    case Op::branch:
    case Op::and_right:
    case Op::or_right:
    case Op::optional_enter:
    case Op::loop_begin:
    case Op::loop_test:
    case Op::step_all:
    case Op::step_exists:
    case Op::step_one:
    case Op::step_filter:
    case Op::step_append:
    case Op::step_pair:
    case Op::step_entry: return -1;
    case Op::loop_next: return 1;
    default: return 0;
  }
}

constexpr std::uint32_t kMostCode = 4'000'000;

}  // namespace

std::uint32_t Emitter::put(Op op, const Node& node, std::uint32_t a, std::uint32_t b) {
  code.code.push_back({op, 0, static_cast<std::uint16_t>(b), a});
  code.at.push_back(node.at);
  auto change = grows(op);
  if (op == Op::list || op == Op::list_optional || op == Op::call) change = 1 - static_cast<int>(a);
  if (op == Op::map || op == Op::map_optional) change = 1 - 2 * static_cast<int>(a);
  height_ = static_cast<std::uint32_t>(static_cast<int>(height_) + change);
  code.stack = std::max(code.stack, height_ + 1);
  return here() - 1;
}

std::uint32_t Emitter::word(std::string_view text) {
  if (auto it = words_.find(text); it != words_.end()) return it->second;
  code.names.emplace_back(text);
  auto n = static_cast<std::uint32_t>(code.names.size() - 1);
  words_.emplace(std::string(text), n);
  return n;
}

std::uint32_t Emitter::slot(Input input) {
  auto key = input.name + '\0' + input.field;
  if (input.call) {
    for (const auto& a : input.arguments) {
      Node literal;
      literal.value = a;
      key += '\0' + std::string(a.kind()) + '\0' + (a.as_duration() ? std::to_string(a.as_duration()->ns)
                                                    : a.as_timestamp() ? std::to_string(a.as_timestamp()->ns)
                                                                       : unparse(literal));
    }
  }
  auto [it, added] = slots_.try_emplace(std::move(key), static_cast<std::uint32_t>(inputs.size()));
  if (added) inputs.push_back(std::move(input));
  return it->second;
}

// Behind an operation whose operands are all constants: the operation is done now, if it does not fail.
bool Emitter::fold(std::uint32_t from, std::uint32_t operands) {
  if (here() != from + operands + 1 || operands > 100'000) return false;
  for (auto i = from; i < from + operands; ++i)
    if (code.code[i].op != Op::constant) return false;
  Machine machine(code, {}, constants_, fold_left_, env_.zones);
  auto result = machine.run(from);
  fold_left_ = machine.left();
  if (result.is_error()) return false;
  code.code.resize(from);
  code.at.resize(from + 1);
  auto at = code.at.back();
  code.at.pop_back();
  code.constants.push_back(result);
  code.code.push_back({Op::constant, 0, 0, static_cast<std::uint32_t>(code.constants.size() - 1)});
  code.at.push_back(at);
  return true;
}

// Behind an operator with two sides: a constant on the right and then a variable on the left are taken where they
// stand. An operand of more than one instruction may be jumped into and stays.
void Emitter::shorten(std::uint32_t left, std::uint32_t right) {
  auto op = code.code.back();
  if (right + 2 != here() || code.code[right].op != Op::constant) return;
  op.from = Operands::kRightConstant;
  op.a = code.code[right].a;
  auto keep = right;
  const auto& first = code.code[left];
  bool variable = first.op == Op::local || first.op == Op::input;
  if (left + 1 == right && variable && first.a <= 0xFFFF) {
    op.from |= first.op == Op::local ? Operands::kLeftLocal : Operands::kLeftInput;
    op.b = static_cast<std::uint16_t>(first.a);
    keep = left;
  }
  auto at = code.at.back();
  code.code.resize(keep);
  code.at.resize(keep);
  code.code.push_back(op);
  code.at.push_back(at);
}

Result<void> Emitter::failing(Wrong wrong, const Node& node, std::string_view name) {
  auto n = word(name);
  if (n > 0xFFFF) return fail(Code::expr_limit, "too many names");
  put(Op::fail, node, static_cast<std::uint32_t>(wrong), n);
  return {};
}

Result<void> Emitter::emit(const Node& tree) { return value(tree); }

Result<void> Emitter::value(const Node& node) {
  TK_TRY(auto path, place_of(node));
  if (!path.empty()) paths.insert(std::move(path));
  return {};
}

Result<std::string> Emitter::place_of(const Node& node) {
  if (here() > kMostCode) return fail(Code::expr_limit, "an expression that becomes too many steps");
  switch (node.kind) {
    case Node::Kind::literal: literal(node.value, node); return std::string();
    case Node::Kind::name:
      if (auto local = names_.local(node.text)) {
        put(Op::local, node, *local);
        return std::string();
      }
      return named(node, names_.of(node));
    case Node::Kind::select: return select(node);
    case Node::Kind::call:
      if (node.text == "_[_]" || node.text == "_[?_]") return index(node);
      TK_CHECK(call(node));
      return std::string();
    case Node::Kind::list:
    case Node::Kind::map: TK_CHECK(list(node, node.kind == Node::Kind::map)); return std::string();
    case Node::Kind::macro: TK_CHECK(macro(node)); return std::string();
    case Node::Kind::message: TK_CHECK(failing(Wrong::unbound, node, node.text)); return std::string();
  }
  return std::string();
}

void Emitter::literal(const Value& value, const Node& node) {
  // The tree outlives the code: text is looked at where it stands.
  code.constants.push_back(Cell::of(value));
  put(Op::constant, node, static_cast<std::uint32_t>(code.constants.size() - 1));
}

Result<std::string> Emitter::named(const Node& node, const Meaning& meaning) {
  switch (meaning.kind) {
    case Meaning::Kind::variable:
    case Meaning::Kind::field: {
      Input input;
      input.name = meaning.name;
      input.field = meaning.field;
      input.type = meaning.type;
      input.at = node.at;
      auto path = input.name + (input.field.empty() ? "" : "." + input.field);
      auto n = slot(std::move(input));
      put(node.test ? Op::input_present : node.optional ? Op::input_optional : Op::input, node, n);
      if (!node.test && !node.optional) return path;
      paths.insert(std::move(path));
      return std::string();
    }
    case Meaning::Kind::type: {
      auto n = word(meaning.name);
      code.constants.push_back(Raw::type(code.names[n]));
      put(Op::constant, node, static_cast<std::uint32_t>(code.constants.size() - 1));
      return std::string();
    }
    default: break;
  }
  TK_CHECK(failing(Wrong::undeclared, node, meaning.name.empty() ? node.text : meaning.name));
  return std::string();
}

Result<std::string> Emitter::select(const Node& node) {
  if (auto meaning = names_.of(node); meaning.kind != Meaning::Kind::none && meaning.kind != Meaning::Kind::whole_record)
    return named(node, meaning);
  auto from = here();
  TK_TRY(auto path, place_of(node.children[0]));
  bool input = here() == from + 1 && code.code.back().op == Op::input && code.code.back().a <= 0xFFFF;
  auto slot_number = code.code.back().a;
  auto at = put(node.test ? Op::has : node.optional ? Op::select_optional : Op::select, node, word(node.text));
  if (input && !node.test && !node.optional) {
    auto op = code.code[at];
    op.from = Operands::kLeftInput;
    op.b = static_cast<std::uint16_t>(slot_number);
    code.code.pop_back();
    code.at.pop_back();
    code.code.back() = op;
    code.at.back() = node.at;
  }
  return path.empty() ? path : path + "." + node.text;
}

Result<std::string> Emitter::index(const Node& node) {
  auto from = here();
  TK_TRY(auto path, place_of(node.children[0]));
  const auto* key = node.children[1].value.as_text();
  bool goes_on = !path.empty() && key && is_identifier(*key);
  if (!path.empty() && !goes_on) paths.insert(path);
  TK_CHECK(value(node.children[1]));
  put(node.text == "_[_]" ? Op::index : Op::index_optional, node);
  fold(from, 2);
  return goes_on ? path + "." + *key : std::string();
}

Result<void> Emitter::call(const Node& node) {
  struct Operator {
    std::string_view name;
    Op op;
  };
  static constexpr Operator kBinary[] = {{"_+_", Op::add},      {"_-_", Op::subtract},      {"_*_", Op::multiply},
                                         {"_/_", Op::divide},   {"_%_", Op::modulo},        {"_==_", Op::equal},
                                         {"_!=_", Op::differ},  {"_<_", Op::less},          {"_<=_", Op::less_equal},
                                         {"_>_", Op::greater},  {"_>=_", Op::greater_equal}, {"@in", Op::in},
                                         {"-_", Op::negate},    {"!_", Op::invert}};
  if (node.text == "_&&_") return logic(node, Op::and_left, Op::and_right);
  if (node.text == "_||_") return logic(node, Op::or_left, Op::or_right);
  if (node.text == "_?_:_") return condition(node);
  if (!node.member)
    for (const auto& o : kBinary)
      if (o.name == node.text) {
        auto from = here();
        std::uint32_t right = from;
        for (const auto& operand : node.children) {
          right = here();
          TK_CHECK(value(operand));
        }
        auto count = static_cast<std::uint32_t>(node.children.size());
        put(o.op, node);
        if (count == 2 && !fold(from, count)) shorten(from, right);
        else if (count == 1) fold(from, count);
        return {};
      }
  if (auto local = names_.local(called_as_variable(node))) {
    put(Op::local, node, *local);
    return {};
  }
  if (is_block(node)) return block(node);
  return function(node);
}

Result<void> Emitter::logic(const Node& node, Op left, Op right) {
  TK_CHECK(value(node.children[0]));
  auto jump = put(left, node);
  TK_CHECK(value(node.children[1]));
  put(right, node);
  land(jump);
  return {};
}

Result<void> Emitter::condition(const Node& node) {
  TK_CHECK(value(node.children[0]));
  auto branch = put(Op::branch, node), end = put(Op::jump, node);
  auto height = height_;
  TK_CHECK(value(node.children[1]));
  auto jump = put(Op::jump, node);
  land(branch);
  height_ = height;
  TK_CHECK(value(node.children[2]));
  land(jump);
  land(end);
  return {};
}

Result<void> Emitter::function(const Node& node) {
  bool whole = false;
  auto found = names_.function(node, whole);
  if (found.input && whole) return input_call(node, found);
  std::size_t skipped = whole && node.member ? 1 : 0;
  bool member = node.member && !whole;
  auto count = node.children.size() - skipped;
  bool fits = found.library && (found.library->native || found.library->op != Op::call) &&
              (found.library->variadic
                   ? !member && count > 0
                   : std::any_of(found.library->overloads.begin(), found.library->overloads.end(), [&](const Signature& s) {
                       return s.member == member && s.parameters.size() == count;
                     }));
  if (!fits) return failing(Wrong::unbound, node, found ? found.name : node.text);
  return library_call(node, *found.library, skipped);
}

Result<void> Emitter::library_call(const Node& node, const Function& function, std::size_t skipped) {
  auto from = here(), last = from;
  auto count = static_cast<std::uint32_t>(node.children.size() - skipped);
  if (function.native == native::matches) {
    TK_TRY(bool done, pattern(node, skipped, skipped + 1));
    if (done) return {};
  }
  for (auto i = skipped; i < node.children.size(); ++i) {
    last = here();
    TK_CHECK(value(node.children[i]));
  }
  if (function.op != Op::call) {
    put(function.op, node);
    if (!fold(from, count)) shorten(from, last);
    return {};
  }
  auto [it, added] = natives_.try_emplace(function.native, static_cast<std::uint32_t>(code.natives.size()));
  if (added) code.natives.push_back(function.native);
  put(Op::call, node, count, it->second);
  fold(from, count);
  return {};
}

// A pattern that is written out is compiled once; a bad one is an error before anything runs.
Result<bool> Emitter::pattern(const Node& node, std::size_t subject, std::size_t pattern) {
  const auto* text = node.children[pattern].value.as_text();
  if (node.children[pattern].kind != Node::Kind::literal || !text) return false;
  auto regex = Regex::compile(*text);
  if (!regex) {
    auto error = regex.error();
    error.code = Code::expr_syntax;
    error.where = place(text_, node.children[pattern].at);
    return fail(std::move(error));
  }
  auto from = here();
  TK_CHECK(value(node.children[subject]));
  code.patterns.push_back(std::move(*regex));
  put(Op::matches, node, static_cast<std::uint32_t>(code.patterns.size() - 1));
  fold(from, 1);
  return true;
}

Result<void> Emitter::input_call(const Node& node, const FunctionMeaning& found) {
  Input input;
  input.name = found.name;
  input.call = true;
  input.type = found.input->result;
  input.at = node.at;
  for (const auto& argument : node.children) {
    if (!is_constant_argument(argument)) return failing(Wrong::unbound, argument, found.name);
    auto from = here();
    TK_CHECK(value(argument));
    bool constant = here() == from + 1 && code.code.back().op == Op::constant;
    if (!constant)
      return fail_at(Code::expr_syntax, place(text_, argument.at), found.name + "() is given a time that cannot be read");
    input.arguments.push_back(code.constants[code.code.back().a].value());
    code.code.pop_back();
    code.at.pop_back();
    --height_;
  }
  put(Op::input, node, slot(std::move(input)));
  return {};
}

Result<void> Emitter::list(const Node& node, bool map) {
  auto from = here();
  for (const auto& child : node.children) TK_CHECK(value(child));
  auto cells = static_cast<std::uint32_t>(node.children.size());
  auto n = map ? cells / 2 : cells;
  if (node.optionals.empty()) {
    put(map ? Op::map : Op::list, node, n);
    fold(from, cells);
    return {};
  }
  if (code.optionals.size() > 0xFFFF) return fail(Code::expr_limit, "too many lists with optional parts");
  std::vector<bool> places(node.children.size());
  for (auto i : node.optionals) places[i] = true;
  code.optionals.push_back(std::move(places));
  put(map ? Op::map_optional : Op::list_optional, node, n, static_cast<std::uint32_t>(code.optionals.size() - 1));
  return {};
}

Result<void> Emitter::block(const Node& node) {
  std::size_t n = 0;
  for (const auto& part : node.children[1].children) {
    TK_CHECK(value(part));
    auto at = local();
    put(Op::store, part, at);
    names_.enter("cel.index(" + std::to_string(n++) + ")", at);
  }
  auto body = value(node.children[2]);
  names_.leave(n);
  return body;
}

Result<void> Emitter::macro(const Node& node) {
  if (node.text == "bind") {
    TK_CHECK(value(node.children[1]));
    auto at = local();
    put(Op::store, node, at);
    names_.enter(node.names[0], at);
    auto body = value(node.children[2]);
    names_.leave();
    return body;
  }
  if (node.text != "optMap" && node.text != "optFlatMap") return walk(node);
  TK_CHECK(value(node.children[0]));
  auto at = local();
  if (at > 0xFFFF) return fail(Code::expr_limit, "too many variables");
  auto enter = put(Op::optional_enter, node, 0, at);
  names_.enter(node.names[0], at);
  auto body = value(node.children[1]);
  names_.leave();
  if (!body) return body;
  if (node.text == "optMap") put(Op::optional_wrap, node);
  land(enter);
  return {};
}

Result<void> Emitter::walk(const Node& node) {
  TK_CHECK(value(node.children[0]));
  if (code.loops.size() > 0xFFFF) return fail(Code::expr_limit, "too many macros");
  auto n = static_cast<std::uint32_t>(code.loops.size());
  code.loops.emplace_back();
  LoopPlan plan;
  plan.two = node.names.size() == 2;
  plan.first = local();
  if (plan.two) plan.second = local();
  auto begin = put(Op::loop_begin, node, 0, n), body = here();
  names_.enter(node.names[0], plan.first);
  if (plan.two) names_.enter(node.names[1], plan.second);
  bool tested = node.children.size() == 3;
  std::uint32_t test = 0;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    if (auto part = value(node.children[i]); !part) return part;
    if (tested && i == 1) test = put(Op::loop_test, node);
  }
  names_.leave(node.names.size());
  plan.step = node.text == "all"                                         ? Op::step_all
              : node.text == "exists"                                    ? Op::step_exists
              : node.text == "exists_one" || node.text == "existsOne"    ? Op::step_one
              : node.text == "filter"                                    ? Op::step_filter
              : node.text == "transformMap"                              ? Op::step_pair
              : node.text == "transformMapEntry"                         ? Op::step_entry
                                                                         : Op::step_append;
  put(plan.step, node);
  if (tested) land(test);
  put(Op::loop_next, node, body);
  plan.cost = here() - body;
  land(begin);
  code.loops[n] = plan;
  return {};
}

}  // namespace tk::expr
