#include "core/acl/lease.hpp"

#include <doctest/doctest.h>

#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/base/ids.hpp"
#include "core/os/file.hpp"
#include "tests/acl/world.hpp"

using namespace tk;
using namespace tk::acl;
using namespace tk::test;

namespace {

constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute;
std::int64_t g_at = 0;

// l0 … l2 lend to b0 … b2; everybody who lends may do everything to everything, until a test says otherwise.
struct Bank {
  std::string root = os::temporary_directory("tk-lease-").value();
  Rights rights;
  std::unique_ptr<World> world;
  Bank() {
    g_at = 1'800'000'000'000'000'000;
    clock::inject([] { return g_at; });
    for (int l = 0; l < kParties; ++l)
      for (int a = 0; a < kActions; ++a)
        for (int t = 0; t < kThings; ++t) rights.permits.insert({l, a, t});
    world = World::open(root, rights).value();
    world->gate().attach(store(), {});
  }
  ~Bank() {
    world.reset();
    clock::inject(nullptr);
    static_cast<void>(os::remove_tree(root));
  }
  record::Store& store() { return world->store(); }
  record::Actor actor(const std::string& ref) { return world->actor(ref); }
  record::Actor owner() { return actor("user:a/owner"); }
  static void pass(std::int64_t ms) { g_at += ms * 1'000'000; }
  void law(const std::function<void(Rights&)>& change) {
    change(rights);
    REQUIRE(world->set(rights));
  }

  Request wish(int from = 0, int to = 0) {
    Request r;
    r.lender = actor(lender(from));
    r.borrower = actor(borrower(to));
    r.actions = {action(0)};
    r.scope = "thing:a/**";
    r.purpose = "p";
    return r;
  }
  Result<record::Outcome> ask(const Request& r, const record::Actor& by) {
    TK_TRY(auto change, request_lease(store(), r, by, world->trace()));
    return store().apply(std::move(change));
  }
  Result<record::Outcome> give(const Request& r) { return ask(r, r.lender); }
  std::string given(const Request& r) {
    auto done = give(r);
    REQUIRE_MESSAGE(done, (done ? "" : describe(done.error())));
    return done->record.id;
  }
  Code refused(const Request& r) {
    auto done = give(r);
    REQUIRE_FALSE(done);
    return done.error().code;
  }
  // What the borrower is told who uses it now; empty = it passed.
  std::string use(const std::string& lease, int act = 0, int t = 0, int who = 0, const std::string& purpose = "p") {
    auto a = actor(borrower(who));
    a.borrow_id = lease;
    a.purpose = purpose;
    auto done = use_lease(store(), world->gate(), a, action(act), thing(t), world->trace());
    return done ? "" : done.error().message;
  }
  bool says(const std::string& lease, const std::string& word, int act = 0, int t = 0, int who = 0, const std::string& purpose = "p") {
    auto said = use(lease, act, t, who, purpose);
    INFO(said);
    return said.find(word) != said.npos;
  }
  Result<record::Answered> approve(const record::Actor& by, const std::string& item) {
    auto trace = world->trace();
    trace.trace_id = std::string(31, '0') + "9";
    return store().answer(by, trace, item, true, "");
  }
  record::Record item() { return store().list("parked").value().back(); }
};

law::Entity marked(const std::string& type, const std::string& name, const std::string& context = "a") {
  law::Entity e;
  e.ref = {type, context, name};
  e.state = "active";
  e.attributes["borrowable"] = {"never", {}};
  return e;
}

}  // namespace

TEST_CASE_FIXTURE(Bank, "a lease lasts 15 minutes where nothing is said, and 8 hours at most, whatever is configured") {
  auto id = given(wish());
  pass(15 * kMinute - 1);
  CHECK(use(id) == "");
  pass(1);
  CHECK(says(id, "expired"));
  auto r = wish(1, 1);
  r.ttl = 8 * kHour;
  CHECK(give(r));
  r.ttl += 1;
  CHECK(refused(r) == Code::acl_lease_cap);
  world->gate().attach(store(), {100 * kHour, 1000 * kHour});
  CHECK(refused(r) == Code::acl_lease_cap);
  r.ttl = 0;
  CHECK(refused(r) == Code::acl_lease_cap);
  r.ttl = -5;
  CHECK(refused(r) == Code::acl_lease_cap);
}

