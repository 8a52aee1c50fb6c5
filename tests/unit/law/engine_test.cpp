// The engine against a naive evaluation of the same declarations, and what is built on its decisions.
#include <doctest/doctest.h>
#include <stdlib.h>

#include "core/crypto/digest.hpp"
#include "core/law/diff.hpp"
#include "core/law/escalation.hpp"
#include "core/law/explain.hpp"
#include "core/law/lint.hpp"
#include "tests/bench/law/lawbench.hpp"
#include "tests/unit/law/naive.hpp"

using namespace tk;

namespace {

bool full() { return ::getenv("TK_FULL") != nullptr; }

// Words put together at random: nested contexts, groups in groups, roles that inherit, every kind of pattern,
// conditions that hold, do not, and fail.
class Random {
 public:
  explicit Random(std::uint32_t seed) : r_(seed) {}

  law::Model model() {
    law::Model m;
    if (r_.below(8) == 0) m.combining = law::Combining::permit_overrides;
    auto entity = [&](const char* type, std::string name) -> law::Entity& {
      law::Entity e;
      e.ref = {type, context(), std::move(name)};
      e.state = r_.below(12) == 0 ? "suspended" : "active";
      return m.entities.emplace_back(std::move(e));
    };
    for (int i = 0; i < 4; ++i) attributes(entity(i < 3 ? "user" : "agent", "u" + std::to_string(i)));
    for (int i = 0; i < 3; ++i) entity("group", "g" + std::to_string(i)).state = "active";
    for (int i = 0; i < 5; ++i) attributes(entity("resource", "d" + std::to_string(i)));
    for (int i = 0; i < 4; ++i) {
      auto& e = entity("role", "r" + std::to_string(i));
      law::Role role{e.ref, {}, {}, e.state == "active"};
      if (i > 0 && r_.below(2)) role.inherits.emplace_back("role:r" + std::to_string(r_.below(static_cast<std::uint32_t>(i))), Where{});
      m.roles.push_back(std::move(role));
    }
    for (const auto& e : std::vector<law::Entity>(m.entities)) {
      if (e.ref.type != "group") continue;
      static constexpr const char* kWho[] = {"user:u0", "user:u1", "user:*", "agent:**", "user:u2"};
      for (std::uint32_t k = 0, n = r_.below(3); k < n; ++k) m.members.push_back({e.ref, kWho[r_.below(5)], {}});
      if (e.ref.name == "g0" && r_.below(2)) m.members.push_back({e.ref, "group:g1", {}});
    }
    for (std::uint32_t i = 0, n = 3 + r_.below(6); i < n; ++i) {
      static constexpr const char* kTo[] = {"group:g0", "group:g1", "group:g2", "user:u0", "agent:u3", "user:**"};
      m.grants.push_back({"g" + std::to_string(i), r_.below(3) ? "a" : context(), "role:r" + std::to_string(r_.below(4)), kTo[r_.below(6)], {}});
    }
    m.actions = {"doc.read", "doc.write", "file.read"};
    for (std::uint32_t i = 0, n = 4 + r_.below(16); i < n; ++i) rule(m, i);
    return m;
  }

  std::string context() {
    static constexpr const char* k[] = {"a", "a.b", "a.b.c", "a.x", "z"};
    return k[r_.below(5)];
  }
  law::Ref resource() {
    static constexpr const char* kTypes[] = {"resource", "cast", "user"};
    static constexpr const char* kNames[] = {"d0", "d1", "d2", "d9", "d1/x", "u0"};
    return {kTypes[r_.below(3)], r_.below(10) ? context() : "", kNames[r_.below(6)]};
  }
  Value::Map asked() {
    Value::Map out;
    if (r_.below(3)) out["mfa"] = r_.below(2) == 1;
    if (r_.below(2)) out["amount"] = std::int64_t{r_.below(20)};
    return out;
  }
  const char* action() {
    static constexpr const char* k[] = {"doc.read", "doc.write", "file.read"};
    return k[r_.below(3)];
  }
  std::uint32_t below(std::uint32_t n) { return r_.below(n); }

