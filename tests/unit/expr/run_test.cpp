#include <doctest/doctest.h>

#include <thread>

#include "tests/unit/expr/evaluator.hpp"

using namespace tk;
using namespace tk::expr;
using test::eval;
using test::eval_with;

TEST_CASE("&& and || take an error away that does not matter, on either side") {
  CHECK(eval("1 / 0 > 1 || true") == "true");
  CHECK(eval("true || 1 / 0 > 1") == "true");
  CHECK(eval("1 / 0 > 1 && false") == "false");
  CHECK(eval("1 / 0 > 1 && true") == "TK-EXPR-0004 1:3 division by zero");
  CHECK(eval("[0, 1].exists(x, 1 / x == 1)") == "true");
  CHECK(eval("[0, 1].all(x, 1 / x == 1)") == "TK-EXPR-0004 1:17 division by zero");
  CHECK(eval("[0, 2].all(x, 1 / x == 1)") == "false");
  CHECK(eval_with("x || true", {{"x", 1}}) == "true");
  CHECK(eval_with("x && true", {{"x", 1}}) == "TK-EXPR-0004 1:3 no such operation on (int, bool)");
  CHECK(eval_with("x ? 1 : 2", {{"x", 1}}) == "TK-EXPR-0004 1:3 no such operation on (int)");
}

TEST_CASE("integers do not overflow silently, and numbers of different kinds are compared by value") {
  CHECK(eval("9223372036854775807 + 1") == "TK-EXPR-0004 1:21 an integer overflow");
  CHECK(eval("-9223372036854775808 / -1") == "TK-EXPR-0004 1:22 an integer overflow");
  CHECK(eval("0u - 1u") == "TK-EXPR-0004 1:4 an integer overflow");
  CHECK(eval("-(-9223372036854775808)") == "TK-EXPR-0004 1:1 an integer overflow");
  CHECK(eval("dyn(1) == 1u && dyn(1.0) == 1 && 1 < 1.5 && 2u > 1.5 && -1 < 1u") == "true");
  CHECK(eval("dyn('1') == 1") == "false");
  CHECK(eval("0.0 / 0.0 == 0.0 / 0.0") == "false");
  CHECK(eval("{1: 'a'}[dyn(1.0)] + {1u: 'b'}[dyn(1)]") == "\"ab\"");
  CHECK(eval("[1, 2u, 3.0] == dyn([1.0, 2, 3u])") == "true");
}

TEST_CASE("a record's fields are slots each, and what the host has not got is an error unless asked for") {
  Environment env;
  env.record("actor", {{"team", parse_type("string").value()}, {"level", parse_type("int").value()}});
  env.record("context", {}, true);
  auto program = Program::compile("actor.level > 2 && has(context.ticket) && actor.level < 9", env).value();
  REQUIRE(program.inputs().size() == 2);
  CHECK(program.inputs()[0].name == "actor");
  CHECK(program.inputs()[0].field == "level");
  CHECK(program.inputs()[1].field == "ticket");
  CHECK(program.paths() == std::vector<std::string>{"actor.level", "context.ticket"});
  Scratch scratch;
  CHECK(test::run(program, {{"actor.level", 3}, {"context.ticket", "T1"}}, scratch) == "true");
  CHECK(test::run(program, {{"actor.level", 3}}, scratch) == "false");
  CHECK(test::run(program, {{"context.ticket", "T1"}}, scratch) == "TK-EXPR-0004 1:7 actor.level is not there");
  CHECK(eval("actor.?team.orValue('none')", env) == "\"none\"");
  CHECK(eval("actor.team == 'a' || true", env) == "true");
  CHECK(eval("actor.tema == 'a'", env) == "TK-EXPR-0002 1:7 no field actor.tema");
}

TEST_CASE("each distinct call of an input function is a slot, with its arguments") {
  Environment env;
  env.input_function("count", {parse_type("string").value(), parse_type("duration").value()}, parse_type("int").value());
  auto text = "count('run', duration('1h')) > 2 && count('run', duration('60m')) < 9 || count('end', duration('1s')) == 1";
  auto program = Program::compile(text, env).value();
  REQUIRE(program.inputs().size() == 2);
  CHECK(program.inputs()[0].call);
  CHECK(program.inputs()[0].arguments[0] == Value("run"));
  CHECK(program.inputs()[0].arguments[1] == Value(Duration{3'600'000'000'000}));
  CHECK(program.paths().empty());
  CHECK(eval("count('a' + 'b', duration('1h')) > 1", env) == "TK-EXPR-0003 1:11 count() takes literals only");
  CHECK(eval("count('a', duration('1x')) > 1", env) ==
        "TK-EXPR-0001 1:12 count() is given a time that cannot be read");
  CHECK(eval("count('a') > 1", env) == "TK-EXPR-0003 1:1 count() is given something else than it takes");
}

