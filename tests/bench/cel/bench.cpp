// How often each expression is evaluated by Program::run in a second of processor time, its variables bound by slot.
// Reads expressions.json, writes a JSON object a line. usage: bench-cel expressions.json [seconds for each [name]]
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/expr/program.hpp"
#include "core/json/json.hpp"
#include "core/os/file.hpp"

using namespace tk;
using namespace tk::expr;

namespace {

// Of this thread alone: what else the machine does is not measured.
double seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// The best of five rounds, as for the others.
double per_second(const Program& program, const std::vector<Cell>& slots, double time) {
  Scratch scratch;
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    long done = 0;
    auto began = seconds(), now = began;
    while (now - began < time / 5) {
      for (int i = 0; i < 1000; ++i)
        if (program.run(slots, scratch).is_error()) std::abort();
      done += 1000;
      now = seconds();
    }
    best = std::max(best, static_cast<double>(done) / (now - began));
  }
  return best;
}

}  // namespace

int main(int count, char** words) {
  auto text = os::read_file(count > 1 ? words[1] : "expressions.json");
  auto all = text ? json::parse(*text) : Result<Value>(fail(text.error()));
  if (!all) return std::fprintf(stderr, "%s\n", describe(all.error()).c_str()), 2;
  double time = count > 2 ? std::atof(words[2]) : 1;
  const auto& vars = (*all)["vars"];
  Environment env;
  for (const auto& [name, value] : *vars.as_map()) env.variable(name);
  for (const auto& e : *(*all)["expressions"].as_list()) {
    if (count > 3 && e["name"].text() != words[3]) continue;
    auto program = Program::compile(e["expr"].text(), env);
    if (!program) return std::fprintf(stderr, "%s\n", describe(program.error()).c_str()), 2;
    std::vector<Cell> slots;
    for (const auto& input : program->inputs()) slots.push_back(Cell::of(vars[input.name]));
    Scratch scratch;
    auto value = program->run(slots, scratch).value();
    auto rate = per_second(*program, slots, time);
    std::printf("%s\n", json::compact(Value::Map{{"name", e["name"]}, {"value", value}, {"rate", rate}}).c_str());
  }
}
