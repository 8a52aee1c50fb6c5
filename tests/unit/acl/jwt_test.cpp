#include <doctest/doctest.h>

#include "core/acl/jwt.hpp"
#include "core/base/base64.hpp"
#include "core/json/json.hpp"

using namespace tk;
using namespace tk::acl;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

const crypto::SigningKey& key() {
  static const auto out = crypto::SigningKey::from_seed({1, 2, 3});
  return out;
}
const crypto::VerifyingKey* find(std::string_view kid) {
  static const crypto::VerifyingKey verifying(key().public_key());
  return kid == "k" ? &verifying : nullptr;
}

jwt::Claims claims() {
  jwt::Claims c;
  c.issuer = "tk:here";
  c.jti = "j";
  c.audience = {"tk"};
  c.issued = c.not_before = kNow;
  c.expires = kNow + 300;
  c.subject = {"u1", "user:a/ada", 2};
  c.chain = {{"a1", "agent:a/one", 0}};
  c.details = {{{"cast.answer"}, {"cast:a/**"}, "", "review"}};
  c.family = "f";
  c.lease = "l";
  return c;
}

Result<jwt::Claims> read(std::string_view token, std::int64_t now = kNow, std::string_view audience = "tk",
                         std::string_view issuer = "tk:here") {
  return jwt::read(token, find, {issuer, audience, now});
}
std::string why(const Result<jwt::Claims>& r) { return r ? "it was taken" : r.error().message; }

// Signed as they stand, whatever they say.
std::string signed_text(const std::string& header, const std::string& body) {
  auto text = base64::encode_url(header) + "." + base64::encode_url(body);
  auto s = key().sign(text);
  return text + "." + base64::encode_url({reinterpret_cast<const char*>(s.data()), s.size()});
}
std::string payload_of(const std::string& token) {
  auto first = token.find('.'), second = token.rfind('.');
  return base64::decode_url(token.substr(first + 1, second - first - 1)).value();
}
constexpr const char* kHeader = R"({"alg":"EdDSA","kid":"k","typ":"at+jwt"})";

}  // namespace

TEST_CASE("what was signed is read again, whole") {
  auto c = claims();
  auto back = read(jwt::sign(c, key(), "k"));
  REQUIRE(back);
  CHECK(*back == c);
  CHECK(back->actor().ref == "agent:a/one");
  c = {c.issuer, c.jti, {"x", "tk"}, c.expires, c.not_before, c.issued, c.subject, {}, {}, "", ""};
  back = read(jwt::sign(c, key(), "k"));
  REQUIRE(back);
  CHECK(*back == c);
  CHECK(back->actor().ref == "user:a/ada");
}