TEST_CASE("names are looked up in the container and its parents, the longest first; a macro's variable before all") {
  Environment env;
  env.variable("a.b").variable("x.a.b").variable("a").container("x.y");
  CHECK(eval("a.b", env, {{"x.a.b", 1}, {"a.b", 2}}) == "1");
  CHECK(eval(".a.b", env, {{"x.a.b", 1}, {"a.b", 2}}) == "2");
  CHECK(eval("[{'b': 3}].map(a, a.b)", env, {{"x.a.b", 1}}) == "[3]");
  auto copy = env;
  copy.variable("only.there");
  CHECK(eval("only.there", env) == "TK-EXPR-0002 1:1 no variable only");
}

TEST_CASE("paths are what is read, as far as it is known without running") {
  auto paths = [](std::string_view text) {
    auto env = Environment().any_variable();
    return json::compact(Value::List([&] {
      Value::List out;
      auto program = Program::compile(text, env).value();
      for (const auto& p : program.paths()) out.emplace_back(p);
      return out;
    }()));
  };
  CHECK(paths("a.b.c > 1 && a.b == null") == R"(["a.b","a.b.c"])");
  CHECK(paths("a['b'].c[i.j]") == R"(["a.b.c","i.j"])");
  CHECK(paths("a['x y'].c") == R"(["a"])");
  CHECK(paths("l.exists(x, x.y == z) && has(q.r) && q.?s.t.hasValue()") == R"(["l","q.r","q.s.t","z"])");
}

TEST_CASE("an evaluation is bounded in steps, memory and depth, and says so") {
  Limits limits;
  limits.cost = 1000;
  auto ten = std::string("[0,1,2,3,4,5,6,7,8,9]");
  auto loops = ten + ".all(a, " + ten + ".all(b, " + ten + ".all(c, a + b + c >= 0)))";
  CHECK(eval(loops, {}, {}, limits).starts_with("TK-EXPR-0005"));
  CHECK(eval(loops + " || true", {}, {}, limits).starts_with("TK-EXPR-0005"));
  CHECK(eval(loops) == "true");
  auto doubled = [](const std::string& first, const std::string& twice, const std::string& last) {
    std::string text, end;
    for (int i = 0; i < 80; ++i) {
      text += "cel.bind(v, " + (i == 0 ? first : twice) + ", ";
      end += ')';
    }
    return text + last + end;
  };
  CHECK(eval_with(doubled("x", "v + v", "v"), {{"x", "text"}}).starts_with("TK-EXPR-0005"));
  CHECK(eval_with(doubled("x", "v + v", "v"), {{"x", Value::List{1}}}).starts_with("TK-EXPR-0005"));
  CHECK(eval_with(doubled("[x]", "[v, v]", "v"), {{"x", 1}}).starts_with("TK-EXPR-0005"));
  CHECK(eval_with(doubled("[x]", "[v, v]", "v == v"), {{"x", 1}}).starts_with("TK-EXPR-0005"));
  CHECK(eval_with(doubled("[x]", "[[[v]]]", "v"), {{"x", 1}}).find("nested more than 200 deep") != std::string::npos);
}

TEST_CASE("a pattern runs in linear time; a bad one is an error before anything runs") {
  auto long_text = std::string(50'000, 'a');
  CHECK(eval_with("x.matches('(a*)*b')", {{"x", long_text}}) == "false");
  CHECK(eval_with("x.matches(x.substring(0, 1) + '{3}$')", {{"x", long_text}}) == "true");
  CHECK(eval("'a'.matches('(')").starts_with("TK-EXPR-0001 1:13 not a regular expression"));
  CHECK(eval_with("'a'.matches(x)", {{"x", "("}}).starts_with("TK-EXPR-0004"));
}

TEST_CASE("a part is found where it first stands, in short and in long texts") {
  for (std::size_t before : {0, 1, 3, 126, 127, 128, 1000})
    for (const char* part : {"b", "ab", "abab", "aab", "c", ""}) {
      auto text = std::string(before, 'a') + "abaababaab";
      auto at = text.find(part);
      auto expected = std::to_string(at == text.npos ? -1 : static_cast<long>(at));
      CHECK(eval_with("x.indexOf(y)", {{"x", text}, {"y", part}}) == expected);
      CHECK(eval_with("x.contains(y)", {{"x", text}, {"y", part}}) == (at == text.npos ? "false" : "true"));
    }
  CHECK(eval("'a'.contains('ab') || ''.contains('a') || !''.contains('')") == "false");
}

TEST_CASE("one program is run by many threads, each with its own scratch, and a warm scratch gives the same again") {
  auto env = Environment().variable("n").variable("l");
  auto program = Program::compile("l.filter(x, x > n).map(x, string(x) + '!').join(',').matches('^[0-9!,]*$')", env).value();
  std::vector<std::thread> threads;
  std::vector<std::string> results(4);
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&, i] {
      Scratch scratch;
      for (int n = 0; n < 200; ++n) results[i] = test::run(program, {{"n", n % 3}, {"l", Value::List{1, 2, 3}}}, scratch);
    });
  for (auto& t : threads) t.join();
  for (const auto& r : results) CHECK(r == "true");
}
