// Values of a type, made up: small ones, and those that stand in a definition's expressions or beside them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/record/machine.hpp"

namespace tk::record {

// splitmix64: the same numbers everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

class MadeUp {
 public:
  MadeUp(const Definition& definition, Dice& dice);
  Value value(const json::Type& type, int depth = 0);
  Value::Map members(const Types& types);  // each is there nearly always
  Moment moment();

 private:
  void gather(const expr::Node& node);
  Dice& dice_;
  std::vector<std::int64_t> ints_ = {0, 1, -1, 2};
  std::vector<double> reals_ = {0.0, 1.5, -0.5};
  std::vector<std::string> texts_ = {"", "a", "b"};
  std::int64_t now_ns_ = 1'700'000'000'000'000'000;
};

}  // namespace tk::record
