// What a program is compiled to: instructions for a stack of cells. An operand that failed is a cell of kind error;
// it travels as any other value does, until && or || absorb it, so no instruction needs a way out.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/expr/detail/cell.hpp"
#include "core/expr/regex.hpp"

namespace tk::expr {

class Machine;
// A function of the library: its arguments, none of them an error, and how many.
using Native = Cell (*)(Machine& machine, const Cell* arguments, std::uint32_t count);

enum class Op : std::uint8_t {
  constant,        // push constants[a]
  input,           // push slot a; an error when the host has none
  input_present,   // push whether slot a is there
  input_optional,  // push slot a as an optional
  local,           // push local a
  store,           // pop into local a
  select,          // top.names[a]
  has,             // has(top.names[a])
  select_optional, // top.?names[a]
  index, index_optional,
  add, subtract, multiply, divide, modulo, negate,
  invert, equal, differ, less, less_equal, greater, greater_equal, in,
  starts_with, ends_with, contains,
  jump,            // to a
  branch,          // pop a condition; when false go to a, when it is none push the error and go to b
  and_left,        // false stays and goes to a; else the right side follows
  or_left,
  and_right, or_right,
  list, list_optional,  // a cells, b: which set of places may be empty optionals
  map, map_optional,    // a entries
  call,            // natives[b] with a cells
  matches,         // top against patterns[a]
  fail,            // push the fault a (Wrong) about names[b]
  optional_enter,  // pop an optional into local b; when it is none push it and go to a
  optional_wrap,   // top as an optional
  // Loops. Begin pops what is walked; a: where the end is, b: index in loops. A step pops what the body gave.
  loop_begin,
  loop_test,       // pop the filter of a loop; a: the loop_next to go to when false
  step_all, step_exists, step_one, step_filter, step_append, step_pair, step_entry,
  loop_next,       // a: the body's first instruction
};

// Operands of an operator with two sides need not come from the stack: in half of all comparisons the right one is a
// constant and the left one a variable.
struct Operands {
  static constexpr std::uint8_t kRightConstant = 1;  // constants[a]
  static constexpr std::uint8_t kLeftLocal = 2;      // local b
  static constexpr std::uint8_t kLeftInput = 4;      // slot b; of a selection too
};

struct Instruction {
  Op op = Op::constant;
  std::uint8_t from = 0;  // Operands
  std::uint16_t b = 0;
  std::uint32_t a = 0;
};

struct LoopPlan {
  Op step = Op::step_all;
  bool two = false;                  // two variables: index and value, or key and value
  std::uint32_t first = 0, second = 0;  // locals
  std::uint32_t cost = 1;            // of one turn
};

struct Bytecode {
  std::vector<Instruction> code;
  std::vector<std::uint32_t> at;  // of each instruction, where in the text
  std::vector<Cell> constants;
  std::deque<std::string> names;  // fields, and what else constants look at: they stay where they are
  std::vector<Native> natives;
  std::vector<std::vector<bool>> optionals;
  std::vector<LoopPlan> loops;
  std::vector<std::unique_ptr<Regex>> patterns;
  std::uint32_t locals = 0, stack = 0;  // how many cells each needs
};

}  // namespace tk::expr
