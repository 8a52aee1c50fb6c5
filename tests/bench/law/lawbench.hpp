// lawbench-1: 1,000 users, 100 groups, 50 roles, 2,000 documents, 5,000 rules, 100,000 questions, all drawn from
// mulberry32 with seed 20261122; the order of the draws is part of the definition. The right answers are known:
// 40,909 allowed, and the SHA-256 of the string of 0 and 1. Made here as numbers (for the reference), as a
// law::Model and, by tests/bench/law/workspace.py, as XML.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/law/model.hpp"

namespace tk::lawbench {

inline constexpr const char* kAnswers = "54da46ece25ee86480d39db12fbef9f88748891b580f5e6c5eaf8b5cc18a57b5";
inline constexpr const char* kConditions[] = {"", "actor.clr >= resource.cls", "resource.owner == actor.name",
                                              "actor.dept == resource.dept", "context.mfa && !actor.agent"};

class Random {
 public:
  explicit Random(std::uint32_t seed) : a_(seed) {}
  std::uint32_t next() {
    a_ += 0x6D2B79F5u;
    std::uint32_t t = a_;
    t = (t ^ t >> 15) * (t | 1);
    t ^= t + (t ^ t >> 7) * (t | 61);
    return t ^ t >> 14;
  }
  std::uint32_t below(std::uint32_t n) { return next() % n; }
  std::vector<std::uint32_t> pick(std::size_t k, std::uint32_t n) {
    std::vector<std::uint32_t> out;
    while (out.size() < k)
      if (auto x = below(n); std::find(out.begin(), out.end(), x) == out.end()) out.push_back(x);
    return out;
  }

 private:
  std::uint32_t a_;
};

struct User {
  std::vector<std::uint32_t> groups;
  std::uint32_t dept, clr;
  bool agent;
};
struct Doc {
  std::uint32_t space, owner, cls, dept;
};
struct Rule {
  bool deny;
  std::uint32_t role, act;
  bool on_doc;
  std::uint32_t scope, cond;
};
struct Request {
  std::uint32_t user, act, doc;
  bool mfa;
};

struct Workload {
  std::vector<User> users;
  std::vector<std::vector<std::uint32_t>> groups;  // roles
  std::vector<Doc> docs;
  std::vector<Rule> rules;
  std::vector<Request> requests;

  explicit Workload(std::size_t rules_n = 5000) {
    Random r(20261122);
    for (int i = 0; i < 1000; ++i) {
      User u;
      u.groups = r.pick(3, 100);
      u.dept = r.below(8);
      u.clr = r.below(5);
      u.agent = r.below(5) == 0;
      users.push_back(std::move(u));
    }
    for (int i = 0; i < 100; ++i) groups.push_back(r.pick(2, 50));
    for (int i = 0; i < 2000; ++i) {
      Doc d;
      d.space = r.below(50), d.owner = r.below(1000), d.cls = r.below(5), d.dept = r.below(8);
      docs.push_back(d);
    }
    for (std::size_t i = 0; i < rules_n; ++i) {
      Rule x;
      x.deny = r.below(20) == 0;
      x.role = r.below(50), x.act = r.below(10);
      x.on_doc = r.below(5) == 0;
      x.scope = x.on_doc ? r.below(2000) : r.below(50);
      auto c = r.below(20);
      x.cond = c < 8 ? 0 : c < 14 ? 1 : c < 16 ? 2 : c < 18 ? 3 : 4;
      rules.push_back(x);
    }
    for (int i = 0; i < 100000; ++i) {
      Request q;
      q.user = r.below(1000), q.act = r.below(10), q.doc = r.below(2000);
      q.mfa = r.below(2) == 1;
      requests.push_back(q);
    }
  }

  std::string space(std::uint32_t n) const { return "lb.main.s" + std::to_string(n); }
  std::string doc(std::uint32_t n) const { return "resource:" + space(docs[n].space) + "/d" + std::to_string(n); }
  std::string resource(const Rule& r) const { return r.on_doc ? doc(r.scope) : "resource:" + space(r.scope) + "/**"; }

