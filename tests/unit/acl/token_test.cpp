#include <doctest/doctest.h>

#include "core/acl/standing.hpp"
#include "tests/unit/acl/clocks.hpp"

using namespace tk;
using namespace tk::acl;
using tk::acl::test::Office;

namespace {

std::string why(Verifier& v, const std::string& token, const std::string& audience = "") {
  auto said = v.verify(token, audience).value();
  CHECK(said->valid == said->reason.empty());
  return said->valid ? "valid" : said->reason;
}

// What the signing key signs for claims that differ from what was issued.
std::string with(const Office& o, const std::string& token, const std::function<void(jwt::Claims&)>& change) {
  auto key = signer(o.store(), key_place(o.realm, o.index()), o.owner(), o.world->trace()).value();
  crypto::VerifyingKey verifying(key.key.public_key());
  auto claims = jwt::read(token, [&](std::string_view) { return &verifying; }, {"tk:test", "tk", acl::test::now_ns / 1'000'000'000}).value();
  change(claims);
  return jwt::sign(claims, key.key, key.kid);
}

}  // namespace

TEST_CASE("a token ends with its record, its actor, its law and its time") {
  Office o;
  Verifier v(o.store(), o.index(), o.realm);
  auto token = o.issue(o.wanted("user:a/l0"));
  CHECK(why(v, token.token) == "valid");
  CHECK(why(v, token.token, "other") == "it is not meant for other but for tk");
  CHECK(v.verify(token.token).value()->actor.token == token.jti);

  SUBCASE("revoked") {
    REQUIRE(o.event(token.jti, "revoke", o.owner()));
    CHECK(why(v, token.token) == "it was revoked");
  }
  SUBCASE("an epoch later") {
    REQUIRE(o.store().apply(judge(o.store(), Verdict::revoke, o.actor("user:a/l0"), o.owner(), o.world->trace(), "").value()));
    CHECK(why(v, token.token) == "the rights that user:a/l0 was given by then were revoked");
    CHECK(why(v, o.issue(o.wanted("user:a/l0")).token) == "valid");
  }
  SUBCASE("halted, and let go on: it does not come back") {
    REQUIRE(o.store().apply(judge(o.store(), Verdict::halt, o.actor("user:a/l0"), o.owner(), o.world->trace(), "").value()));
    CHECK(why(v, token.token) == "user:a/l0 is halted");
    CHECK(party_of(o.store(), o.actor("user:a/l0")).error().code == Code::acl_halted);
    auto resumed = o.store().apply(judge(o.store(), Verdict::resume, o.actor("user:a/l0"), o.actor("user:a/deputy"), o.world->trace(), "").value());
    REQUIRE(resumed);
    CHECK(why(v, token.token) == "the rights that user:a/l0 was given by then were revoked");
  }
  SUBCASE("suspended by law") {
    o.rights.suspended = {0};
    REQUIRE(o.world->set(o.rights));
    CHECK(why(v, token.token) == "user:a/l0 is suspended");
  }
  SUBCASE("expired, to the second; a clock that is put back 30 seconds and more revives nothing older") {
    Office::seconds(299);
    CHECK(why(v, token.token) == "valid");
    Office::seconds(1);
    CHECK(why(v, token.token) == "it has expired");
    Office::seconds(-331);
    CHECK(why(v, token.token) == "it was issued in the future: a clock was put back, or it is forged");
  }
}

TEST_CASE("a signature alone makes no token") {
  Office o;
  Verifier v(o.store(), o.index(), o.realm);
  auto wanted = o.wanted("user:a/l0");
  wanted.chain = {party_of(o.store(), o.actor("agent:a/b0")).value()};
  wanted.details = {{{"thing.do0"}, {"thing:a/t0"}, "", ""}};
  auto token = o.issue(wanted).token;
  auto other = party_of(o.store(), o.actor("user:a/l1")).value();
  CHECK(why(v, with(o, token, [](jwt::Claims&) {})) == "valid");
  const std::vector<std::function<void(jwt::Claims&)>> changes = {
      [](jwt::Claims& c) { c.expires += 1; },
      [](jwt::Claims& c) { c.audience.push_back("other"); },
      [&](jwt::Claims& c) { c.subject = other; },
      [&](jwt::Claims& c) { c.subject.id = other.id; },
      [&](jwt::Claims& c) { c.chain.front().id = other.id; },
      [](jwt::Claims& c) { c.chain.clear(); },
      [](jwt::Claims& c) { std::swap(c.chain.front(), c.subject); },
      [&](jwt::Claims& c) { c.chain.push_back(other); },
      [](jwt::Claims& c) { c.details.clear(); },
      [](jwt::Claims& c) { c.details.front().actions = {"*"}; },
      [](jwt::Claims& c) { c.details.front().locations = {"**"}; },
      [](jwt::Claims& c) { c.details.front().purpose = "more"; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    CHECK(why(v, with(o, token, changes[i])) == "it says something else than what was issued");
    CHECK(why(v, token) == "valid");
  }
  CHECK(why(v, with(o, token, [](jwt::Claims& c) { c.jti = "00000000-0000-7000-8000-000000000000"; })) == "it is unknown here");
}

TEST_CASE("keys turn: the next signs, the one before verifies for a week; a stolen one not for a moment") {
  Office o;
  Verifier v(o.store(), o.index(), o.realm);
  auto place = key_place(o.realm, o.index());
  auto turn = [&](bool at_once) { return rotate(o.store(), place, o.owner(), o.world->trace(), "", at_once).value(); };
  auto old = o.issue(o.wanted("user:a/l0", jwt::kLongest));
  auto first = KeyRing::load(o.store()).value();
  auto next = first.in("next")->kid, current = first.in("current")->kid;
  auto ring = turn(false);
  CHECK(ring.in("current")->kid == next);
  CHECK(why(v, old.token) == "valid");
  auto now = acl::test::now_ns / 1'000'000;
  CHECK(ring.find(current, now + (jwt::kLongest + jwt::kSkew) * 1000 - 1) != nullptr);
  CHECK(ring.find(current, now + (jwt::kLongest + jwt::kSkew) * 1000) == nullptr);
  CHECK(ring.jwks(now)["keys"].as_list()->size() == 3);
  CHECK(os::exists(o.realm.keys + "/token-1.key"));
  auto young = o.issue(o.wanted("user:a/l0"));
  CHECK(why(v, young.token) == "valid");
  ring = turn(true);
  // Both had just been found good: what was remembered went with the keys.
  CHECK(why(v, old.token) == "its key is unknown");
  CHECK(why(v, young.token) == "its key is unknown");
  CHECK(ring.jwks(now)["keys"].as_list()->size() == 2);
  CHECK_FALSE(os::exists(o.realm.keys + "/token-1.key"));
  CHECK(why(v, o.issue(o.wanted("user:a/l0")).token) == "valid");
}

TEST_CASE("a key file that is not what it was signs nothing") {
  Office o;
  o.issue(o.wanted("user:a/l0"));
  auto file = o.realm.keys + "/token-1.key";
  auto sign = [&] { return signer(o.store(), key_place(o.realm, o.index()), o.owner(), o.world->trace()); };
  REQUIRE(sign());
  REQUIRE(os::write_atomic(file, std::string(32, 'x'), 0600));
  CHECK(sign().error().code == Code::acl_key);
  REQUIRE(os::write_atomic(file, std::string(31, 'x'), 0600));
  CHECK(sign().error().code == Code::acl_key);
  REQUIRE(os::write_atomic(file, std::string(32, 'x'), 0644));
  CHECK(sign().error().code == Code::acl_key);
  REQUIRE(os::remove_file(file));
  CHECK(sign().error().code == Code::acl_key);
}