 private:
  void attributes(law::Entity& e) {
    if (r_.below(4)) e.attributes["clr"] = {"", std::int64_t{r_.below(4)}};
    if (r_.below(4)) e.attributes["dept"] = {"d" + std::to_string(r_.below(3)), {}};
    for (auto& [k, a] : e.attributes)
      if (const auto* i = a.value.as_int()) a.text = std::to_string(*i);
  }
  void rule(law::Model& m, std::uint32_t i) {
    static constexpr const char* kPatterns[] = {
        "**", "*", "resource:**", "resource:*", "resource:d1", "resource:a/d0", "resource:a/**", "resource:a.b/**", "*:a/**",
        "cast:*/d1", "cast:**/x", "resource:a.*/**", "*:a.b/*", "cast:a/d1/**", "resource:a.*.c/d0", "user:**"};
    static constexpr const char* kWhen[] = {"", "", "actor.clr >= resource.clr", "context.mfa", "!context.mfa", "has(context.amount) && context.amount > 10",
                                            "actor.dept == resource.dept", "context.mfa && actor.clr > 1", "resource.name == 'd1' || actor.clr == 2",
                                            "actor.ref == 'user:a/u0'", "action == 'doc.read'", "resource.clr / resource.clr > 0",
                                            "resource.state == 'active'"};
    static constexpr const char* kActions[] = {"doc.read", "doc.write", "doc.*", "*.read", "*", "file.read"};
    law::Rule rule;
    rule.id = "x" + std::to_string(i);
    rule.context = "a";
    rule.permit = r_.below(5) != 0;
    rule.role = "role:r" + std::to_string(r_.below(4));
    rule.actions.push_back(kActions[r_.below(6)]);
    if (r_.below(4) == 0) rule.actions.push_back(kActions[r_.below(6)]);
    rule.resource = kPatterns[r_.below(16)];
    rule.when.text = kWhen[r_.below(13)];
    if (rule.permit && r_.below(10) == 0) rule.sets.push_back({"amount", {"1", {}}});
    if (rule.permit && r_.below(10) == 0) rule.obligations.push_back({"approval", "", 1});
    m.rules.push_back(std::move(rule));
  }
  lawbench::Random r_;
};

std::set<std::string> ids(const law::Index& index, const law::Verdict& v) {
  std::set<std::string> out;
  for (auto rule : v.rules) out.insert("a/" + std::string(index.rule(rule).id));
  return out;
}

}  // namespace

TEST_CASE("law: the engine decides as the declarations read, one after another") {
  std::size_t compared = 0, allowed = 0, errors = 0, refused = 0;
  const std::uint32_t policies = full() ? 100'000 : 1'500, questions = 100;
  for (std::uint32_t p = 0; p < policies; ++p) {
    Random random(p + 1);
    auto model = random.model();
    auto bytes = law::compile(model, crypto::sha256_hex);
    if (!bytes) {  // two of a name in two contexts: short names are ambiguous
      ++refused;
      continue;
    }
    auto index = law::Index::open(*bytes).value();
    law::Engine engine(index);
    naive::Law naive(model);
    auto actors = index.entities("user");
    for (auto e : index.entities("agent")) actors.push_back(e);
    law::Verdict all, first;
    for (std::uint32_t q = 0; q < questions; ++q) {
      const auto& actor = actors[random.below(static_cast<std::uint32_t>(actors.size()))];
      const auto* action = random.action();
      auto target = engine.target(random.resource());
      auto context = random.asked();
      law::Facts facts;
      facts.context = &context;
      engine.decide(actor, *engine.action(action), target, facts, law::Detail::all, all);
      engine.decide(actor, *engine.action(action), target, facts, law::Detail::first, first);
      auto want = naive.decide({std::string(actor.type), std::string(actor.context), std::string(actor.name)}, action, target.ref, context);
      REQUIRE_MESSAGE(all.answer == want.answer, "policy " << p << " question " << q << ": " << actor.str() << " " << action << " " << target.ref.str());
      REQUIRE(first.answer == want.answer);
      REQUIRE(ids(index, all) == want.rules);
      REQUIRE(all.error == want.error);
      REQUIRE(first.error == want.error);
      ++compared, allowed += all.allowed(), errors += all.error;
    }
  }
  MESSAGE(compared << " pairs, " << allowed << " allowed, " << errors << " failed conditions, " << refused << " policies refused");
  CHECK(compared > policies * questions / 2);
  CHECK(allowed > compared / 50);
  CHECK(errors > compared / 1000);
}

