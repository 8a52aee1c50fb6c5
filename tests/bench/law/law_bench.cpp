// The law engine on lawbench-1: against the 30-line reference index in the same run, both with the ids of the
// determining rules; at ten times the rules; the nearest permit of every deny; what-can and who-can.
//   law_bench [rounds]
#include <cstdio>
#include <cstdlib>

#include "core/base/clock.hpp"
#include "core/crypto/digest.hpp"
#include "core/law/explain.hpp"
#include "core/law/search.hpp"
#include "tests/bench/law/lawbench.hpp"

namespace {

using namespace tk;
using lawbench::Reference;
using lawbench::Workload;

double percentile(std::vector<double>& v, double p) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[static_cast<std::size_t>(static_cast<double>(v.size() - 1) * p)];
}
double seconds_since(std::int64_t began) { return static_cast<double>(clock::monotonic_ns() - began) / 1e9; }

struct Bench {
  explicit Bench(std::size_t rules) : w(rules), bytes(law::compile(w.model(), crypto::sha256_hex).value()),
                                      index(law::Index::open(bytes).value()), engine(index), reference(w) {
    for (std::size_t i = 0; i < w.users.size(); ++i) users.push_back(index.find({"user", "lb", "u" + std::to_string(i)}).value());
    for (std::uint32_t i = 0; i < w.docs.size(); ++i) docs.push_back(engine.target(law::parse_ref(w.doc(i)).value()));
    for (std::uint32_t i = 0; i < 10; ++i) actions.push_back(*engine.action("doc.a" + std::to_string(i)));
    for (std::uint32_t i = 0; i < index.rule_count(); ++i) ids.push_back(index.rule(i).id);
  }
  Workload w;
  std::string bytes;
  law::Index index;
  law::Engine engine;
  Reference reference;
  std::vector<law::EntityView> users;
  std::vector<law::Target> docs;
  std::vector<std::uint32_t> actions;
  std::vector<std::string_view> ids;
  Value::Map contexts[2] = {{{"mfa", false}}, {{"mfa", true}}};
  law::Verdict v;
  std::vector<std::uint32_t> found;
  std::size_t kept = 0;

  bool ours(const lawbench::Request& q, law::Detail detail) {
    law::Facts facts;
    facts.context = &contexts[q.mfa];
    engine.decide(users[q.user], actions[q.act], docs[q.doc], facts, detail, v);
    for (auto rule : v.rules) kept += ids[rule].size();
    return v.allowed();
  }
  bool theirs(const lawbench::Request& q) {
    bool allowed = reference.allowed(q, found);
    for (auto rule : found) kept += rule;
    return allowed;
  }
  template <class F>
  double rate(F f) {
    auto began = clock::monotonic_ns();
    std::size_t allowed = 0;
    for (const auto& q : w.requests) allowed += f(q);
    kept += allowed;
    return static_cast<double>(w.requests.size()) / seconds_since(began);
  }
  template <class F>
  void latency(const char* name, F f) {
    std::vector<double> ns;
    for (const auto& q : w.requests) {
      auto began = clock::monotonic_ns();
      f(q);
      ns.push_back(static_cast<double>(clock::monotonic_ns() - began));
    }
    std::printf("  %-28s p50 %4.0f ns, p99 %4.0f ns (the clock's own %.0f ns inside)\n", name, percentile(ns, .5), percentile(ns, .99), clock_ns());
  }
  static double clock_ns() {
    auto began = clock::monotonic_ns();
    for (int i = 0; i < 10000; ++i) (void)clock::monotonic_ns();
    return static_cast<double>(clock::monotonic_ns() - began) / 10000;
  }
};

double compare(Bench& b, int rounds) {
  std::vector<double> all, first, reference;
  for (int i = 0; i < rounds; ++i) {
    reference.push_back(b.rate([&](auto& q) { return b.theirs(q); }));
    all.push_back(b.rate([&](auto& q) { return b.ours(q, law::Detail::all); }));
    first.push_back(b.rate([&](auto& q) { return b.ours(q, law::Detail::first); }));
  }
  auto a = percentile(all, .5), f = percentile(first, .5), r = percentile(reference, .5);
  std::printf("%zu rules: all determining rules %.2f M/s, the first that suffices %.2f M/s, reference %.2f M/s; ratio %.2f and %.2f (bar 1.0)\n",
              b.w.rules.size(), a / 1e6, f / 1e6, r / 1e6, a / r, f / r);
  b.latency("all", [&](auto& q) { b.ours(q, law::Detail::all); });
  b.latency("first", [&](auto& q) { b.ours(q, law::Detail::first); });
  b.latency("reference", [&](auto& q) { b.theirs(q); });
  return f;
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  double load[1] = {0};
  ::getloadavg(load, 1);
  std::printf("load %.2f\n", load[0]);
  Bench b(5000);
  std::string answers;
  for (const auto& q : b.w.requests) answers += b.ours(q, law::Detail::first) ? '1' : '0';
  bool right = crypto::sha256_hex(answers) == lawbench::kAnswers;
  std::printf("lawbench-1: 100,000 answers %s\n", right ? "as defined" : "WRONG");
  auto small = compare(b, rounds);
  {
    Bench big(50000);
    auto rate = compare(big, rounds);
    std::printf("50,000 rules: %.2f times slower than 5,000 (bar 1.6)\n", small / rate);
  }
  auto began = clock::monotonic_ns();
  std::size_t denies = 0, forbidden = 0, nearest = 0;
  for (const auto& q : b.w.requests) {
    if (b.ours(q, law::Detail::all)) continue;
    ++denies;
    law::Facts facts;
    facts.context = &b.contexts[q.mfa];
    if (!b.v.rules.empty()) ++forbidden;
    else if (law::nearest_permit(b.engine, b.users[q.user], b.actions[q.act], b.docs[q.doc], facts)) ++nearest;
  }
  std::printf("%zu denies: %zu name the forbid, %zu have a nearest permit that was proved, %zu neither; %.0f us each\n", denies,
              forbidden, nearest, denies - forbidden - nearest, seconds_since(began) * 1e6 / static_cast<double>(denies));
  law::Universe universe(b.engine);
  std::vector<double> what, who;
  law::Facts facts;
  facts.context = &b.contexts[1];
  for (std::size_t i = 0; i < 300; ++i) {
    began = clock::monotonic_ns();
    b.kept += universe.what_can(b.users[i * 3], facts).size();
    what.push_back(seconds_since(began) * 1e3);
    began = clock::monotonic_ns();
    b.kept += universe.who_can(b.actions[i % 10], b.docs[i * 6], facts).size();
    who.push_back(seconds_since(began) * 1e3);
  }
  std::printf("what-can p50 %.2f ms, p99 %.2f ms; who-can p50 %.2f ms, p99 %.2f ms (bar 5)\n", percentile(what, .5),
              percentile(what, .99), percentile(who, .5), percentile(who, .99));
  return right && b.kept ? 0 : 1;
}