TEST_CASE_FIXTURE(Bank, "all leases of one right last no longer together than the week's cap; an end gives back what is left") {
  world->gate().attach(store(), {8 * kHour, 20 * kHour});
  auto r = wish();
  r.ttl = 8 * kHour;
  auto first = given(r);
  CHECK(give(r));
  CHECK(refused(r) == Code::acl_lease_cap);
  auto other = wish(0, 1);  // another borrower
  other.ttl = 8 * kHour;
  CHECK(give(other));
  auto apart = wish();  // another right
  apart.ttl = 8 * kHour;
  apart.actions = {action(1)};
  CHECK(give(apart));
  apart.actions = {action(2), action(0)};  // the same right among others
  CHECK(refused(apart) == Code::acl_lease_cap);
  apart.actions = {"*"};
  CHECK(refused(apart) == Code::acl_lease_cap);
  pass(kHour);
  CHECK(end_lease(store(), first, owner(), world->trace(), "early"));
  CHECK(give(r));  // 1 h + 8 h + 8 h
  CHECK(refused(r) == Code::acl_lease_cap);
  pass(7 * 24 * kHour);
  CHECK(give(r));
}

TEST_CASE_FIXTURE(Bank, "it is lent on only where that was said, and then for less in every respect") {
  auto r = wish();
  r.max_uses = 4;
  auto flat = given(r);
  r.depth = 2;
  auto deep = given(r);
  auto on = wish(0, 1);
  on.lender = actor(borrower(0));
  on.max_uses = 3;
  on.ttl = 10 * kMinute;
  on.via = flat;
  CHECK(refused(on) == Code::acl_borrowable);
  on.via = deep;
  on.depth = 1;
  const std::function<void(Request&)> more[] = {
      [](Request& x) { x.depth = 2; },          [](Request& x) { x.actions = {action(0), action(1)}; },
      [](Request& x) { x.actions = {"*"}; },    [](Request& x) { x.scope = "**"; },
      [](Request& x) { x.scope = "thing:**"; }, [](Request& x) { x.ttl = 16 * kMinute; },
      [](Request& x) { x.max_uses = 5; },       [](Request& x) { x.max_uses = 0; },
      [](Request& x) { x.purpose = "q"; },      [](Request& x) { x.not_before = g_at / 1'000'000 + 10 * kMinute; }};
  for (const auto& change : more) {
    auto x = on;
    change(x);
    CHECK(refused(x) == Code::acl_borrowable);
  }
  auto stranger = on;
  stranger.lender = actor(borrower(2));
  CHECK(refused(stranger) == Code::acl_lease);
  auto second = given(on);
  auto third = on;
  third.lender = actor(borrower(1));
  third.borrower = actor(borrower(2));
  third.via = second;
  third.depth = 0;
  third.max_uses = 1;
  auto id = given(third);
  CHECK(use(id, 0, 0, 2) == "");
  CHECK(says(id, "no use left", 0, 0, 2));
  // Each link counted it, and each link's end is the end of what hangs on it.
  for (const auto& link : {second, deep}) CHECK(store().get(link)->fields.at("uses") == Value(1));
  CHECK(use(second, 0, 0, 1) == "");
  CHECK(end_lease(store(), deep, owner(), world->trace(), "over"));
  CHECK(says(second, "was ended", 0, 0, 1));
}

