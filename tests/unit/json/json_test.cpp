#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "core/json/type.hpp"

using namespace tk;

TEST_CASE("JSON that is not one UTF-8 document of bounded depth without duplicates is refused") {
  for (const char* bad : {"", "{", "[1,]", "{\"a\":1,\"a\":2}", "\"\xff\"", "1 2", "nul", "{\"a\" 1}", "01"})
    CHECK_FALSE(json::parse(bad));
  CHECK_FALSE(json::parse(std::string(65, '[') + std::string(65, ']')));
  CHECK(json::parse(std::string(64, '[') + std::string(64, ']')));
  auto error = json::parse("{\n  \"a\": tru\n}", "x.json").error();
  CHECK(error.where.line == 2);
  CHECK(error.where.file == "x.json");
}

TEST_CASE("canonical JSON is RFC 8785: its own number examples and member order") {
  auto canonical = [](const char* text) { return json::canonical(json::parse(text).value()); };
  CHECK(canonical("[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]") ==
        "[333333333.3333333,1e+30,4.5,0.002,1e-27]");
  CHECK(canonical(R"({"peach":1,"péché":2,"pêche":3,"sin":4})") == R"({"peach":1,"péché":2,"pêche":3,"sin":4})");
  CHECK(canonical("{\"\xEF\xAC\xB3\":1,\"\xF0\x9F\x98\x80\":2}") == "{\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
  CHECK(canonical(R"(["\u20ac$\u000F\nA'B\"\\\\\"/"])") == "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]");
  CHECK(canonical("[9007199254740992,9007199254740993,-0.0,1e21,100000000000000000000.0]") ==
        "[9007199254740992,\"9007199254740993\",0,1e+21,100000000000000000000]");
}

TEST_CASE("a type accepts its values only and feeds its like") {
  auto type = [](const char* t) { return json::parse_type(t, ".").value(); };
  CHECK(json::check(type("text"), "x", "a"));
  CHECK_FALSE(json::check(type("int"), "x", "a"));
  CHECK(json::check(type("number"), 1, "a"));
  CHECK_FALSE(json::check(type("list<int>"), json::parse("[1,\"x\"]").value(), "a"));
  CHECK(json::feeds(type("int"), type("number")));
  CHECK_FALSE(json::feeds(type("number"), type("int")));
  CHECK_FALSE(json::feeds(type("list<text>"), type("list<int>")));
  CHECK_FALSE(json::parse_type("txt", "."));
  CHECK_FALSE(json::parse_type("../../etc/x.json", "."));
}

TEST_CASE("a JSON Schema file is a type") {
  const char* schema = R"({"type":"object","required":["line"],"properties":{"line":{"type":"integer","minimum":1}}})";
  CHECK(json::check_schema(schema, "f.json", json::parse(R"({"line":3})").value()));
  CHECK_FALSE(json::check_schema(schema, "f.json", json::parse(R"({"line":0})").value()));
  CHECK_FALSE(json::check_schema("{not json", "f.json", Value()));
}

TEST_CASE("what is written compact or pretty is read back equal, the kinds of its numbers included") {
  Value numbers = Value::List{Value(1.0), Value(std::int64_t{1}), Value(-0.0), Value(1e15), Value(1e18),
                              Value(9007199254740992.0), Value(1.5e-9), Value(123456.75), Value(1e300)};
  CHECK(json::compact(numbers) ==
        "[1.0,1,-0.0,1000000000000000.0,1e+18,9007199254740992.0,1.5e-9,123456.75,1e+300]");
  CHECK(json::parse(json::compact(numbers)).value() == numbers);
  CHECK(json::parse(json::pretty(numbers)).value() == numbers);
}

TEST_CASE("a NUL does not end a document, and a type nests no deeper than 32 lists") {
  CHECK_FALSE(json::parse(std::string_view("{}\0{", 4)));
  std::string deep;
  for (int i = 0; i < 200000; ++i) deep += "list<";
  CHECK_FALSE(json::parse_type(deep + "int" + std::string(200000, '>'), "."));
}
