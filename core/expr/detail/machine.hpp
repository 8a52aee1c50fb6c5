// Runs code. The stack, locals, loops and arena are the Scratch's, so a warm run of scalars allocates nothing.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/expr/detail/bytecode.hpp"
#include "core/expr/detail/zone.hpp"

namespace tk::expr {

// Memory for one run: handed out in order, taken back all at once.
class Arena {
 public:
  char* bytes(std::size_t n) { return static_cast<char*>(take(n, 1)); }
  // n more bytes right behind what ends at `end`, when that was handed out last and there is room.
  char* extend(const char* end, std::size_t n) {
    if (block_ >= blocks_.size() || used_ + n > blocks_[block_].size) return nullptr;
    char* free = blocks_[block_].memory.get() + used_;
    if (free != end || used_ == 0) return nullptr;
    used_ += n;
    return free;
  }
  template <class T>
  T* many(std::size_t n) {
    return static_cast<T*>(take(n * sizeof(T), alignof(T)));
  }
  void reset() { block_ = used_ = 0; }

 private:
  void* take(std::size_t n, std::size_t align);
  struct Block {
    std::unique_ptr<char[]> memory;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

struct Loop {
  const LoopPlan* plan = nullptr;
  Cell range;
  std::uint32_t index = 0, count = 0;
  std::uint32_t end = 0;   // where to go on
  std::size_t gathered = 0;  // where its items begin in Scratch::Detail::items
  Value::Map::const_iterator place;
  Cell verdict;  // of all, exists, exists_one; the first error among them
};

struct Scratch::Detail {
  std::vector<Cell> cells;  // locals, then the stack
  std::vector<Loop> loops;
  std::vector<Cell> items;  // what filter, map and the others gather; keys and values in turn for maps
  Arena arena;
  Error error;
  std::map<std::string, std::unique_ptr<Zone>, std::less<>> zones;
  std::vector<std::pair<std::string, std::unique_ptr<Regex>>> patterns;  // those that came as data, newest last
};

class Machine {
 public:
  Machine(const Bytecode& code, std::span<const Cell> slots, Scratch::Detail& scratch, std::uint64_t cost,
          Environment::Zones zones)
      : code_(code), slots_(slots), scratch_(scratch), left_(cost), zones_(zones) {}

  Cell run(std::uint32_t from = 0);
  // The fault of a run that gave one, in words; `names` are the inputs'.
  Error explain(const Cell& fault, const std::vector<Input>& inputs, std::string_view text) const;

  // For the library. Everything that can be long is paid for before it is done.
  bool pay(std::uint64_t steps);
  std::uint64_t left() const { return left_; }
  bool pay_bytes(std::uint64_t n) { return pay(n / 16 + 1); }
  Cell fault(Wrong wrong, const Cell& a = {}, const Cell& b = {});
  Cell said(std::string_view text);  // an error in words, copied
  Cell no_overload(const Cell& a, const Cell& b = {}) { return fault(Wrong::no_overload, a, b); }
  Cell text(std::string_view copied) { return copy(copied, false); }
  Cell bytes(std::string_view copied) { return copy(copied, true); }
  Cell joined(const Cell& a, const Cell& b);  // of text, or of bytes
  Cell list(std::span<const Cell> items);
  Cell map(std::span<const Cell> pairs);  // key, value, key, value…
  Cell optional(const Cell& value);
  Cell none() { return Raw::optional(nullptr); }
  Cell matches(std::string_view text, std::string_view pattern);
  const Zone* zone(std::string_view name);
  bool equal(const Cell& a, const Cell& b);
  Cell index(const Cell& target, const Cell& key, bool optional);
  bool pay_host(const Cell& value);
  bool within_bounds(const Cell& result);  // how big it is when every sharing is written out

  Cell add(const Cell& a, const Cell& b);
  Cell subtract(const Cell& a, const Cell& b);
  Cell multiply(const Cell& a, const Cell& b);
  Cell divide(const Cell& a, const Cell& b, bool modulo);
  Cell negate(const Cell& a);
  Cell compare(const Cell& a, const Cell& b, Op op);
  Cell in(const Cell& a, const Cell& b);
  Cell on_texts(Op op, const Cell& a, const Cell& b);

 private:
  Cell copy(std::string_view bytes, bool is_bytes);
  Cell select(const Cell& target, std::string_view field);
  Cell select_optional(const Cell& target, std::string_view field);
  Cell has(const Cell& target, std::string_view field);
  Cell input(std::uint32_t slot);
  Cell on_integers(Op op, const Cell& left, const Cell& right);
  Cell on_any(Op op, const Cell& a, const Cell& b);
  Cell both(const Cell& left, const Cell& right, bool absorbing);
  Cell gathered_list(std::size_t from);
  Cell with_optionals(const Cell* cells, std::uint32_t n, const std::vector<bool>& places, bool is_map);
  Cell begin(const LoopPlan& plan, const Cell& range, std::uint32_t end);
  bool step(Loop& loop, Op op, const Cell& given);
  bool advance(Loop& loop, Cell* locals);
  Cell finish(Loop& loop);
  void bind(Loop& loop, Cell* locals);

  const Bytecode& code_;
  std::span<const Cell> slots_;
  Scratch::Detail& scratch_;
  std::uint64_t left_;
  Environment::Zones zones_;
  bool exhausted_ = false;
  std::uint32_t now_ = 0;  // the instruction that runs
};

}  // namespace tk::expr
