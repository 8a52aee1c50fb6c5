#include <doctest/doctest.h>

#include "tests/unit/expr/evaluator.hpp"

using namespace tk;
using namespace tk::expr;

namespace {

std::string type_of(std::string_view text) {
  static const auto env = [] {
    Environment e;
    e.variable("i", parse_type("int").value())
        .variable("s", parse_type("string").value())
        .variable("tags", parse_type("list(string)").value())
        .variable("ages", parse_type("map(string, int)").value())
        .variable("t", parse_type("timestamp").value())
        .variable("x");
    static_cast<void>(e.function("pair(A, B) pair(A, B)"));
    static_cast<void>(e.function("list(T).second() T"));
    return e;
  }();
  auto program = Program::compile(text, env);
  return program ? to_string(program->type()) : test::said(program.error());
}

}  // namespace

TEST_CASE("types are found out; what is dyn fits everywhere") {
  CHECK(type_of("i + 1") == "int");
  CHECK(type_of("x + 1") == "int");
  CHECK(type_of("x + x") == "dyn");
  CHECK(type_of("x.a.b") == "dyn");
  CHECK(type_of("ages.ada") == "int");
  CHECK(type_of("tags.map(y, y.size())") == "list(int)");
  CHECK(type_of("ages.transformMap(k, v, string(v))") == "map(string, string)");
  CHECK(type_of("[[], [[1]]]") == "list(list(list(int)))");
  CHECK(type_of("[1, 'a']") == "list(dyn)");
  CHECK(type_of("{'a': 1, 'b': x}") == "map(string, dyn)");
  CHECK(type_of("i > 0 ? optional.of(i) : optional.none()") == "optional_type(int)");
  CHECK(type_of("ages.?ada") == "optional_type(int)");
  CHECK(type_of("ages.?ada.optMap(a, a > 3).orValue(false)") == "bool");
  CHECK(type_of("t - t") == "duration");
  CHECK(type_of("type(i)") == "type(int)");
  CHECK(type_of("pair(1, tags)") == "pair(int, list(string))");
  CHECK(type_of("tags.second()") == "string");
  CHECK(type_of("cel.bind(y, tags, y + y)") == "list(string)");
  CHECK(type_of("math.greatest(1, 2)") == "int");
  CHECK(type_of("math.greatest(1, 2.0)") == "dyn");
}

TEST_CASE("what does not fit is an error with its place") {
  CHECK(type_of("s + i") == "TK-EXPR-0003 1:3 + does not take (string, int)");
  CHECK(type_of("1 == 1u") == "TK-EXPR-0003 1:3 == does not take (int, uint)");
  CHECK(type_of("true &&\n i") == "TK-EXPR-0003 1:6 && does not take (bool, int)");
  CHECK(type_of("s.a") == "TK-EXPR-0003 1:3 no field a: this is of type string");
  CHECK(type_of("i.all(y, true)") == "TK-EXPR-0003 1:3 all() walks lists and maps, not int");
  CHECK(type_of("tags.all(y, y)") == "TK-EXPR-0003 1:13 expected a bool, found string");
  CHECK(type_of("tags.filter(y, y > 1)") == "TK-EXPR-0003 1:18 > does not take (string, int)");
  CHECK(type_of("{1.5: 2}") == "TK-EXPR-0003 1:2 double cannot be the type of a map's key");
  CHECK(type_of("startsWith(s, 'a')") == "TK-EXPR-0003 1:1 startsWith does not take (string, string)");
  CHECK(type_of("T{a: 1}") == "TK-EXPR-0002 1:1 no message type T");
}

TEST_CASE("an unknown name comes with the nearest that there is") {
  auto hint = [](std::string_view text) {
    auto env = Environment().variable("clearance").record("actor", {{"team", {}}, {"clearance", {}}});
    return Program::compile(text, env).error().hint;
  };
  CHECK(hint("clearence > 1") == "did you mean clearance?");
  CHECK(hint("actor.taem == ''") == "did you mean actor.team?");
  CHECK(hint("actor.salary > 1") == "it has clearance, team");
  CHECK(hint("sise(clearance)") == "did you mean size?");
  CHECK(hint("'a'.startWith('b')") == "did you mean startsWith?");
  CHECK(hint("math.abz(1)") == "did you mean math.abs?");
  CHECK(hint("[1].all(item, itme > 0)") == "did you mean item?");
  CHECK(hint("actor == 1") == "name a field of it: actor.…");
}

TEST_CASE("a declared type is written as it is read") {
  for (const char* text : {"int", "dyn", "list(map(string, list(bytes)))", "optional_type(T)", "pair(int, T)", "type",
                           "type(int)", "timestamp", "duration", "null", "uint", "double", "bool", "string"})
    CHECK(to_string(parse_type(text).value()) == text);
  CHECK(test::said(parse_type("strin").error()) == "TK-EXPR-0002 no type strin");
  CHECK_FALSE(parse_type("list(int"));
  CHECK_FALSE(parse_type("list(int, int)"));
  CHECK_FALSE(parse_type("int int"));
  CHECK_FALSE(Environment().function("f(int"));
}

TEST_CASE("types that could grow without bound become dyn instead") {
  std::string text, end;
  for (int i = 0; i < 100; ++i) {
    text += "cel.bind(v" + std::to_string(i) + ", [[[" + (i == 0 ? "1" : "v" + std::to_string(i - 1)) + "]]], ";
    end += ')';
  }
  CHECK(type_of(text + "v99 == v98" + end) == "bool");
}
