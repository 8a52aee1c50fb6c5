// A warm run of scalars allocates nothing: counted at operator new, which this file replaces for all of tk-unit.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "tests/unit/expr/evaluator.hpp"

namespace {
thread_local long allocations = 0;
}

// Not inlined: GCC would see free() where it expects operator delete.
[[gnu::noinline]] void* operator new(std::size_t n) {
  ++allocations;
  if (void* p = std::malloc(n == 0 ? 1 : n)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

using namespace tk;
using namespace tk::expr;

TEST_CASE("a warm scratch runs scalars, selections and macros without allocating") {
  auto env = Environment().variable("i").variable("s").variable("l").variable("m");
  Value list = Value::List{3, 8, 12}, map = Value::Map{{"a", Value::Map{{"b", 5}}}, {"team", "review"}};
  for (const char* text :
       {"i * 3 + 7 > 10 && i % 2 == 0", "s.startsWith('an') && s + '!' == 'analyst!' && size(s) > 3",
        "m.a.b > 4 && m.team in ['review', 'lead'] && !has(m.gone)", "l.all(x, x > 0) && l.exists(x, x == 12)",
        "i > 1 ? m.a.b : l[1]", "l.filter(x, x > 5).map(x, x * 2) == [16, 24]", "m.gone > 1 || i == 4",
        "s.matches('^a.*t$') && s.contains('lys')", "m.?a.?b.orValue(0) == 5"}) {
    auto program = Program::compile(text, env).value();
    std::vector<Cell> slots;
    for (const auto& input : program.inputs())
      slots.push_back(input.name == "i"   ? Cell::integer(4)
                      : input.name == "s" ? Cell::text("analyst")
                      : input.name == "l" ? Cell::of(list)
                                          : Cell::of(map));
    Scratch scratch;
    for (int warm = 0; warm < 3; ++warm) static_cast<void>(program.run(slots, scratch));
    auto before = allocations;
    auto result = program.run(slots, scratch);
    auto made = allocations - before;
    CHECK_MESSAGE(made == 0, std::string(text));
    CHECK_MESSAGE(!result.is_error(), std::string(text));
  }
}
