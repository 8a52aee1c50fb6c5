#include <doctest/doctest.h>

#include "core/expr/ast.hpp"
#include "tests/unit/expr/evaluator.hpp"

using namespace tk;
using namespace tk::expr;

namespace {

std::string again(std::string_view text) {
  auto tree = parse(text);
  return tree ? unparse(*tree) : test::said(tree.error());
}

std::string repeated(std::string_view part, std::size_t n) {
  std::string out;
  while (n-- > 0) out += part;
  return out;
}

Code code_of(const std::string& text) {
  auto tree = parse(text);
  return tree ? Code::bug : tree.error().code;
}

}  // namespace

TEST_CASE("an expression is written with no more parentheses than it needs") {
  CHECK(again("((a + b)) * (c)") == "(a + b) * c");
  CHECK(again("a+(b+c)") == "a + (b + c)");
  CHECK(again("(a&&b)||(c)") == "a && b || c");
  CHECK(again("a ? (b ? 1 : 2) : (c ? 3 : 4)") == "a ? (b ? 1 : 2) : c ? 3 : 4");
  CHECK(again("!(!a) && !(a in b)") == "!!a && !(a in b)");
  CHECK(again("-(5) - -5 - (-x)") == "-(5) - -5 - -x");
  CHECK(again("(-5).f() + -(5.f())") == "-5.f() + -(5.f())");
  CHECK(again("has( a . b ) && a.?b[?0].`c-d` == {?'k': v, 1u: [?x, y]}") ==
        "has(a.b) && a.?b[?0].`c-d` == {?\"k\": v, 1u: [?x, y]}");
  CHECK(again("l.all(i, x, x>i)||cel.bind(t, 1, t+t)==.a.B{f: 1, ?g: 2}") ==
        "l.all(i, x, x > i) || cel.bind(t, 1, t + t) == .a.B{f: 1, ?g: 2}");
  CHECK(again("1.0 + 1e300 + .5 + 0x10 + -9223372036854775808") == "1.0 + 1e+300 + 0.5 + 16 + -9223372036854775808");
  CHECK(again("'a\\'\\n\\x41\\u00e9' + r'\\d' + '''x\ny'''") == "\"a'\\nAé\" + \"\\\\d\" + \"x\\ny\"");
  CHECK(again("b'\\xff\\101' + b\"é\"") == "b\"\\xffA\" + b\"\\xc3\\xa9\"");
}

TEST_CASE("a macro is kept with its variables; with another number of arguments it is a call") {
  auto tree = parse("l.map(x, x > 1, x * 2)").value();
  CHECK(tree.kind == Node::Kind::macro);
  CHECK(tree.names == std::vector<std::string>{"x"});
  CHECK(tree.children.size() == 3);
  CHECK(parse("l.map(x)").value().kind == Node::Kind::call);
  CHECK(parse("has(a.b.c)").value().test);
  CHECK(again("has(a)") == "TK-EXPR-0001 1:1 has() asks for one field");
  CHECK(again("l.all(a.b, true)") == "TK-EXPR-0001 1:9 all() needs a simple name for its variable");
  CHECK(again("l.all(x, x, true)") == "TK-EXPR-0001 1:10 the variable x twice");
}

TEST_CASE("a syntax error says line, column in characters, and what was expected") {
  CHECK(again("") == "TK-EXPR-0001 1:1 expected an expression, found the end");
  CHECK(again("a &&\n  'é' ++ b") == "TK-EXPR-0001 2:8 expected an expression, found +");
  CHECK(again("a = b") == "TK-EXPR-0001 1:3 a single =");
  CHECK(again("a b") == "TK-EXPR-0001 1:3 expected an operator or the end, found b");
  CHECK(again("[1, 2") == "TK-EXPR-0001 1:6 expected , or ], found the end");
  CHECK(again("'abc") == "TK-EXPR-0001 1:1 a quote without its end");
  CHECK(again("'\\q'") == "TK-EXPR-0001 1:2 an escape that is none");
  CHECK(again("'\\ud800'") == "TK-EXPR-0001 1:2 an escape that is no Unicode character");
  CHECK(again("9223372036854775808") == "TK-EXPR-0001 1:1 an integer of more than 63 bits");
  CHECK(again("18446744073709551616u") == "TK-EXPR-0001 1:1 an integer of more than 64 bits");
  CHECK(again("1e999") == "TK-EXPR-0001 1:1 a number too big for a double");
  CHECK(again("for") == "TK-EXPR-0001 1:1 for is a reserved word");
  CHECK(again("f(a,)") == "TK-EXPR-0001 1:5 expected an argument, found )");
  CHECK(again("\"a\xff\"") == "TK-EXPR-0001 1:3 not UTF-8");
}

TEST_CASE("text, nesting and height of a tree are bounded") {
  constexpr std::size_t kMany = 1 << 20;
  for (const char* part : {"(", "[", "{1:", "!", "-", "a?b:", "f(", "a[", "x.f(", "has(", "1+(", "'", "`", "T{a:"}) {
    auto code = code_of(repeated(part, kMany / std::string_view(part).size()));
    CHECK((code == Code::expr_limit || code == Code::expr_syntax));
  }
  for (const char* part : {"+1", ".x", "[0]", "||true", ".f()"})
    CHECK(code_of("a" + repeated(part, 2000)) == Code::expr_limit);
  CHECK(code_of(std::string(kMany + 1, ' ')) == Code::expr_limit);
  CHECK(again(repeated("(", 200) + "1" + repeated(")", 200)) == "1");
  CHECK(parse("a" + repeated(" || a", 450)));
  auto list = "[1" + repeated(",1", 200'000) + "]";
  CHECK(parse(list).value().children.size() == 200'001);
}
