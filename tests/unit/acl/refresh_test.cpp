#include <doctest/doctest.h>

#include "core/acl/refresh.hpp"
#include "core/acl/standing.hpp"
#include "tests/unit/acl/clocks.hpp"

using namespace tk;
using namespace tk::acl;
using tk::acl::test::Office;

namespace {

struct Holder {
  Office o;
  Family family;
  Verifier v{o.store(), o.index(), o.realm};
  Issued access;

  Holder() {
    auto wanted = o.wanted("user:a/l0");
    family = new_family(o.realm, wanted, 300, o.owner(), o.world->trace()).value();
    o.store().apply(family.change).value();
    wanted.family = family.id;
    access = o.issue(wanted);
  }
  Result<Refreshed> use(const std::string& token) { return refresh(o.store(), o.index(), o.realm, token, o.world->trace()); }
  bool valid(const std::string& token) { return v.verify(token).value()->valid; }
  std::string state() { return o.store().get(family.id).value().state; }
};

std::string why(const Result<Refreshed>& r) { return r ? "it was taken" : r.error().message; }

}  // namespace

TEST_CASE("a retry within ten seconds gets the same successor; after that two hold it") {
  Holder h;
  auto second = h.use(h.family.refresh_token).value();
  CHECK(second.refresh_token != h.family.refresh_token);
  Office::seconds(9.999);
  CHECK(h.use(h.family.refresh_token).value().refresh_token == second.refresh_token);
  CHECK(h.valid(h.access.token));
  CHECK(h.valid(second.access.token));
  Office::seconds(0.001);
  CHECK(why(h.use(h.family.refresh_token)).find("its family is ended") != std::string::npos);
  CHECK(h.state() == "dead");
  CHECK_FALSE(h.valid(h.access.token));
  CHECK_FALSE(h.valid(second.access.token));
  CHECK(why(h.use(second.refresh_token)).find("its family was ended") != std::string::npos);
}

TEST_CASE("the one before the one before is a reuse at any time") {
  Holder h;
  auto second = h.use(h.family.refresh_token).value();
  auto third = h.use(second.refresh_token).value();
  CHECK_FALSE(h.use(h.family.refresh_token));
  CHECK(h.state() == "dead");
  CHECK_FALSE(h.valid(third.access.token));
}

TEST_CASE("a clock that was put back lengthens the ten seconds by thirty at most") {
  Holder h;
  auto second = h.use(h.family.refresh_token).value();
  Office::seconds(-30);
  CHECK(h.use(h.family.refresh_token).value().refresh_token == second.refresh_token);
  Office::seconds(-1);
  CHECK_FALSE(h.use(h.family.refresh_token));
  CHECK(h.state() == "dead");
}

TEST_CASE("it is good for 24 hours, each time anew") {
  Holder h;
  Office::seconds(86'399.999);
  auto second = h.use(h.family.refresh_token).value();
  Office::seconds(86'400);
  CHECK(why(h.use(second.refresh_token)).find("it has expired") != std::string::npos);
  CHECK(h.state() == "live");  // no thief, only late
}

TEST_CASE("what is made up ends nobody's family") {
  Holder h;
  for (std::size_t i = 4; i < h.family.refresh_token.size(); ++i) {
    auto token = h.family.refresh_token;
    token[i] = token[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(h.use(token));
  }
  for (const auto& token : {std::string(), std::string("tkr_"), h.family.refresh_token + "A", h.family.refresh_token + "=",
                            " " + h.family.refresh_token, "tki_" + h.family.refresh_token.substr(4), h.access.token, std::string(1 << 20, 'a')})
    CHECK_FALSE(h.use(token));
  CHECK(h.state() == "live");
  CHECK(h.use(h.family.refresh_token));
}

TEST_CASE("a family ends with its actor, and no other one ends it") {
  Holder h;
  REQUIRE(h.o.store().apply(judge(h.o.store(), Verdict::revoke, h.o.actor("user:a/l1"), h.o.owner(), h.o.world->trace(), "").value()));
  auto second = h.use(h.family.refresh_token).value();
  REQUIRE(h.o.store().apply(judge(h.o.store(), Verdict::revoke, h.o.actor("user:a/l0"), h.o.owner(), h.o.world->trace(), "").value()));
  CHECK(why(h.use(second.refresh_token)).find("were revoked") != std::string::npos);
  CHECK_FALSE(h.valid(second.access.token));
}

TEST_CASE("the journal keeps hashes of refresh tokens only") {
  Holder h;
  auto second = h.use(h.family.refresh_token).value();
  std::size_t rows = 0;
  journal::Filter all;
  REQUIRE(h.o.store().journal().each(all, [&](const journal::Stored& s) -> Result<bool> {
    ++rows;
    for (const auto& secret : {h.family.refresh_token, second.refresh_token, h.access.token, second.access.token})
      for (const auto* text : {&s.payload, &s.changes, &s.row.reason}) CHECK(text->find(secret) == std::string::npos);
    return true;
  }));
  CHECK(rows > 4);
}
