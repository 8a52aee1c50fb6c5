// The index is judged by a naive reference that walks the model, on random models and requests.
#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "core/crypto/digest.hpp"
#include "core/law/detail/layout.hpp"
#include "core/law/explain.hpp"
#include "core/law/index.hpp"
#include "core/law/model.hpp"

using namespace tk;
using namespace tk::law;

namespace {

Entity entity(const char* type, const std::string& context, const std::string& name) {
  return {{type, context, name}, "", "active", {}, {"f.xml", 1, 1}};
}

struct Reference {  // slow, and written from the sentence: forbid overrides, default deny
  const Model& m;
  bool in(const std::string& who, const std::string& target, int depth = 0) const {
    if (who == target) return true;
    if (depth > 8) return false;
    for (const auto& x : m.members)
      if (x.member == who && in(x.group.str(), target, depth + 1)) return true;
    return false;
  }
  bool role_has(const std::string& role, const std::string& wanted, int depth = 0) const {
    if (role == wanted) return true;
    for (const auto& r : m.roles)
      if (r.ref.str() == role && depth < 8)
        for (const auto& [parent, where] : r.inherits)
          if (role_has(parent, wanted, depth + 1)) return true;
    return false;
  }
  bool allow(const std::string& who, const std::string& action, const Ref& res) const {
    bool permit = false;
    for (const auto& g : m.grants) {
      if (!in(who, g.to) || !covers(g.context, res.context)) continue;
      for (const auto& rule : m.rules) {
        if (!role_has(g.role, rule.role) || !matches(rule.resource, res.type, res.context, res.name)) continue;
        bool named = false;
        for (const auto& a : rule.actions) named = named || action_matches(a, action);
        if (named && !rule.permit) return false;
        permit = permit || named;
      }
    }
    return permit;
  }
};

Model random_model(std::mt19937& rng) {
  auto pick = [&](int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); };
  const char* contexts[] = {"a", "a.b", "a.b.c", "d"};
  const char* actions[] = {"cast.answer", "run.start", "run.*", "*", "entity.read"};
  const char* resources[] = {"**", "cast:a/**", "cast:a.b/x", "run:*", "run:a.*/*", "cast:**", "*:d/**"};
  Model m;
  m.commit = "c0";
  for (int i = 0; i < 6; ++i) m.entities.push_back(entity("user", "a", "u" + std::to_string(i)));
  for (int i = 0; i < 4; ++i) {
    m.entities.push_back(entity("group", "a", "g" + std::to_string(i)));
    m.entities.push_back(entity("role", "a", "r" + std::to_string(i)));
    Role role{{"role", "a", "r" + std::to_string(i)}, {}, {"f.xml", 1, 1}};
    if (i > 0 && pick(2)) role.inherits.emplace_back("role:a/r" + std::to_string(pick(i)), Where{"f.xml", 1, 1});
    m.roles.push_back(role);
    for (int u = 0; u < 6; ++u)
      if (!pick(3)) m.members.push_back({{"group", "a", "g" + std::to_string(i)}, "user:a/u" + std::to_string(u), {}});
    if (i > 0 && pick(2)) m.members.push_back({{"group", "a", "g" + std::to_string(i)}, "group:a/g" + std::to_string(pick(i)), {}});
  }
  for (int i = 0; i < 10; ++i)
    m.rules.push_back({"r" + std::to_string(i), "a", pick(4) != 0, "role:a/r" + std::to_string(pick(4)),
                       {actions[pick(5)]}, resources[pick(7)], {"f.xml", i + 1, 1}, {}, {}, {}});
  for (int i = 0; i < 6; ++i)
    m.grants.push_back({"g" + std::to_string(i), contexts[pick(4)], "role:a/r" + std::to_string(pick(4)),
                        pick(2) ? "user:a/u" + std::to_string(pick(6)) : "group:a/g" + std::to_string(pick(4)), {}});
  return m;
}

Decision decide(const Index& index, const EntityView& actor, std::string_view action, const Ref& resource) {
  Engine engine(index);
  auto number = engine.action(action);
  return explain(engine, actor, number ? *number : 0, engine.target(resource), {});
}

}  // namespace

TEST_CASE("the index decides as the plain reading of the model does: 100,000 random requests") {
  std::mt19937 rng(20261122);
  const char* contexts[] = {"a", "a.b", "a.b.c", "d", "ab"};
  const char* actions[] = {"cast.answer", "run.start", "run.read", "entity.read"};
  long allowed = 0;
  for (int round = 0; round < 500; ++round) {
    auto model = random_model(rng);
    auto bytes = compile(model, crypto::sha256_hex);
    REQUIRE(bytes);
    auto index = Index::open(*bytes).value();
    Reference reference{model};
    for (int i = 0; i < 200; ++i) {
      Ref actor{"user", "a", "u" + std::to_string(rng() % 6)};
      Ref res{rng() % 2 ? "cast" : "run", contexts[rng() % 5], rng() % 2 ? "x" : "x/y"};
      std::string action = actions[rng() % 4];
      auto decision = decide(index, index.find(actor).value(), action, res);
      auto expected = reference.allow(actor.str(), action, res);
      allowed += expected;
      if (decision.allow != expected) {
        CAPTURE(res.str());
        CAPTURE(action);
        REQUIRE(decision.allow == expected);
      }
      if (!decision.determining.empty()) CHECK(decision.determining[0].permit == decision.allow);
    }
  }
  CHECK(allowed > 5000);
  CHECK(allowed < 95000);
}