TEST_CASE("law: lawbench-1 is answered as it is defined, and every deny has its nearest permit or its forbid") {
  lawbench::Workload w;
  auto bytes = law::compile(w.model(), crypto::sha256_hex).value();
  auto index = law::Index::open(bytes).value();
  law::Engine engine(index);
  std::vector<law::EntityView> users;
  std::vector<law::Target> docs;
  for (std::size_t i = 0; i < w.users.size(); ++i) users.push_back(index.find({"user", "lb", "u" + std::to_string(i)}).value());
  for (std::uint32_t i = 0; i < w.docs.size(); ++i) docs.push_back(engine.target(law::parse_ref(w.doc(i)).value()));
  Value::Map contexts[] = {{{"mfa", false}}, {{"mfa", true}}};
  lawbench::Reference reference(w);
  std::string answers;
  law::Verdict v;
  std::vector<std::uint32_t> determining;
  std::size_t denies = 0, forbidden = 0, nearest = 0, changes = 0;
  for (std::size_t i = 0; i < w.requests.size(); ++i) {
    const auto& q = w.requests[i];
    law::Facts facts;
    facts.context = &contexts[q.mfa];
    auto action = *engine.action("doc.a" + std::to_string(q.act));
    engine.decide(users[q.user], action, docs[q.doc], facts, law::Detail::all, v);
    answers += v.allowed() ? '1' : '0';
    reference.allowed(q, determining);
    std::set<std::string> want, got;
    for (auto rule : determining) want.insert("r" + std::to_string(rule));
    for (auto rule : v.rules) got.emplace(index.rule(rule).id);
    REQUIRE(got == want);
    if (v.answer != law::Answer::deny || (!full() && i % 20)) continue;
    ++denies;
    if (!v.rules.empty()) {
      ++forbidden;
      continue;
    }
    auto found = law::nearest_permit(engine, users[q.user], action, docs[q.doc], facts);
    REQUIRE(found.has_value());  // it was proved by deciding again
    ++nearest, changes += found->changes.size();
  }
  CHECK(crypto::sha256_hex(answers) == lawbench::kAnswers);
  MESSAGE(denies << " denies: " << forbidden << " name the forbid, " << nearest << " a nearest permit of "
                 << static_cast<double>(changes) / static_cast<double>(nearest) << " changes");
}

TEST_CASE("law: a diff is what brute force finds, for rules, roles, members and attributes") {
  const std::uint32_t rounds = full() ? 600 : 60;
  std::size_t found = 0, exact = 0;
  for (std::uint32_t p = 0; p < rounds; ++p) {
    Random random(p + 1000);
    auto before = random.model(), after = before;
    for (std::uint32_t k = 0, n = 1 + random.below(3); k < n; ++k) {
      auto other = random.model();
      switch (random.below(5)) {
        case 0: after.rules = other.rules; break;
        case 1: after.grants = other.grants; break;
        case 2: after.members.clear(); break;
        case 3: if (!after.rules.empty()) after.rules.pop_back(); break;
        default:
          for (auto& e : after.entities)
            if (e.attributes.contains("clr")) e.attributes["clr"] = {"3", std::int64_t{3}};
      }
    }
    auto a = law::compile(before, crypto::sha256_hex), b = law::compile(after, crypto::sha256_hex);
    if (!a || !b) continue;
    auto index_a = law::Index::open(*a).value(), index_b = law::Index::open(*b).value();
    auto d = law::difference(index_a, index_b, 0);
    if (!d.assumed.empty()) continue;  // it says itself that it may not be exact
    ++exact;
    auto key = [](const law::Changed& c) { return c.actor + " " + c.action + " " + c.resource; };
    std::map<std::string, std::vector<Value::Map>> said;  // empty context = every one
    for (const auto* list : {&d.allowed, &d.denied, &d.otherwise})
      for (const auto& c : *list)
        said[key(c) + (list == &d.allowed ? "+" : list == &d.denied ? "-" : "~")].push_back(c.context), ++found;
    law::Engine x(index_a), y(index_b);
    law::Universe universe(x);
    law::Verdict v, u;
    for (const auto& actor : universe.actors())
      for (const auto& resource : universe.resources())
        for (auto action : index_a.actions())
          for (auto mfa : {true, false})
            for (std::int64_t amount : {9, 10, 11}) {
              Value::Map context{{"mfa", mfa}, {"amount", amount}};
              law::Facts facts;
              facts.context = &context;
              auto there = index_b.find({std::string(actor.type), std::string(actor.context), std::string(actor.name)}).value();
              auto at = y.target(resource.ref);
              x.decide(actor, *x.action(action), resource, facts, law::Detail::first, v);
              y.decide(there, *y.action(action), at, facts, law::Detail::first, u);
              auto sign = v.answer == u.answer ? "" : v.answer == law::Answer::deny ? "+" : u.answer == law::Answer::deny ? "-" : "~";
              for (auto s : {"+", "-", "~"}) {
                auto it = said.find(actor.str() + " " + std::string(action) + " " + resource.ref.str() + s);
                bool listed = it != said.end() && std::any_of(it->second.begin(), it->second.end(), [&](auto& c) {
                  return std::all_of(c.begin(), c.end(), [&](auto& f) { return context.contains(f.first) && context[f.first] == f.second; });
                });
                REQUIRE_MESSAGE(listed == (std::string_view(s) == sign), "round " << p << ": " << actor.str() << " " << action << " "
                                                                     << resource.ref.str() << " mfa " << mfa << " amount " << amount << " " << s
                                                                     << " " << law::to_string(v.answer) << " to " << law::to_string(u.answer));
              }
            }
  }
  CHECK(found > 100);
  CHECK(exact > rounds / 4);
}

