// What a verification of a token costs, in one run: beside the bare check of its signature (bar: 85 % of that speed,
// each token for the first time) and from memory (bar: 1 M/s). Everything is looked up as tk acl verify does it: the
// keys, the record of the token, how its actors stand, its family.
#include <time.h>
#include <unistd.h>

#include "core/acl/refresh.hpp"
#include "core/base/base64.hpp"
#include "core/os/file.hpp"
#include "tests/acl/world.hpp"
#include "tests/bench/floor.hpp"

using namespace tk;
using namespace tk::bench;

namespace {

// Nothing here waits: the time of this thread alone, whoever else is on the machine.
double cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

constexpr int kTokens = 3000, kRound = 100, kCached = 2'000'000;

struct Case {
  const char* name;
  bool behalf, family;
};

void measure(test::World& world, const acl::Realm& realm, const Case& what) {
  auto owner = world.actor("user:a/owner");
  auto& store = world.store();
  acl::Wanted wanted;
  wanted.subject = must(acl::party_of(store, world.actor("user:a/l0")));
  if (what.behalf) {
    wanted.chain = {must(acl::party_of(store, world.actor("agent:a/b0")))};
    wanted.details = {{{"thing.do0"}, {"thing:a/**"}, "", "a review"}};
  }
  wanted.context = "a";
  wanted.expires_ms = clock::now_ns() / 1'000'000 + 3'600'000;
  std::vector<std::string> tokens;
  std::vector<record::Change> batch;
  if (what.family) {
    auto family = must(acl::new_family(realm, wanted, 300, owner, world.trace()));
    wanted.family = family.id;
    batch.push_back(std::move(family.change));
  }
  for (int i = 0; i < kTokens; ++i) {
    auto issued = must(acl::issue(store, world.gate().index(), realm, wanted, owner, world.trace()));
    tokens.push_back(std::move(issued.token));
    batch.push_back(std::move(issued.change));
    if (batch.size() < 200 && i + 1 < kTokens) continue;
    must(store.apply(std::move(batch)));
    batch.clear();
  }
  auto ring = must(acl::KeyRing::load(store));
  crypto::VerifyingKey key(ring.in("current")->point);
  acl::Verifier verifier(store, world.gate().index(), realm);
  std::vector<double> floors, ours, pure;
  for (int i = 0; i < kTokens; i += kRound) {
    auto each = [&](std::vector<double>& into, auto&& one) {
      auto began = cpu_us();
      for (int k = i; k < i + kRound; ++k)
        if (!one(tokens[static_cast<std::size_t>(k)])) std::exit(1);
      into.push_back((cpu_us() - began) / kRound);
    };
    each(floors, [&](const std::string& t) {
      auto dot = t.rfind('.');
      auto bytes = base64::decode_url(t.substr(dot + 1));
      return bytes && key.verify(std::string_view(t).substr(0, dot), *bytes);
    });
    each(pure, [&](const std::string& t) {
      auto find = [&](std::string_view) { return &key; };
      return acl::jwt::read(t, find, {realm.issuer, realm.audience, clock::now_ns() / 1'000'000'000}).has_value();
    });
    each(ours, [&](const std::string& t) { return must(verifier.verify(t))->valid; });
  }
  auto began = cpu_us();
  for (int i = 0; i < kCached; ++i)
    if (!must(verifier.verify(tokens.back()))->valid) std::exit(1);
  auto cached = (cpu_us() - began) / kCached;
  std::printf("token, %s (%zu bytes): signature alone %.1f us, parsed %.1f us (%.0f %%), looked up %.1f us: %.0f %% of its speed (bar 85); "
              "from memory %.3f us: %.2f M/s (bar 1)\n",
              what.name, tokens.back().size(), median(floors), median(pure), 100 * median(floors) / median(pure), median(ours),
              100 * median(floors) / median(ours), cached, 1 / cached);
}

}  // namespace

int main() {
  double load[3] = {};
  if (getloadavg(load, 3) < 1) load[0] = -1;
  std::printf("load %.2f, %ld cores\n", load[0], sysconf(_SC_NPROCESSORS_ONLN));
  auto folder = must(os::temporary_directory("tk-bench-"));
  {
    auto world = must(test::World::open(folder, {}));
    acl::Realm realm{folder + "/keys", "tk:bench", "tk"};
    for (const auto& what : {Case{"plain", false, false}, Case{"on behalf, limited", true, false}, Case{"renewable, on behalf", true, true}})
      measure(*world, realm, what);
  }
  must(os::remove_tree(folder));
}
