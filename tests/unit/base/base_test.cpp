#include <doctest/doctest.h>

#include <set>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/ids.hpp"
#include "core/base/text.hpp"

using namespace tk;

TEST_CASE("every error code is unique and has a long form") {
  std::size_t n = 0;
  const auto* codes = code_table(n);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(seen.insert(codes[i].text).second);
    CHECK(codes[i].long_form.size() > 20);
    CHECK(static_cast<std::size_t>(codes[i].code) == i);
  }
  CHECK(find_code("tk-law-0005")->code == Code::law_denied);
  CHECK(find_code("TK-NO-1") == nullptr);
}

TEST_CASE("ids are UUIDv7, ordered within a process and never the same") {
  std::string last;
  for (int i = 0; i < 10000; ++i) {
    auto id = ids::uuid7();
    CHECK(ids::is_uuid(id));
    CHECK(id[14] == '7');
    CHECK(id > last);
    last = id;
  }
}

TEST_CASE("durations and times are read and written") {
  CHECK(clock::parse_duration("120s").value() == 120'000'000'000);
  CHECK(clock::parse_duration("1h30m").value() == 5'400'000'000'000);
  for (const char* bad : {"", "s", "12", "5x", "-1s", "-0s", "99999999999999999999h", "9223372036854775807h"})
    CHECK_FALSE(clock::parse_duration(bad));
  CHECK(clock::rfc3339(1'795'393'532'289'000'000) == "2026-11-23T00:25:32.289Z");
  CHECK(clock::parse_rfc3339("2026-11-23T00:25:32.289Z").value() == 1'795'393'532'289'000'000);
  CHECK(clock::parse_rfc3339("2026-11-23T02:25:32+02:00").value() == 1'795'393'532'000'000'000);
  CHECK_FALSE(clock::parse_rfc3339("yesterday"));
}

TEST_CASE("UTF-8 is judged as RFC 3629 says") {
  CHECK(text::invalid_utf8("grüße €😀") == std::string_view::npos);
  CHECK(text::invalid_utf8("a\xC0\xAF") == 1);          // overlong
  CHECK(text::invalid_utf8("\xED\xA0\x80") == 0);       // surrogate
  CHECK(text::invalid_utf8("\xF4\x90\x80\x80") == 0);   // beyond U+10FFFF
  CHECK(text::to_utf8("a\xFF" "b") == "a\xEF\xBF\xBD" "b");
  CHECK(text::printable("a\x1b[31mb\n") == "a\\x1b[31mb\n");
}

TEST_CASE("did-you-mean takes the nearest word and not a far one") {
  CHECK(text::nearest("anser", {"answer", "resume"}) == "answer");
  CHECK(text::nearest("wto", {"wot", "log"}) == "wot");
  CHECK(text::nearest("zebra", {"wot", "log"}).empty());
}

TEST_CASE("a time is a day that exists, and one that 64 bits can tell") {
  for (const char* bad : {"9999-12-31T23:59:59Z", "0001-01-01", "2026-13-01", "2026-02-29", "2026x11y22",
                          "2026-11-22T24:00:00Z", "2026-11-22 10.00.00Z", "2026-11-22T10:00:00.Z",
                          "2026-11-22T10:00:00+99:00", "2026-11-22T10:00:00"})
    CHECK_FALSE(clock::parse_rfc3339(bad));
  CHECK(clock::rfc3339(clock::parse_rfc3339("2024-02-29t23:30:00.1234+01:30").value()) ==
        "2024-02-29T22:00:00.123Z");
}

TEST_CASE("join is split turned round, empty parts included") {
  CHECK(text::join({"", "a", ""}, ",") == ",a,");
  CHECK(text::nearest(std::string(1u << 20, 'x'), {std::string(1u << 20, 'y') + "zzz", "name"}).empty());
}
