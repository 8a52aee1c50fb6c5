#include <doctest/doctest.h>

#include "core/toml/toml.hpp"

using namespace tk;

namespace {

std::string times(std::string_view word, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += word;
  return out;
}

}  // namespace

TEST_CASE("what would make a tree deeper than a stack is refused before the parse, at its place") {
  auto deep = [](const std::string& text) {
    auto tree = toml::parse(text, "f.toml");
    REQUIRE_FALSE(tree);
    CHECK(tree.error().message == "nested deeper than 64 levels");
    return tree.error().where.line;
  };
  CHECK(deep("a = 1\nb" + times(".b", 300000) + " = 1\n") == 2);
  CHECK(deep("[a" + times(".a", 300000) + "]\n") == 1);
  CHECK(deep("a = " + times("[", 300) + times("]", 300)) == 1);
  CHECK(deep("a" + times(".a", 30) + " = {b" + times(".b", 40) + " = 1}\n") == 1);
  // Quotes that end a text of three cannot hide what stands behind them.
  CHECK(deep("a = {x = \"\"\"y\"\"\"\", b" + times(".b", 300000) + " = 1, c = \"\"}\n") == 1);
  CHECK(deep("a = {x = '''y''''', \"b\"" + times(".'b'", 200000) + " = 1}\n") == 1);
}

TEST_CASE("dots that are no keys do not count") {
  auto dots = times(".", 500);
  for (const std::string& good : {"a = \"" + dots + "\"\n", "# " + dots + "\n", "a = '''\n" + dots + "'''\n",
                           "a = [" + times("0.5, ", 500) + "]\n", times("\n[a]", 1) + "\nb.c = 0.1\n",
                           "a = [\n" + times("  1.5,\n", 500) + "]\n",
                           "a = \"\\\"" + dots + "\"\n", std::string("a.b.c.d.e.f = {g.h = [[[1]]]}\n")})
    CHECK(toml::parse(good, "f.toml"));
  CHECK_FALSE(toml::parse("a = \"" + std::string(1u << 20, 'x') + "\"", "f.toml"));
}
