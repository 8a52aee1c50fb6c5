#include "core/expr/detail/machine.hpp"

#include <algorithm>

namespace tk::expr {

using Kind = Cell::Kind;

void* Arena::take(std::size_t n, std::size_t align) {
  constexpr std::size_t kBlock = 16 * 1024;
  for (; block_ < blocks_.size(); ++block_, used_ = 0) {
    auto at = (used_ + align - 1) / align * align;
    if (at + n > blocks_[block_].size) continue;
    used_ = at + n;
    return blocks_[block_].memory.get() + at;
  }
  auto size = std::max(n, kBlock);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
  used_ = n;
  return blocks_.back().memory.get();
}

bool Machine::pay(std::uint64_t steps) {
  if (left_ < steps) {
    exhausted_ = true;
    left_ = 0;
    return false;
  }
  left_ -= steps;
  return true;
}

Cell Machine::fault(Wrong wrong, const Cell& a, const Cell& b) {
  return Raw::fault(new (scratch_.arena.many<Fault>(1)) Fault{wrong, now_, a, b, {}});
}

Cell Machine::said(std::string_view text) {
  auto* copy = scratch_.arena.bytes(text.size());
  std::copy(text.begin(), text.end(), copy);
  return Raw::fault(new (scratch_.arena.many<Fault>(1)) Fault{Wrong::said, now_, {}, {}, {copy, text.size()}});
}

Cell Machine::input(std::uint32_t slot) {
  const auto& cell = slots_[slot];
  return cell.kind() == Kind::missing ? fault(Wrong::missing, Cell::integer(slot)) : cell;
}

// && and ||: the absorbing side decides whatever the other is, an error included.
Cell Machine::both(const Cell& left, const Cell& right, bool absorbing) {
  if (right.kind() == Kind::boolean && Raw::boolean(right) == absorbing) return right;
  if (left.is_error()) return left;
  if (left.kind() != Kind::boolean || (right.kind() != Kind::boolean && !right.is_error()))
    return no_overload(left, right);
  return right;
}

Cell Machine::on_integers(Op op, const Cell& left, const Cell& right) {
  auto a = Raw::integer(left), b = Raw::integer(right);
  switch (op) {
    case Op::equal: return Raw::boolean(a == b);
    case Op::differ: return Raw::boolean(a != b);
    case Op::less: return Raw::boolean(a < b);
    case Op::less_equal: return Raw::boolean(a <= b);
    case Op::greater: return Raw::boolean(a > b);
    case Op::greater_equal: return Raw::boolean(a >= b);
    case Op::starts_with:
    case Op::ends_with:
    case Op::contains: return no_overload(left, right);
    default: return on_any(op, left, right);
  }
}

Cell Machine::on_any(Op op, const Cell& a, const Cell& b) {
  switch (op) {
    case Op::add: return add(a, b);
    case Op::subtract: return subtract(a, b);
    case Op::multiply: return multiply(a, b);
    case Op::divide: return divide(a, b, false);
    case Op::modulo: return divide(a, b, true);
    case Op::equal:
    case Op::differ:
      if (a.is_error()) return a;
      return b.is_error() ? b : Raw::boolean(equal(a, b) == (op == Op::equal));
    case Op::in: return in(a, b);
    default: return compare(a, b, op);
  }
}

Cell Machine::run(std::uint32_t from) {
  const auto* code = code_.code.data();
  const auto end = static_cast<std::uint32_t>(code_.code.size());
  auto& cells = scratch_.cells;
  if (cells.size() < code_.locals + code_.stack + 1) cells.resize(code_.locals + code_.stack + 1);
  scratch_.loops.clear();
  scratch_.items.clear();
  Cell* const locals = cells.data();
  Cell* top = locals + code_.locals - 1;  // the topmost value
  pay(end - from);
  for (auto at = from; at < end; ++at) {
    const auto& i = code[at];
    now_ = at;
    switch (i.op) {
      case Op::constant: *++top = code_.constants[i.a]; break;
      case Op::input: {
        const auto& slot = slots_[i.a];
        *++top = slot.kind() != Kind::missing ? slot : input(i.a);
        break;
      }
      case Op::input_present: *++top = Raw::boolean(slots_[i.a].kind() != Kind::missing); break;
      case Op::input_optional:
        *++top = slots_[i.a].kind() == Kind::missing ? none() : optional(slots_[i.a]);
        break;
      case Op::local: *++top = locals[i.a]; break;
      case Op::store: locals[i.a] = *top--; break;
      case Op::select: {
        if (i.from & Operands::kLeftInput) *++top = slots_[i.b];
        if (top->kind() == Kind::map && !Raw::own(*top)) {
          const auto& map = Raw::host_map(*top);
          if (auto it = map.find(code_.names[i.a]); it != map.end()) {
            *top = Cell::of(it->second);
            break;
          }
        }
        if (top->kind() == Kind::missing) *top = input(i.b);
        *top = select(*top, code_.names[i.a]);
        break;
      }
      case Op::has: *top = has(*top, code_.names[i.a]); break;
      case Op::select_optional: *top = select_optional(*top, code_.names[i.a]); break;
      case Op::index:
      case Op::index_optional:
        --top;
        *top = index(top[0], top[1], i.op == Op::index_optional);
        break;
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
      case Op::contains: {
        const Cell* right = i.from & Operands::kRightConstant ? &code_.constants[i.a] : top--;
        Cell absent;
        const Cell* left = nullptr;
        if (i.from & Operands::kLeftLocal) {
          left = &locals[i.b];
          ++top;
        } else if (i.from & Operands::kLeftInput) {
          left = &slots_[i.b];
          if (left->kind() == Kind::missing) left = &(absent = input(i.b));
          ++top;
        } else {
          left = top;
        }
        if (left->kind() == Kind::integer && right->kind() == Kind::integer) *top = on_integers(i.op, *left, *right);
        else if (i.op >= Op::starts_with) *top = on_texts(i.op, *left, *right);
        else *top = on_any(i.op, *left, *right);
        break;
      }
      case Op::negate: *top = negate(*top); break;
      case Op::invert:
        if (top->kind() == Kind::boolean) *top = Raw::boolean(!Raw::boolean(*top));
        else if (!top->is_error()) *top = no_overload(*top);
        break;
      case Op::jump: at = i.a - 1; break;
      case Op::branch:
        if (top->kind() == Kind::boolean) {
          at = Raw::boolean(*top--) ? at + 1 : i.a - 1;
        } else {
          if (!top->is_error()) *top = no_overload(*top);
          at = code[at + 1].a - 1;  // the instruction behind says where the whole ends
        }
        break;
      case Op::and_left:
        if (top->kind() == Kind::boolean && !Raw::boolean(*top)) at = i.a - 1;
        break;
      case Op::or_left:
        if (top->is_true()) at = i.a - 1;
        break;
      case Op::and_right:
      case Op::or_right:
        --top;
        if (top[0].kind() == Kind::boolean && top[1].kind() == Kind::boolean) *top = top[1];
        else *top = both(top[0], top[1], i.op == Op::or_right);
        break;
      case Op::list:
      case Op::map: {
        auto n = i.op == Op::list ? i.a : 2 * i.a;
        top -= n;
        auto items = std::span<const Cell>(top + 1, n);
        auto broken = std::find_if(items.begin(), items.end(), [](const Cell& c) { return c.is_error(); });
        Cell made = broken != items.end() ? *broken : i.op == Op::list ? list(items) : map(items);
        *++top = made;
        break;
      }
      case Op::list_optional:
      case Op::map_optional: {
        auto n = i.op == Op::list_optional ? i.a : 2 * i.a;
        top -= n;
        Cell made = with_optionals(top + 1, n, code_.optionals[i.b], i.op == Op::map_optional);
        *++top = made;
        break;
      }
      case Op::call: {
        top -= i.a;
        const Cell* arguments = top + 1;
        const Cell* broken = arguments;
        while (broken != arguments + i.a && !broken->is_error()) ++broken;
        Cell made = broken != arguments + i.a ? *broken : code_.natives[i.b](*this, arguments, i.a);
        *++top = made;
        break;
      }
      case Op::matches:
        if (top->kind() == Kind::text)
          *top = pay_bytes(Raw::size(*top)) ? Raw::boolean(code_.patterns[i.a]->found_in(Raw::text(*top))) : Cell::null();
        else if (!top->is_error()) *top = no_overload(*top);
        break;
      case Op::fail: *++top = fault(static_cast<Wrong>(i.a), Raw::text(code_.names[i.b])); break;
      case Op::optional_enter:
        if (top->kind() == Kind::optional && Raw::optional(*top)) {
          locals[i.b] = *Raw::optional(*top--);
        } else {
          if (top->kind() != Kind::optional && !top->is_error()) *top = no_overload(*top);
          at = i.a - 1;
        }
        break;
      case Op::optional_wrap:
        if (!top->is_error()) *top = optional(*top);
        break;
      case Op::loop_begin: {
        const auto& plan = code_.loops[i.b];
        Cell begun = begin(plan, *top, i.a);
        if (begun.kind() != Kind::missing) {  // nothing to walk, or not walkable
          *top = begun;
          at = i.a - 1;
        } else {
          --top;
          bind(scratch_.loops.back(), locals);
        }
        break;
      }
      case Op::loop_test:
        if (top->is_true()) {
          --top;
        } else if (top->kind() == Kind::boolean) {
          --top;
          at = i.a - 1;
        } else {
          auto& loop = scratch_.loops.back();
          loop.verdict = top->is_error() ? *top : no_overload(*top);
          *top = finish(loop);
          at = loop.end - 1;
          scratch_.loops.pop_back();
        }
        break;
      case Op::step_all:
      case Op::step_exists:
      case Op::step_one:
      case Op::step_filter:
      case Op::step_append:
      case Op::step_pair:
      case Op::step_entry: {
        auto& loop = scratch_.loops.back();
        if (step(loop, i.op, *top)) {
          --top;
          break;
        }
        *top = finish(loop);
        at = loop.end - 1;
        scratch_.loops.pop_back();
        break;
      }
      case Op::loop_next: {
        auto& loop = scratch_.loops.back();
        if (advance(loop, locals)) {
          at = i.a - 1;
        } else {
          *++top = finish(loop);
          at = loop.end - 1;
          scratch_.loops.pop_back();
        }
        break;
      }
    }
  }
  Cell result;
  result = *top;
  bool holds = result.kind() == Kind::list || result.kind() == Kind::map || result.kind() == Kind::optional;
  if (holds && !within_bounds(result)) exhausted_ = true;
  if (exhausted_) {
    // No && or || may take this one away.
    now_ = end > from ? end - 1 : 0;
    return Raw::fault(nullptr);
  }
  return result;
}

Cell Machine::select(const Cell& target, std::string_view field) {
  if (target.kind() == Kind::map) {
    auto found = Raw::find(target, field);
    return found.kind() != Kind::missing ? found : fault(Wrong::no_key, Raw::text(field));
  }
  if (target.kind() == Kind::optional) return select_optional(target, field);
  return target.is_error() ? target : fault(Wrong::no_field, target, Raw::text(field));
}

Cell Machine::select_optional(const Cell& target, std::string_view field) {
  const Cell* from = &target;
  if (target.kind() == Kind::optional) {
    from = Raw::optional(target);
    if (!from) return target;
  }
  if (from->is_error()) return *from;
  if (from->kind() != Kind::map) return fault(Wrong::no_field, *from, Raw::text(field));
  auto found = Raw::find(*from, field);
  return found.kind() == Kind::missing ? none() : optional(found);
}

Cell Machine::has(const Cell& target, std::string_view field) {
  const Cell* from = &target;
  if (target.kind() == Kind::optional) {
    from = Raw::optional(target);
    if (!from) return Raw::boolean(false);
  }
  if (from->is_error()) return *from;
  if (from->kind() != Kind::map) return fault(Wrong::no_field, *from, Raw::text(field));
  return Raw::boolean(Raw::find(*from, field).kind() != Kind::missing);
}

}  // namespace tk::expr
