#include <doctest/doctest.h>

#include "core/base/ids.hpp"
#include "core/journal/row.hpp"

using namespace tk;

TEST_CASE("the chain is SHA-256 over the prefix, the previous hash and the length-prefixed fields") {
  journal::Row row;
  row.seq = 1;
  row.id = "x";
  // Field by field as FORMATS.md lists them; 31 fields, integers as 8 bytes big-endian.
  std::string fields;
  auto number = [&](std::uint64_t n) {
    for (int s = 56; s >= 0; s -= 8) fields += static_cast<char>(n >> s);
  };
  auto text = [&](const std::string& t) { number(t.size()), fields += t; };
  number(8), number(1), number(8), number(1), text("x"), number(8), number(0);
  for (int i = 0; i < 26; ++i) text("");
  CHECK(journal::canonical(row) == fields);
  std::string all("tk-journal-v1\0", 14);
  all += std::string(32, '\0') + fields;
  CHECK(journal::chain({}, row) == crypto::sha256(all));
  CHECK(ids::hex(crypto::sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("no two rows with different fields have the same bytes") {
  journal::Row a, b;
  a.trace_id = "ab";
  b.trace_id = "a";
  b.span_id = "b";
  CHECK(journal::canonical(a) != journal::canonical(b));
}