TEST_CASE("patterns cover segments and subtrees") {
  CHECK(matches("cast:acme.web/**", "cast", "acme.web", "x/y"));
  CHECK(matches("cast:acme.web/**", "cast", "acme.web.api", "x"));
  CHECK_FALSE(matches("cast:acme.web/**", "cast", "acme.webx", "x"));
  CHECK_FALSE(matches("cast:acme.web/**", "run", "acme.web", "x"));
  CHECK(matches("cast:acme.*/gate", "cast", "acme.web", "gate"));
  CHECK_FALSE(matches("cast:acme.*/gate", "cast", "acme.web.api", "gate"));
  CHECK(matches("agent:**", "agent", "acme.web", "analyst"));
  CHECK_FALSE(matches("user:al*", "user", "", "alice"));  // a star is a whole segment
}

TEST_CASE("a law that names what does not exist, loops or knows no such action is refused at its place") {
  auto base = [] {
    Model m;
    m.entities = {entity("user", "a", "u"), entity("role", "a", "r"), entity("group", "a", "g"), entity("group", "a", "h")};
    m.roles = {{{"role", "a", "r"}, {}, {"r.xml", 1, 1}}};
    return m;
  };
  auto code_of = [](const Model& m) { return compile(m, crypto::sha256_hex).error().code; };
  auto m = base();
  m.grants = {{"g", "a", "role:a/nope", "user:a/u", {"g.xml", 3, 1}}};
  CHECK(code_of(m) == Code::law_reference);
  CHECK(compile(m, crypto::sha256_hex).error().where.line == 3);
  m = base();
  m.rules = {{"r1", "a", true, "role:a/r", {"cast.anser"}, "**", {"r.xml", 2, 1}}};
  CHECK(code_of(m) == Code::law_unknown_action);
  m = base();
  m.members = {{{"group", "a", "g"}, "group:a/h", {}}, {{"group", "a", "h"}, "group:a/g", {}}};
  CHECK(code_of(m) == Code::law_cycle);
  m = base();
  m.roles[0].inherits.emplace_back("role:a/r", Where{});
  CHECK(code_of(m) == Code::law_cycle);
  m = base();
  m.entities.push_back(entity("user", "a", "u"));
  CHECK(code_of(m) == Code::law_syntax);
}

TEST_CASE("a damaged index is refused or answers without reading outside of it") {
  std::mt19937 rng(7);
  auto bytes = compile(random_model(rng), crypto::sha256_hex).value();
  for (int i = 0; i < 20000; ++i) {
    auto broken = bytes;
    for (int k = 0; k < 3; ++k) broken[rng() % broken.size()] = static_cast<char>(rng());
    if (i % 5 == 0) broken.resize(rng() % broken.size());
    auto index = Index::open(broken);
    if (!index) continue;
    for (const auto& e : index->entities("")) {
      auto d = decide(*index, e, "cast.answer", {"cast", "a", "x"});
      CHECK(d.determining.size() < 1000);
    }
  }
}

TEST_CASE("stars in patterns cost no more than pattern times name, whatever the name") {
  std::string name = "a";
  for (int i = 0; i < 20000; ++i) name += "/a";
  CHECK_FALSE(matches("run:**/a/**/a/**/a/**/b", "run", "", name));
  CHECK(matches("run:**/a/**/a/**/a/**", "run", "", name));
  CHECK(matches("run:x/**/**", "run", "x", "n"));
  CHECK(matches("run:x/**/b/*", "run", "x", "a/b/b/c"));
  CHECK_FALSE(matches("run:x/**/b/*", "run", "x", "a/b"));
}

TEST_CASE("groups and roles nest 32 deep and no deeper") {
  auto chain = [](int n) {
    Model m;
    for (int i = 0; i < n; ++i) {
      auto name = std::to_string(i);
      m.entities.push_back(entity("group", "a", "g" + name));
      m.entities.push_back(entity("role", "a", "r" + name));
      m.roles.push_back({{"role", "a", "r" + name}, {}, {"r.xml", 1, 1}});
      if (i == 0) continue;
      auto above = std::to_string(i - 1);
      m.members.push_back({{"group", "a", "g" + above}, "group:a/g" + name, {"g.xml", 1, 1}});
      m.roles.back().inherits.emplace_back("role:a/r" + above, Where{"r.xml", 1, 1});
    }
    return m;
  };
  CHECK(compile(chain(33), crypto::sha256_hex));
  CHECK(compile(chain(34), crypto::sha256_hex).error().code == Code::law_syntax);
  auto roles = chain(34);
  roles.members.clear();
  CHECK(compile(roles, crypto::sha256_hex).error().message.find("inherits through more") != std::string::npos);
  CHECK_FALSE(compile(chain(20000), crypto::sha256_hex));
}

TEST_CASE("an index whose tables refer to each other without measure is answered with a deny, in time") {
  Model m;
  m.entities = {entity("user", "a", "u")};
  for (int i = 0; i < 300; ++i) {
    auto name = "r" + std::to_string(i);
    m.entities.push_back(entity("role", "a", name));
    m.roles.push_back({{"role", "a", name}, {}, {"r.xml", 1, 1}});
    m.rules.push_back({name, "a", true, "role:a/" + name, {"run.start"}, "**", {"r.xml", 1, 1}, {}, {}, {}});
    m.grants.push_back({name, "a", "role:a/" + name, "user:a/u", {"g.xml", 1, 1}});
  }
  auto bytes = compile(m, crypto::sha256_hex).value();
  detail::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  auto* roles = reinterpret_cast<detail::RoleRow*>(bytes.data() + header.tables[detail::kRoles].at);
  for (int i = 0; i < 300; ++i) roles[i].closure = roles[i].rules = {0, 300};
  auto index = Index::open(bytes).value();
  auto decision = decide(index, index.find({"user", "a", "u"}).value(), "run.start", {"run", "a", "x"});
  CHECK(decision.determining.size() <= 300);  // the walk to the way is cut short
}
