#include <doctest/doctest.h>

#include "core/acl/invitation.hpp"
#include "core/acl/standing.hpp"
#include "core/base/ids.hpp"
#include "tests/unit/acl/clocks.hpp"

using namespace tk;
using namespace tk::acl;
using tk::acl::test::Office;

namespace {

struct Guest {
  Office o;
  Invited invited = invite().value();

  Result<Invited> invite(const std::string& address = "ada@example.org") {
    return acl::invite(o.store(), o.realm, address, "role:a/asks", "a", o.owner(), o.world->trace());
  }
  Result<Welcome> open(const std::string& address = "ada@example.org") { return open(invited.code, address); }
  Result<Welcome> open(const std::string& code, const std::string& address) {
    return open_invitation(o.store(), o.index(), o.realm, code, address, o.world->trace());
  }
  Result<record::Outcome> accept(const Welcome& w) { return o.store().apply(acceptance(w, ids::uuid7(), o.world->trace())); }
  std::string state() { return o.store().get(invited.invitation.id).value().state; }
};

std::string why(const Result<Welcome>& r) { return r ? "it was taken" : r.error().message.substr(r.error().message.find(": ") + 2); }

}  // namespace

TEST_CASE("72 hours, to the nanosecond") {
  Guest g;
  acl::test::now_ns = g.invited.invitation.created_ns + kInvitationLifeNs - 1;
  CHECK(g.open());
  ++acl::test::now_ns;
  CHECK(why(g.open()) == "it is older than 72 hours");
  CHECK(g.state() == "expired");
  acl::test::now_ns -= 3'600'000'000'000;
  CHECK(why(g.open()) == "it is older than 72 hours");  // and no clock that is put back opens it again
}

TEST_CASE("found open a moment too early and accepted a moment too late") {
  Guest g;
  acl::test::now_ns = g.invited.invitation.created_ns + kInvitationLifeNs - 1;
  auto welcome = g.open().value();
  ++acl::test::now_ns;
  CHECK_FALSE(g.accept(welcome));
  CHECK(g.state() != "used");
}

TEST_CASE("once, at its address, by its code") {
  Guest g;
  CHECK(why(g.open("bob@example.org")) == "it is for another address");
  CHECK(g.open("  ADA@Example.ORG "));
  for (const auto& code : {std::string(), std::string("tki_"), g.invited.code + "A", "tkr_" + g.invited.code.substr(4), std::string(4000, 'x')})
    CHECK(why(g.open(code, "ada@example.org")) == "that is no code of one");
  auto other = g.invited.code;
  other[60] = other[60] == 'A' ? 'B' : 'A';
  CHECK(why(g.open(other, "ada@example.org")) == "it is unknown");
  auto one = g.open().value(), two = g.open().value();
  REQUIRE(g.accept(one));
  CHECK_FALSE(g.accept(two));
  CHECK(why(g.open()) == "it was accepted already");
}

TEST_CASE("it ends with a newer one, by hand, and with who invited") {
  Guest g;
  SUBCASE("a newer one for the same address") {
    auto second = g.invite().value();
    CHECK(second.withdrawn == std::vector{g.invited.invitation.id});
    CHECK(why(g.open()) == "it was withdrawn");
    CHECK(g.open(second.code, "ada@example.org"));
  }
  SUBCASE("one for somebody else leaves it") {
    CHECK(g.invite("bob@example.org").value().withdrawn.empty());
    CHECK(g.open());
  }
  SUBCASE("who invited is halted") {
    REQUIRE(g.o.store().apply(judge(g.o.store(), Verdict::halt, g.o.owner(), g.o.actor("user:a/deputy"), g.o.world->trace(), "").value()));
    CHECK(why(g.open()) == "who invited is halted");
  }
}

TEST_CASE("neither code nor address is kept") {
  Guest g;
  auto record = g.o.store().get(g.invited.invitation.id).value();
  for (const auto& [name, value] : record.fields) {
    CAPTURE(name);
    for (const auto* part : {"ada@", "example.org"}) CHECK(value.text().find(part) == std::string::npos);  // a hash may hold "ada"
    CHECK(value.text().find(g.invited.code.substr(4)) == std::string::npos);
  }
  CHECK_FALSE(g.invite("ada"));
  CHECK_FALSE(g.invite("ada@"));
  CHECK_FALSE(g.invite("a b@example.org"));
}