TEST_CASE_FIXTURE(Bank, "what is marked as never lent is not: a rule, a grant, a resource, an action, a credential") {
  auto id = given(wish());
  auto all = wish(0, 1);
  all.scope = "**";
  all.actions = {"*"};
  auto wide = given(all);
  CHECK(use(id) == "");
  const std::pair<const char*, std::function<void(law::Model&)>> ways[] = {
      {"rule", [](law::Model& m) { m.entities.push_back(marked("rule", "p000")); }},
      {"grant", [](law::Model& m) { m.entities.push_back(marked("grant", "g-l0")); }},
      {"resource", [](law::Model& m) { m.entities.push_back(marked("thing", "t0")); }},
      {"action", [](law::Model& m) { m.entities.push_back(marked("action", action(0))); }},
      {"two actions of one name", [](law::Model& m) {
         auto other = marked("action", action(0));
         other.attributes.clear();
         m.entities.push_back(other);
         m.entities.push_back(marked("action", action(0), "b"));
       }}};
  for (const auto& [what, more] : ways) {
    INFO(what);
    law([&](Rights& r) { r.more = more; });
    CHECK(says(id, "never lent"));
    CHECK(says(wide, "never lent", 0, 0, 1));
  }
  law([](Rights& r) {
    r.more = [](law::Model& m) {
      m.entities.push_back(marked("credential", "key"));
      m.rules.push_back({"uses", "a", true, "role:l0", {action(0)}, "credential:a/**", {}});
    };
  });
  auto a = actor(borrower(1));
  a.borrow_id = wide;
  a.purpose = "p";
  auto done = use_lease(store(), world->gate(), a, action(0), {"credential", "a", "key"}, world->trace());
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("never lent") != std::string::npos);
  law([](Rights& r) { r.more = {}; });
  CHECK(use(id) == "");
}

TEST_CASE_FIXTURE(Bank, "no lease covers approving, acting as others, tokens, leases, or who may do what") {
  auto r = wish();
  for (const char* act : {"cast.answer", "actor.act-as", "token.issue", "borrow.request", "borrow.review", "subject.erase"}) {
    r.actions = {act};
    CHECK(refused(r) == Code::acl_borrowable);
  }
  r.actions = {"*"};
  r.scope = "**";
  r.lender = owner();
  auto id = given(r);
  auto a = actor(borrower(0));
  a.borrow_id = id;
  a.purpose = "p";
  auto asks = [&](const std::string& act, const law::Ref& on) {
    return world->gate().rule({a, act, on, nullptr, nullptr, nullptr, {}, world->trace().trace_id}).value().allow;
  };
  CHECK(asks(action(0), thing(0)));
  CHECK_FALSE(asks("cast.answer", {"parked", "a", "x"}));
  CHECK_FALSE(asks("token.issue", {"agent", "a", "b0"}));
  for (const char* type : {"rule", "grant", "role", "group", "user", "agent", "action"}) {
    CHECK_FALSE(asks("entity.new", {type, "a", "x"}));
    CHECK_FALSE(asks("entity.update", {type, "a", "x"}));
  }
  CHECK(asks("entity.update", {"repo", "a", "x"}));
}

TEST_CASE_FIXTURE(Bank, "it gives what its lender may do at that moment, and none of either side's forbids") {
  auto id = given(wish());
  CHECK(use(id) == "");
  law([](Rights& r) { r.permits.erase({0, 0, 0}); });
  CHECK(says(id, "the lender, may not"));
  CHECK(use(id, 0, 1) == "");
  law([](Rights& r) { r.permits.insert({0, 0, 0}); });
  CHECK(use(id) == "");
  law([](Rights& r) { r.forbids.insert({0, 0, 0}); });  // of the borrower
  CHECK(use(id) != "");
  law([](Rights& r) { r.forbids.clear(); });
  law([](Rights& r) {
    r.more = [](law::Model& m) { m.rules.push_back({"no", "a", false, "role:l0", {action(0)}, "thing:a/t0", {}}); };
  });
  CHECK(says(id, "the lender, may not"));
  law([](Rights& r) { r.more = {}; });
  law([](Rights& r) { r.suspended.insert(0); });
  CHECK(says(id, "is void"));
  law([](Rights& r) { r.suspended.clear(); });
  CHECK(use(id) == "");
  CHECK(store().apply(judge(store(), Verdict::revoke, actor(lender(0)), owner(), world->trace(), "").value()));
  CHECK(says(id, "revoked since"));
}

