#include <doctest/doctest.h>

#include "core/wot/convergence.hpp"

using namespace tk;
using namespace tk::wot;

TEST_CASE("0.50 0.80 0.83 0.84 with threshold 0.05 stops after pass 3 as converged (C31)") {
  std::vector<Value> values;
  std::string reason;
  int pass = 0;
  for (double v : {0.50, 0.80, 0.83, 0.84}) {
    values.emplace_back(v);
    ++pass;
    auto round = decide_round(values, 0.05, 10);
    if (round.stop) {
      reason = round.reason;
      break;
    }
  }
  CHECK(pass == 3);
  CHECK(reason == "converged");
}

TEST_CASE("a value that comes back stops as oscillating, a bound as exhausted") {
  std::vector<Value> values = {Value(1.0), Value(2.0), Value(1.0)};
  CHECK(decide_round(values, 0.05, 10).reason == "oscillating");
  CHECK(decide_round({Value(1.0)}, 0.05, 1).reason == "exhausted");
  CHECK_FALSE(decide_round({Value(1.0)}, 0.05, 2).stop);
}

TEST_CASE("distances: numbers relative, text by 3-grams, lists as sets") {
  CHECK(distance(Value(100), Value(90)) == doctest::Approx(0.1));
  CHECK(distance(Value("abc"), Value("abc")) == 0);
  CHECK(distance(Value("the same text here"), Value("the same text there")) < 0.3);
  CHECK(distance(Value("aaaa"), Value("zzzz")) == 1);
  CHECK(distance(Value(Value::List{1, 2}), Value(Value::List{2, 3})) == doctest::Approx(1 - 1.0 / 3));
}