TEST_CASE("RFC 8037, appendix A: the key's thumbprint, and the signature of its example") {
  auto seed = base64::decode_url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value();
  crypto::Seed bytes{};
  std::copy(seed.begin(), seed.end(), bytes.begin());
  auto rfc = crypto::SigningKey::from_seed(bytes);
  CHECK(jwt::thumbprint(rfc.public_key()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  auto s = rfc.sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
  CHECK(base64::encode_url({reinterpret_cast<const char*>(s.data()), s.size()}) ==
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

TEST_CASE("both names of the algorithm, and no third") {
  auto body = payload_of(jwt::sign(claims(), key(), "k"));
  CHECK(read(signed_text(kHeader, body)));
  CHECK(read(signed_text(R"({"alg":"Ed25519","kid":"k","typ":"at+jwt"})", body)));
  for (const char* alg : {"none", "HS256", "RS256", "Ed448", "eddsa", "ed25519", ""})
    CHECK(why(read(signed_text(std::string(R"({"alg":")") + alg + R"(","kid":"k","typ":"at+jwt"})", body))) ==
          "its algorithm is " + std::string(alg) + ", not EdDSA");
}

TEST_CASE("a header says three things") {
  auto body = payload_of(jwt::sign(claims(), key(), "k"));
  for (const char* more : {"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "cty", "foo"})
    CHECK(why(read(signed_text(R"({"alg":"EdDSA","kid":"k","typ":"at+jwt",")" + std::string(more) + R"(":1})", body))) ==
          "its header has " + std::string(more) + ", which is refused");
  CHECK(why(read(signed_text(R"({"alg":"EdDSA","kid":"other","typ":"at+jwt"})", body))) == "its key is unknown");
  CHECK(why(read(signed_text(R"({"alg":"EdDSA","kid":"k","typ":"JWT"})", body))) == "it is a JWT, not an at+jwt");
  CHECK(why(read(signed_text("\xef\xbb\xbf" + std::string(kHeader), body))) == "its header is no JSON object");
  CHECK(why(read(signed_text(kHeader, "\xef\xbb\xbf" + body))) == "its payload is no JSON object");
  CHECK(why(read(signed_text(kHeader, "[" + body + "]"))) == "its payload is no JSON object");
}

TEST_CASE("exp is exact; nbf and iat may lie 30 seconds ahead, and no clock that was put back revives more") {
  auto token = jwt::sign(claims(), key(), "k");
  CHECK(read(token, kNow + 299));
  CHECK(why(read(token, kNow + 300)) == "it has expired");
  CHECK(read(token, kNow - 30));
  CHECK(why(read(token, kNow - 31)) == "it was issued in the future: a clock was put back, or it is forged");
  auto later = claims();
  later.issued = kNow - 60;
  CHECK(why(read(jwt::sign(later, key(), "k"), kNow - 31)) == "it is not valid yet");
  CHECK(read(jwt::sign(later, key(), "k"), kNow - 30));
}

TEST_CASE("no token lives for longer than a week, or backwards") {
  auto c = claims();
  c.expires = c.not_before + jwt::kLongest;
  CHECK(read(jwt::sign(c, key(), "k")));
  ++c.expires;
  CHECK(why(read(jwt::sign(c, key(), "k"))) == "it lives longer than any token does");
  c.expires = c.not_before;
  CHECK(why(read(jwt::sign(c, key(), "k"))) == "its exp is not after its nbf");
}

TEST_CASE("for another service, from another issuer") {
  auto token = jwt::sign(claims(), key(), "k");
  CHECK(why(read(token, kNow, "t")) == "it is not meant for t but for tk");
  CHECK(why(read(token, kNow, "tk2")) == "it is not meant for tk2 but for tk");
  CHECK(why(read(token, kNow, "tk", "tk:her")) == "it was issued by somebody else: tk:here");
}

TEST_CASE("every byte of a token counts") {
  auto token = jwt::sign(claims(), key(), "k");
  for (std::size_t i = 0; i < token.size(); ++i)
    for (char c : {'A', '.', '=', '\0', '\xff'}) {
      auto other = token;
      if (other[i] == c) continue;
      other[i] = c;
      CHECK_FALSE(read(other));
    }
  for (std::size_t n = 0; n < token.size(); ++n) {
    CHECK_FALSE(read(token.substr(0, n)));
    if (n > 0) CHECK_FALSE(read(token.substr(n)));
  }
}

TEST_CASE("bounded before it is looked at: 8 KiB, 8 who act, 64 of a list") {
  CHECK(why(read(std::string(8193, 'a'))) == "it is longer than 8192 bytes");
  CHECK(why(read(std::string(1 << 20, '.'))) == "it is longer than 8192 bytes");
  auto c = claims();
  c.chain.assign(8, c.chain.front());
  CHECK(read(jwt::sign(c, key(), "k")));
  c.chain.push_back(c.chain.front());
  CHECK(why(read(jwt::sign(c, key(), "k"))) == "its act chain is too long");
  c = claims();
  c.audience.assign(65, "tk");
  CHECK(why(read(jwt::sign(c, key(), "k"))) == "its aud is no list of texts");
}

TEST_CASE("a limit that is not understood is refused, not ignored") {
  auto c = claims();
  c.details = {{{"a.b"}, {}, "", ""}};
  CHECK(why(read(jwt::sign(c, key(), "k"))) == "its authorization_details name no actions or no locations");
  c.details = {{{}, {}, "lease", ""}};
  CHECK(read(jwt::sign(c, key(), "k")));
  auto body = payload_of(jwt::sign(claims(), key(), "k"));
  auto with = [&](const std::string& from, const std::string& to) {
    auto other = body;
    auto at = other.find(from);
    REQUIRE(at != other.npos);
    return why(read(signed_text(kHeader, other.replace(at, from.size(), to))));
  };
  CHECK(with(R"("type":"tk")", R"("type":"other")") == "its authorization_details have a type that is not tk");
  CHECK(with(R"("type":"tk")", R"("type":"tk","when":"x")") == "its authorization_details have when, which is unknown");
  CHECK(with(R"("exp":1800000300)", R"("exp":1800000300.0)") == "its exp is no whole number");
  CHECK(with(R"("exp":1800000300)", R"("exp":"1800000300")") == "its exp is no whole number");
  CHECK(with(R"("exp":1800000300)", R"("exp":1800000300,"exp":1900000000)").find("stands twice") != std::string::npos);
}