TEST_CASE_FIXTURE(Bank, "its borrower alone uses it, for its purpose, within its scope and run") {
  auto r = wish();
  r.scope = "thing:a/t0";
  auto id = given(r);
  CHECK(use(id) == "");
  CHECK(says(id, "is not lent to", 0, 0, 1));
  CHECK(says(id, "is not for", 1));
  CHECK(says(id, "is for thing:a/t0 only", 0, 1));
  CHECK(says(id, "for the purpose", 0, 0, 0, ""));
  CHECK(says(id, "for the purpose", 0, 0, 0, "p "));
  r.run = std::string(31, '0') + "5";  // a trace
  auto bound = given(r);
  CHECK(says(bound, "bound to another run"));
  r.run = world->trace().trace_id;
  CHECK(use(given(r)) == "");
  r.run.clear();
  r.when = "resource.name == 't1'";
  CHECK(says(given(r), "holds only when"));
  r.when = "nonsense(";
  CHECK_FALSE(give(r));
  CHECK(says(ids::uuid7(), "does not exist"));
}

TEST_CASE_FIXTURE(Bank, "the lender's consent is theirs: asked for by others, given by asking, never an agent's to give") {
  auto r = wish();
  auto asked = ask(r, r.borrower);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().code == Code::record_parked);
  auto id = item().id;
  CHECK(approve(r.borrower, id).error().exit() == Exit::denied);
  CHECK(approve(owner(), id).error().code == Code::record_approval);  // may do all, but is not the lender
  auto posing = r.borrower;
  posing.on_behalf_of = r.lender.id;
  posing.on_behalf_of_ref = r.lender.ref;
  CHECK(approve(posing, id).error().code == Code::record_approval);
  CHECK(ask(r, posing).error().code == Code::record_parked);  // in the lender's name: that is no consent
  auto glass = r;
  glass.glass = true;
  CHECK_FALSE(ask(glass, posing));
  auto done = approve(r.lender, id);
  REQUIRE(done);
  REQUIRE(done->done);
  CHECK(use(done->done->record.id) == "");
  // The right of an agent is asked of nobody.
  auto of_agent = r;
  of_agent.lender = actor(borrower(1));
  CHECK(ask(of_agent, r.borrower).error().code == Code::acl_borrowable);
}

TEST_CASE_FIXTURE(Bank, "what was asked for by who was revoked since is not given; nor once the lender was") {
  auto r = wish();
  CHECK(ask(r, r.borrower).error().code == Code::record_parked);
  auto id = item().id;
  pass(1000);
  CHECK(store().apply(judge(store(), Verdict::revoke, r.borrower, owner(), world->trace(), "").value()));
  CHECK_FALSE(approve(r.lender, id));
  CHECK(store().get(id)->state == "lapsed");
  CHECK(store().list("borrow")->empty());
  pass(1000);
  CHECK(ask(r, r.borrower).error().code == Code::record_parked);
  id = item().id;
  pass(1000);
  CHECK(store().apply(judge(store(), Verdict::revoke, r.lender, owner(), world->trace(), "").value()));
  CHECK_FALSE(approve(r.lender, id));
  CHECK(store().list("borrow")->empty());
}

