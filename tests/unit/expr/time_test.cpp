#include <doctest/doctest.h>

#include "tests/unit/expr/evaluator.hpp"

using namespace tk;
using namespace tk::expr;
using test::eval;

namespace {

void append(std::string& out, std::uint64_t value, int bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes));
}

// A zone that was at +01:00 until 2000-01-01 and has the rule behind it since (RFC 8536, version 2).
std::string zone_bytes(std::string_view rule) {
  std::string out;
  for (int width : {4, 8}) {
    out += "TZif2" + std::string(15, '\0');
    for (std::uint64_t count : {0, 0, 0, 1, 2, 8}) append(out, count, 4);
    append(out, 946684800, width);
    out += '\1';
    for (std::uint64_t offset : {3600, 7200}) {
      append(out, offset, 4);
      out += std::string("\0\0", 2);
    }
    out += std::string("AAA\0BBB\0", 8);
  }
  return out + "\n" + std::string(rule) + "\n";
}

std::string zones(std::string_view name) {
  if (name == "Test/Europe") return zone_bytes("CET-1CEST,M3.5.0,M10.5.0/3");
  if (name == "Test/South") return zone_bytes("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  if (name == "Test/Julian") return zone_bytes("AAA0BBB,J60/0,299/0");
  return name == "Test/Broken" ? "TZif2 and no more" : "";
}

std::string hours(const std::string& moment, const std::string& zone) {
  auto env = Environment().zones(zones);
  return eval("timestamp('" + moment + "').getHours('" + zone + "')", env);
}

}  // namespace

TEST_CASE("a named zone's bytes come from the host; its rule goes on where its list ends") {
  CHECK(hours("1999-07-01T00:00:00Z", "Test/Europe") == "1");
  CHECK(hours("2026-03-29T00:59:59Z", "Test/Europe") == "1");
  CHECK(hours("2026-03-29T01:00:00Z", "Test/Europe") == "3");
  CHECK(hours("2026-10-25T00:59:59Z", "Test/Europe") == "2");
  CHECK(hours("2026-10-25T01:00:00Z", "Test/Europe") == "2");
  CHECK(hours("2026-01-15T00:00:00Z", "Test/South") == "11");
  CHECK(hours("2026-07-15T00:00:00Z", "Test/South") == "10");
  CHECK(hours("2026-02-28T23:59:59Z", "Test/Julian") == "23");
  CHECK(hours("2026-03-01T00:00:00Z", "Test/Julian") == "1");
  CHECK(hours("2026-01-01T00:00:00Z", "-02:30") == "21");
  CHECK(hours("2026-01-01T00:00:00Z", "UTC") == "0");
  CHECK(hours("2026-01-01T00:00:00Z", "Test/Broken").find("no time zone Test/Broken here") != std::string::npos);
  CHECK(eval("timestamp('2026-01-01T00:00:00Z').getHours('Europe/Berlin')").find("no time zone") != std::string::npos);
}

TEST_CASE("times keep within the years 1 to 9999, and to the nanosecond") {
  CHECK(eval("timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')") == "TK-EXPR-0004 1:45 out of range");
  CHECK(eval("string(timestamp('0001-01-01T00:00:00.000000001Z'))") == "\"0001-01-01T00:00:00.000000001Z\"");
  CHECK(eval("string(timestamp('2026-11-24T16:00:00.5+01:00'))") == "\"2026-11-24T15:00:00.5Z\"");
  CHECK(eval("timestamp('2024-02-29T00:00:00Z').getDayOfYear()") == "59");
  CHECK(eval("timestamp('2000-01-01T00:00:00Z').getDayOfWeek()") == "6");
  CHECK(eval("timestamp('2023-02-29T00:00:00Z')").starts_with("TK-EXPR-0004"));
  CHECK(eval("timestamp('2023-02-28 00:00:00Z')").starts_with("TK-EXPR-0004"));
  CHECK(eval("timestamp('2023-02-28T00:00:00')").starts_with("TK-EXPR-0004"));
  CHECK(eval("string(duration('-1h30m0.5s'))") == "\"-5400.5s\"");
  CHECK(eval("string(duration('-9223372036854775808ns'))") == "\"-9223372036.854775808s\"");
  CHECK(eval("duration('9223372036854775808ns')").starts_with("TK-EXPR-0004"));
  CHECK(eval("duration('1')").starts_with("TK-EXPR-0004"));
  CHECK(eval("int(timestamp('1969-12-31T23:59:59.5Z'))") == "-1");
}

TEST_CASE("a timestamp of a Value and back keeps its nanoseconds, before 1970 too") {
  for (std::int64_t ns : {0ll, -1ll, 1'700'000'000'123'456'789ll, -9'000'000'000'000'000'001ll})
    CHECK(Cell::timestamp({ns}).value() == Value(Timestamp{ns}));
}
