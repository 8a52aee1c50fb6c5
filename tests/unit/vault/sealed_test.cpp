#include <doctest/doctest.h>

#include "core/vault/bech32.hpp"
#include "core/vault/sealed.hpp"

using namespace tk;
using namespace tk::vault;

namespace {

const Place kDb{"secret:acme.web/db", "0192f3a1-0000-7000-8000-000000000001", 3};

}  // namespace

TEST_CASE("bech32: BIP 173's good and bad ones") {
  for (const char* good : {"A12UEL5L", "a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
                           "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
                           "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs"})
    CHECK_MESSAGE(bech32::decode(good).has_value(), good);
  for (const char* bad : {"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8", "10a06t8", "1qzzfhee", "a12UEL5L",
                          "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx"})
    CHECK_MESSAGE(!bech32::decode(bad).has_value(), bad);
  auto bytes = std::string("\0\1\2\xff some bytes", 14);
  CHECK(bech32::decode(bech32::encode("age", bytes))->bytes == bytes);
}

TEST_CASE("a sealed value opens in its own place and version only, for its recipients only") {
  auto mine = age::Identity::generate(), other = age::Identity::generate();
  std::vector<age::Recipient> to{mine.recipient()};
  std::vector<age::Identity> keys{mine}, others{other};
  for (const std::string& value : {std::string(), std::string("hunter2"), std::string("with\nlines\n\0and nul", 18), std::string(200000, 'x')}) {
    auto sealed = seal(kDb, value, to);
    CHECK(sealed.find(value.empty() ? "tk-secret" : value) == sealed.npos);
    CHECK(*open(kDb, sealed, {keys, {}}) == value);
    CHECK(open(kDb, sealed, {others, {}}).error().kind == age::Failure::no_match);
    for (const auto& place : {Place{"secret:acme.web/other", kDb.id, 3}, Place{kDb.ref, "another id", 3}, Place{kDb.ref, kDb.id, 2}, Place{kDb.ref, kDb.id, 4}})
      CHECK(open(place, sealed, {keys, {}}).error().kind == age::Failure::payload);
  }
  CHECK(open(kDb, "not base64!", {keys, {}}).error().kind == age::Failure::header);
}