TEST_CASE_FIXTURE(Bank, "n of m: each counts once, and the lender is none of the others") {
  auto role = [](law::Model& m) {
    m.rules.push_back({"leads", "a", true, "role:l1", {"cast.answer"}, "parked:**", {}});
    m.rules.push_back({"lenders", "a", true, "role:l0", {"cast.answer"}, "parked:**", {}});
    for (auto& rule : m.rules)
      if (rule.id == "asks") rule.obligations = {{"approval", "role:leads", 2}};
    law::Entity lead;
    lead.ref = {"role", "a", "leads"};
    lead.state = "active";
    m.entities.push_back(lead);
    m.roles.push_back({lead.ref, {}, {}, true});
    m.rules.push_back({"leads-answer", "a", true, "role:leads", {"cast.answer"}, "parked:**", {}});
    for (const char* who : {"user:a/l0", "user:a/l1", "user:a/l2"}) m.grants.push_back({std::string("lead-") + who[8], "a", "role:leads", who, {}});
  };
  law([&](Rights& r) { r.more = role; });
  auto r = wish();
  CHECK(ask(r, r.borrower).error().code == Code::record_parked);
  auto id = item().id;
  CHECK(approve(actor(lender(0)), id));  // the lender, who is a lead too
  CHECK(approve(actor(lender(0)), id).error().code == Code::record_approval);
  CHECK(store().get(id)->state == "open");
  CHECK(approve(actor(lender(1)), id));
  CHECK(store().get(id)->state == "open");
  CHECK(approve(actor(lender(1)), id).error().code == Code::record_approval);
  auto last = approve(actor(lender(2)), id);
  REQUIRE(last);
  CHECK(last->done);
}

TEST_CASE_FIXTURE(Bank, "breaking the glass needs its own right, and a review by somebody else, who is a person") {
  auto r = wish(0, 0);
  r.glass = true;
  auto id = given(r);
  auto record = store().get(id).value();
  CHECK(lease_of(record).review_due == g_at / 1'000'000 + 24 * kHour);
  CHECK(use(id) == "");
  auto review = [&](const record::Actor& by) {
    record::Change c;
    c.id = id;
    c.event = "review";
    c.actor = by;
    c.trace = world->trace();
    return store().apply(std::move(c));
  };
  CHECK_FALSE(review(r.lender));    // who took it
  CHECK_FALSE(review(r.borrower));  // who had it
  auto posing = actor(borrower(1));
  posing.on_behalf_of = owner().id;
  posing.on_behalf_of_ref = owner().ref;
  CHECK_FALSE(review(posing));
  CHECK(lease_of(store().get(id).value()).review_due > 0);
  CHECK(review(owner()));
  CHECK(lease_of(store().get(id).value()).review_due == 0);
  auto plain = given(wish(1, 1));
  id = plain;
  CHECK_FALSE(review(owner()));  // nothing to review
}

TEST_CASE_FIXTURE(Bank, "its end: deny refuses, park asks the lender; ended twice is ended") {
  for (const char* how : {"deny", "park"}) {
    auto r = wish();
    r.on_revoke = how;
    auto id = given(r);
    CHECK(use(id) == "");
    CHECK(end_lease(store(), id, r.lender, world->trace(), "over"));
    auto again = end_lease(store(), id, r.lender, world->trace(), "over");
    REQUIRE(again);
    CHECK(again->repeated);
    auto a = r.borrower;
    a.borrow_id = id;
    a.purpose = "p";
    auto ruling = world->gate().rule({a, action(0), thing(0), nullptr, nullptr, nullptr, {}, world->trace().trace_id}).value();
    CHECK(ruling.allow == (std::string(how) == "park"));
    if (ruling.allow) {
      REQUIRE(ruling.obligations.size() == 1);
      CHECK(ruling.obligations[0].of == r.lender.ref);
      pass(15 * kMinute);  // after its time it is over, parked or not
      CHECK_FALSE(world->gate().rule({a, action(0), thing(0), nullptr, nullptr, nullptr, {}, world->trace().trace_id})->allow);
    }
  }
}

TEST_CASE_FIXTURE(Bank, "a clock that is put back makes no lease longer") {
  auto id = given(wish());
  pass(-31'000);
  CHECK(says(id, "set back"));
  pass(31'000);
  CHECK(use(id) == "");
}
