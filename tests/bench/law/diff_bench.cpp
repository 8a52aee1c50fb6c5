// tk law diff against brute force on lawbench-1: random changes of ten rules, every one of the 40 million
// (user, action, document, mfa) asked of both laws.
//   bench-law-diff [changes] [how many of them by brute force too]
#include <cstdio>
#include <cstdlib>
#include <unordered_set>

#include "core/base/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/law/diff.hpp"
#include "tests/bench/law/lawbench.hpp"

namespace {

using namespace tk;
using lawbench::Workload;

double seconds_since(std::int64_t began) { return static_cast<double>(clock::monotonic_ns() - began) / 1e9; }

// Rules that are taken out, turned round, moved to another role, loosened, and new ones.
void change(Workload& w, lawbench::Random& r) {
  for (int i = 0; i < 10; ++i) {
    auto& rule = w.rules[r.below(static_cast<std::uint32_t>(w.rules.size()))];
    switch (r.below(5)) {
      case 0: rule.deny = !rule.deny; break;
      case 1: rule.role = r.below(50); break;
      case 2: rule.cond = r.below(5); break;
      case 3: rule.act = r.below(10); break;
      default: rule.on_doc = false, rule.scope = r.below(50);
    }
  }
}

struct Side {
  explicit Side(const Workload& w) : bytes(law::compile(w.model(), crypto::sha256_hex).value()),
                                     index(law::Index::open(bytes).value()), engine(index) {
    for (std::size_t i = 0; i < w.users.size(); ++i) users.push_back(index.find({"user", "lb", "u" + std::to_string(i)}).value());
    for (std::uint32_t i = 0; i < w.docs.size(); ++i) docs.push_back(engine.target(law::parse_ref(w.doc(i)).value()));
    for (int i = 0; i < 10; ++i) actions.push_back(*engine.action("doc.a" + std::to_string(i)));
  }
  std::string bytes;
  law::Index index;
  law::Engine engine;
  std::vector<law::EntityView> users;
  std::vector<law::Target> docs;
  std::vector<std::uint32_t> actions;
  law::Verdict v;
};

std::string key(std::size_t user, std::size_t action, const std::string& doc, bool mfa, bool allowed) {
  return "user:lb/u" + std::to_string(user) + " doc.a" + std::to_string(action) + " " + doc + (mfa ? " mfa" : "") + (allowed ? " +" : " -");
}

// How many of the differences are not as brute force finds them.
std::size_t check(Side& a, Side& b, const law::Difference& d) {
  std::unordered_set<std::string> said;
  for (const auto* list : {&d.allowed, &d.denied})
    for (const auto& c : *list) {
      if (c.resource.ends_with("/any-other")) continue;  // a witness of what is not declared
      for (bool mfa : {false, true})
        if (c.context.empty() || c.context.at("mfa") == Value(mfa))
          said.insert(c.actor + " " + c.action + " " + c.resource + (mfa ? " mfa" : "") + (list == &d.allowed ? " +" : " -"));
    }
  std::size_t wrong = d.otherwise.size(), found = 0;
  Value::Map contexts[] = {{{"mfa", false}}, {{"mfa", true}}};
  for (std::size_t u = 0; u < a.users.size(); ++u)
    for (std::size_t doc = 0; doc < a.docs.size(); ++doc)
      for (std::size_t action = 0; action < 10; ++action)
        for (int mfa : {0, 1}) {
          law::Facts facts;
          facts.context = &contexts[mfa];
          a.engine.decide(a.users[u], a.actions[action], a.docs[doc], facts, law::Detail::first, a.v);
          b.engine.decide(b.users[u], b.actions[action], b.docs[doc], facts, law::Detail::first, b.v);
          if (a.v.allowed() == b.v.allowed()) continue;
          ++found;
          wrong += !said.contains(key(u, action, a.docs[doc].ref.str(), mfa, b.v.allowed()));
        }
  return wrong + (found > said.size() ? found - said.size() : said.size() - found);
}

}  // namespace

int main(int argc, char** argv) {
  int changes = argc > 1 ? std::atoi(argv[1]) : 50, brute = argc > 2 ? std::atoi(argv[2]) : 1;
  double load[1] = {0};
  ::getloadavg(load, 1);
  std::printf("load %.2f\n", load[0]);
  lawbench::Random random(4);
  std::vector<double> took;
  std::size_t wrong = 0, differences = 0;
  Workload base;
  Side a(base);
  for (int i = 0; i < changes; ++i) {
    Workload w;
    change(w, random);
    Side b(w);
    auto began = clock::monotonic_ns();
    auto d = law::difference(a.index, b.index, 0);
    took.push_back(seconds_since(began));
    differences += d.allowed.size() + d.denied.size();
    if (!d.assumed.empty()) ++wrong;
    if (i < brute) wrong += check(a, b, d);
  }
  std::sort(took.begin(), took.end());
  std::printf("%d changes of ten rules: %zu differences, median %.3f s, longest %.3f s (bar 2); %d of them held against 40 million decisions: %zu wrong\n",
              changes, differences, took[took.size() / 2], took.back(), std::min(changes, brute), wrong);
  return wrong ? 1 : 0;
}