  law::Model model() const {
    law::Model m;
    auto text = [](std::string v) { return law::Attribute{std::move(v), {}}; };
    auto whole = [](std::uint32_t v) { return law::Attribute{std::to_string(v), std::int64_t{v}}; };
    auto at = [](const char* file, std::size_t line) { return Where{std::string("galaxies/lb/") + file, static_cast<int>(line) + 2, 3}; };
    auto entity = [&](std::string type, std::string context, std::string name, Where where) -> law::Entity& {
      law::Entity e;
      e.ref = {std::move(type), std::move(context), std::move(name)};
      e.state = "active";
      e.where = std::move(where);
      return m.entities.emplace_back(std::move(e));
    };
    for (std::size_t i = 0; i < users.size(); ++i) {
      auto& e = entity("user", "lb", "u" + std::to_string(i), at("users/all.xml", i));
      e.attributes = {{"clr", whole(users[i].clr)}, {"dept", whole(users[i].dept)},
                      {"agent", {users[i].agent ? "true" : "false", users[i].agent}}};
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      auto group = "g" + std::to_string(i);
      entity("group", "lb", group, at("groups/all.xml", i));
      for (auto role : groups[i])
        m.grants.push_back({group + "-r" + std::to_string(role), "lb", "role:lb/r" + std::to_string(role),
                            "group:lb/" + group, at("grants/all.xml", m.grants.size())});
    }
    for (std::size_t i = 0; i < users.size(); ++i)
      for (auto g : users[i].groups)
        m.members.push_back({{"group", "lb", "g" + std::to_string(g)}, "user:lb/u" + std::to_string(i), at("groups/all.xml", g)});
    for (std::size_t i = 0; i < 50; ++i) {
      auto name = "r" + std::to_string(i);
      entity("role", "lb", name, at("roles/all.xml", i));
      m.roles.push_back({{"role", "lb", name}, {}, at("roles/all.xml", i), true});
    }
    for (std::size_t i = 0; i < docs.size(); ++i) {
      auto& e = entity("resource", space(docs[i].space), "d" + std::to_string(i), at("resources/all.xml", i));
      e.attributes = {{"cls", whole(docs[i].cls)}, {"dept", whole(docs[i].dept)}, {"owner", text("u" + std::to_string(docs[i].owner))}};
    }
    for (std::size_t i = 0; i < 10; ++i) m.actions.push_back("doc.a" + std::to_string(i));
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto& r = rules[i];
      law::Rule rule{"r" + std::to_string(i), "lb", !r.deny, "role:lb/r" + std::to_string(r.role),
                     {"doc.a" + std::to_string(r.act)}, resource(r), at("rules/all.xml", i), {}, {}, {}};
      rule.when = {kConditions[r.cond], rule.where};
      m.rules.push_back(std::move(rule));
    }
    return m;
  }
};

// The reference: a hash from (scope, role, action) to rules, and nothing else. Gives the determining rule too.
class Reference {
 public:
  explicit Reference(const Workload& w) : w_(w) {
    for (std::uint32_t i = 0; i < w.rules.size(); ++i) {
      const auto& r = w.rules[i];
      rules_[key(r.on_doc ? 50 + r.scope : r.scope, r.role, r.act)].push_back(i);
    }
    for (const auto& u : w.users) {
      std::vector<std::uint32_t> roles;
      for (auto g : u.groups)
        for (auto role : w.groups[g])
          if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
      roles_.push_back(std::move(roles));
    }
  }
  bool allowed(const Request& q, std::vector<std::uint32_t>& determining) const {
    const auto& u = w_.users[q.user];
    const auto& d = w_.docs[q.doc];
    bool permit = false, forbid = false;
    determining.clear();
    for (auto role : roles_[q.user])
      for (auto scope : {d.space, 50 + q.doc}) {
        auto it = rules_.find(key(scope, role, q.act));
        if (it == rules_.end()) continue;
        for (auto i : it->second) {
          const auto& r = w_.rules[i];
          bool met = r.cond == 0 || (r.cond == 1 && u.clr >= d.cls) || (r.cond == 2 && d.owner == q.user) ||
                     (r.cond == 3 && u.dept == d.dept) || (r.cond == 4 && q.mfa && !u.agent);
          if (!met || (forbid && !r.deny)) continue;
          if (r.deny && !forbid) determining.clear();
          (r.deny ? forbid : permit) = true;
          determining.push_back(i);
        }
      }
    return permit && !forbid;
  }

 private:
  static std::uint64_t key(std::uint64_t scope, std::uint64_t role, std::uint64_t act) { return scope << 16 | role << 8 | act; }
  const Workload& w_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> rules_;
  std::vector<std::vector<std::uint32_t>> roles_;
};

}  // namespace tk::lawbench
