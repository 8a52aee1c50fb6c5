#include <doctest/doctest.h>

#include "core/base/base64.hpp"
#include "core/base/ids.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/seal.hpp"

using namespace tk;

namespace {

std::string unhex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

}  // namespace

TEST_CASE("crypto: Ed25519 signs as RFC 8032 section 7.1 says") {
  auto seed_bytes = unhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
  crypto::Seed seed{};
  std::copy(seed_bytes.begin(), seed_bytes.end(), seed.begin());
  auto key = crypto::SigningKey::from_seed(seed);
  CHECK(ids::hex(key.public_key()) == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  auto message = unhex("af82");
  auto signature = key.sign(message);
  CHECK(ids::hex(signature) == "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                               "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  crypto::VerifyingKey check(key.public_key());
  std::string text(signature.begin(), signature.end());
  CHECK(check.verify(message, text));
  CHECK_FALSE(check.verify("af83", text));
  text[5] ^= 1;
  CHECK_FALSE(check.verify(message, text));
  CHECK_FALSE(check.verify(message, ""));
  crypto::PublicKey identity{1};  // of small order: R = A = 1, S = 0 fits every message
  std::string forged(64, '\0');
  forged[0] = 1;
  CHECK_FALSE(crypto::VerifyingKey(identity).verify("anything", forged));
}

TEST_CASE("crypto: what is sealed opens with its key, in its place, unchanged, and in no other way") {
  crypto::SealKey key{}, other{};
  key.fill(7);
  other.fill(8);
  for (std::string text : {"", "x", "alice@example.org", "a longer text, of more than two blocks of sixteen bytes"}) {
    auto sealed = crypto::seal(key, "place", text);
    CHECK(sealed == crypto::seal(key, "place", text));
    CHECK(sealed != crypto::seal(key, "elsewhere", text));
    CHECK(crypto::unseal(key, "place", sealed) == text);
    CHECK_FALSE(crypto::unseal(key, "elsewhere", sealed));
    CHECK_FALSE(crypto::unseal(other, "place", sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      auto changed = sealed;
      changed[i] ^= 1;
      CHECK_FALSE(crypto::unseal(key, "place", changed));
      CHECK_FALSE(crypto::unseal(key, "place", sealed.substr(0, i)));
    }
  }
}

TEST_CASE("crypto: HMAC of RFC 4231, test case 2") {
  CHECK(ids::hex(crypto::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("base64: RFC 4648 section 10, and one spelling only") {
  for (auto [plain, coded] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
    CHECK(base64::encode(plain) == coded);
    CHECK(base64::decode(coded) == plain);
  }
  CHECK(base64::encode_url("\xfb\xff") == "-_8");
  CHECK(base64::decode_url("-_8") == "\xfb\xff");
  for (auto bad : {"Zg", "Zg=", "Zh==", "Z===", "Zg==\n", " Zg==", "Zg==Zg==", "====", "Z"}) CHECK_FALSE(base64::decode(bad));
  for (auto bad : {"Zg==", "Zh", "Z", "Zm9+", "Zm9 "}) CHECK_FALSE(base64::decode_url(bad));
}