TEST_CASE("law: what passes as no escalation lets nobody do what the maker may not, whatever comes to be declared") {
  const std::uint32_t rounds = full() ? 40'000 : 2'000;
  std::size_t passed = 0, refused = 0, widened = 0;
  for (std::uint32_t p = 0; p < rounds; ++p) {
    Random random(p + 50'000);
    auto before = random.model(), other = random.model(), after = before;
    auto pick = [&](const auto& list) { return list[random.below(static_cast<std::uint32_t>(list.size()))]; };
    switch (random.below(6)) {
      case 0: if (!other.rules.empty()) after.rules.push_back(pick(other.rules)), after.rules.back().id = "new"; break;
      case 1: after.grants.push_back(pick(other.grants)), after.grants.back().id = "new"; break;
      case 2:
        if (!other.members.empty())
          after.members.push_back({{"group", after.entities[4].ref.context, after.entities[4].ref.name}, pick(other.members).member, {}});
        break;
      case 3: if (!after.rules.empty()) after.rules.erase(after.rules.begin() + random.below(static_cast<std::uint32_t>(after.rules.size()))); break;
      case 4: if (!after.rules.empty()) after.rules[random.below(static_cast<std::uint32_t>(after.rules.size()))].when.text.clear(); break;
      default:
        for (auto& e : after.entities)
          if (e.ref.name == "u1") e.attributes["clr"] = {"3", std::int64_t{3}};
    }
    auto a = law::compile(before, crypto::sha256_hex), b = law::compile(after, crypto::sha256_hex);
    if (!a || !b) continue;
    auto maker = before.entities[0].ref;
    auto found = law::escalation(law::Index::open(*a).value(), law::Index::open(*b).value(), maker);
    REQUIRE(found.has_value());
    if (*found) {
      ++refused;
      continue;
    }
    ++passed;
    // A day later there are other resources too.
    std::vector<law::Ref> resources;
    for (int i = 0; i < 4; ++i) {
      law::Entity e;
      e.ref = {"resource", random.context(), "later" + std::to_string(i)};
      e.state = "active";
      if (random.below(3)) e.attributes["clr"] = {std::to_string(i), std::int64_t{i}};
      if (random.below(3)) e.attributes["dept"] = {"d" + std::to_string(random.below(3)), {}};
      before.entities.push_back(e), after.entities.push_back(e);
      resources.push_back(e.ref);
    }
    for (int i = 0; i < 6; ++i) resources.push_back(random.resource());
    auto later_a = law::compile(before, crypto::sha256_hex).value(), later_b = law::compile(after, crypto::sha256_hex).value();
    auto index_a = law::Index::open(later_a).value(), index_b = law::Index::open(later_b).value();
    law::Engine x(index_a), y(index_b);
    auto me = index_a.find(maker).value();
    law::Verdict v;
    for (const auto& r : resources)
      for (const auto* action : {"doc.read", "doc.write", "file.read"})
        for (int k = 0; k < 4; ++k) {
          auto context = random.asked();
          law::Facts facts;
          facts.context = &context;
          auto target = x.target(r);
          auto was = [&](const law::EntityView& who) {
            x.decide(who, *x.action(action), target, facts, law::Detail::first, v);
            return v.answer != law::Answer::deny;
          };
          bool mine = was(me);
          for (const auto* type : {"user", "agent"})
            for (const auto& who : index_b.entities(type)) {
              y.decide(who, *y.action(action), y.target(r), facts, law::Detail::first, v);
              auto before_it = index_a.find({std::string(who.type), std::string(who.context), std::string(who.name)}).value();
              if (v.answer == law::Answer::deny || was(before_it)) continue;
              ++widened;
              REQUIRE_MESSAGE(mine, "round " << p << ": " << who.str() << " " << action << " " << r.str());
            }
        }
  }
  MESSAGE(passed << " changes pass, " << refused << " are refused; " << widened << " answers became allowed, all held by the maker");
  CHECK(passed > rounds / 10);
  CHECK(refused > rounds / 20);
  CHECK(widened > rounds / 100);
}
