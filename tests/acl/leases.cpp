// Leases against a model of them, and against each other:
//   leases model STEPS SEED      random interleavings: what is allowed is exactly what the model says
//   leases uses PROCESSES USES N many processes use one lease of N uses at once: N pass
//   leases revoke CHECKERS N     N rights are revoked while others check: no yes after the revocation returned
//   leases stop CHECKERS N       N stops and starts of an actor while others ask what it may: no yes between a stop and its start
//   leases approve N             N approvers at once: one decision
//   leases flood PROCESSES N CAP | caps PROCESSES | live CHECKERS    see asks.cpp
// Prints one line of figures; exits 1 at the first thing that is wrong.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "core/acl/standing.hpp"
#include "core/base/clock.hpp"
#include "core/os/file.hpp"
#include "core/record/made_up.hpp"
#include "tests/acl/asks.hpp"
#include "tests/acl/processes.hpp"
#include "tests/acl/world.hpp"

using namespace tk;
using namespace tk::test;
using record::Dice;

namespace {

std::int64_t g_now = 1'800'000'000'000'000'000;
std::int64_t injected() { return g_now; }

// ---- the model: nothing but what the words of a lease say

struct Lent {
  std::string id;
  int lender = 0, borrower = 0, thing = 0;  // thing kThings = all
  std::set<int> actions;
  std::int64_t from = 0, until = 0, max = 0, uses = 0;
  bool ended = false;
  int lender_epoch = 0, borrower_epoch = 0, parent = -1, depth = 0;
  std::string purpose;
};

struct Model {
  Rights rights;
  std::vector<Lent> leases;
  int lender_epoch[kParties] = {}, borrower_epoch[kParties] = {};
  bool lender_halted[kParties] = {}, borrower_halted[kParties] = {};

  bool alive(const Lent& l) const {
    if (l.ended || g_now / 1'000'000 >= l.until || (l.max > 0 && l.uses >= l.max)) return false;
    if (rights.suspended.contains(l.lender) || lender_halted[l.lender]) return false;
    return lender_epoch[l.lender] == l.lender_epoch;
  }
  bool covers(const Lent& l, int borrower, int act, int t, const std::string& purpose) const {
    return alive(l) && l.borrower == borrower && !borrower_halted[borrower] && borrower_epoch[borrower] == l.borrower_epoch &&
           l.actions.contains(act) && (l.thing == kThings || l.thing == t) && l.purpose == purpose &&
           !rights.forbids.contains({borrower, act, t}) && rights.permits.contains({l.lender, act, t});
  }
};

// ---- one step of an interleaving

struct Run {
  Dice dice;
  std::unique_ptr<World> world;
  Model model;
  std::size_t allowed = 0, denied = 0, used = 0, leases = 0;

  int below(int n) { return static_cast<int>(dice.below(static_cast<std::size_t>(n))); }
  record::Actor owner() { return world->actor("user:a/owner"); }

  void law() {
    auto& r = model.rights;
    auto flip = [](auto& set, auto what) {
      if (!set.erase(what)) set.insert(what);
    };
    auto one = below(24);
    if (one < 2) flip(r.suspended, below(kParties));
    else if (one < 7) flip(r.forbids, std::tuple{below(kParties), below(kActions), below(kThings)});
    else flip(r.permits, std::tuple{below(kParties), below(kActions), below(kThings)});
    must(world->set(r), "law");
  }

  void judge() {
    int who = below(kParties);
    bool lends = dice.one_in(2);
    for (int tries = 0; tries < 6 && !(lends ? model.lender_halted : model.borrower_halted)[who]; ++tries) {
      who = below(kParties);
      lends = dice.one_in(2);
    }
    auto actor = world->actor(lends ? lender(who) : borrower(who));
    auto& halted = lends ? model.lender_halted[who] : model.borrower_halted[who];
    auto& epoch = lends ? model.lender_epoch[who] : model.borrower_epoch[who];
    auto verdict = halted ? acl::Verdict::resume : dice.one_in(3) ? acl::Verdict::halt : acl::Verdict::revoke;
    auto change = must(acl::judge(world->store(), verdict, actor, owner(), world->trace(), ""), "judge");
    if (verdict == acl::Verdict::resume && dice.one_in(2)) {  // who halted an actor is not the one who lets it go on
      if (world->store().apply(std::move(change))) wrong("who halted let it go on");
      return;
    }
    if (verdict == acl::Verdict::resume) change.actor = world->actor("user:a/deputy");
    must(world->store().apply(std::move(change)), "standing");
    halted = verdict == acl::Verdict::halt;
    if (verdict != acl::Verdict::resume) ++epoch;
  }

  void lend() {
    acl::Request r;
    Lent l;
    l.lender = below(kParties);
    l.borrower = below(kParties);
    l.thing = below(kThings + 1);
    for (int n = 1 + below(2); n > 0; --n) l.actions.insert(below(kActions));
    l.max = below(4);
    l.purpose = dice.one_in(2) ? "one" : "two";
    r.lender = world->actor(lender(l.lender));
    r.borrower = world->actor(borrower(l.borrower));
    for (int a : l.actions) r.actions.push_back(action(a));
    r.scope = l.thing == kThings ? "thing:a/**" : thing(l.thing).str();
    r.purpose = l.purpose;
    r.ttl = 60'000 * (1 + below(30));
    r.max_uses = l.max;
    auto change = must(acl::request_lease(world->store(), r, r.lender, world->trace()), "request");
    auto done = world->store().apply(std::move(change));
    bool may = !model.rights.suspended.contains(l.lender) && !model.lender_halted[l.lender] && !model.borrower_halted[l.borrower];
    if (static_cast<bool>(done) != may)
      wrong("a lease of " + lender(l.lender) + (done ? " was given" : " was refused: " + describe(done.error())));
    if (!done) return;
    l.id = done->record.id;
    l.from = g_now / 1'000'000;
    l.until = l.from + r.ttl;
    l.lender_epoch = model.lender_epoch[l.lender];
    l.borrower_epoch = model.borrower_epoch[l.borrower];
    model.leases.push_back(l);
    ++leases;
  }

  void end() {
    auto& l = model.leases[dice.below(model.leases.size())];
    auto by = dice.one_in(2) ? owner() : world->actor(lender(l.lender));
    bool may = by.ref == "user:a/owner" || !model.lender_halted[l.lender];
    auto done = acl::end_lease(world->store(), l.id, by, world->trace(), "over");
    // A lender may end their own lease whatever law says of them by now.
    if (!done && !l.ended && may) wrong("a lease could not be ended: " + describe(done.error()));
    if (done) l.ended = true;
  }

  // Asks about a lease, and uses it every now and then.
  void ask() {
    auto n = model.leases.size();  // one of the last six, as a rule: those before are over
    auto& l = model.leases[dice.one_in(3) ? dice.below(n) : n - 1 - dice.below(std::min<std::size_t>(6, n))];
    int who = dice.one_in(5) ? below(kParties) : l.borrower, act = below(kActions), t = below(kThings);
    auto actor = world->actor(borrower(who));
    actor.borrow_id = l.id;
    actor.purpose = dice.one_in(6) ? "other" : l.purpose;
    auto name = action(act);
    bool expected = model.covers(l, who, act, t, actor.purpose);
    if (dice.one_in(8)) {
      auto done = acl::use_lease(world->store(), world->gate(), actor, name, thing(t), world->trace());
      if (static_cast<bool>(done) != expected) wrong("use of " + l.id + (done ? " passed" : " was refused: " + describe(done.error())));
      if (done) ++l.uses, ++used;
    } else {
      auto ruling = must(world->gate().rule({actor, name, thing(t), nullptr, nullptr, nullptr, {}, world->trace().trace_id}), "rule");
      if (ruling.allow != expected)
        wrong(actor.ref + " " + name + " on " + thing(t).str() + " by lease " + l.id + ": " + (ruling.allow ? "allowed" : "denied: " + ruling.reason));
    }
    ++(expected ? allowed : denied);
  }

  void step() {
    auto one = below(1000);
    if (one < 20) law();
    else if (one < 24) judge();
    else if (one < 70 || model.leases.empty()) lend();
    else if (one < 80) end();
    else if (one < 90) g_now += std::int64_t{below(120)} * 1'000'000'000;
    else ask();
  }
};

void model_test(const std::string& root, std::size_t steps, std::uint64_t seed) {
  clock::inject(injected);
  std::size_t allowed = 0, denied = 0, used = 0, leases = 0, done = 0;
  for (std::size_t episode = 0; done < steps; ++episode) {
    auto folder = root + "/e" + std::to_string(episode);
    must(os::make_directories(folder), "folder");
    Run run{Dice(seed + episode), {}, {}};
    for (int i = 0; i < 40; ++i) run.model.rights.permits.insert({run.below(kParties), run.below(kActions), run.below(kThings)});
    run.world = must(World::open(folder, run.model.rights), "open");
    for (int i = 0; i < 4000 && done < steps; ++i, ++done) run.step();
    allowed += run.allowed, denied += run.denied, used += run.used, leases += run.leases;
    run.world.reset();
    must(os::remove_tree(folder), "remove");
  }
  std::printf("%zu steps, %zu leases: %zu allowed, %zu denied, %zu uses; 0 differ from the model\n", done, leases, allowed, denied, used);
  if (allowed < steps / 50 || denied < steps / 50 || used == 0) wrong("the interleavings show too little");
}

// ---- many processes

std::string lease(World& w, int from, int to, std::int64_t max) {
  auto r = wish(w, from, to);
  r.max_uses = max;
  auto change = must(acl::request_lease(w.store(), r, r.lender, w.trace()), "request");
  return must(w.store().apply(std::move(change)), "lease").record.id;
}

void uses_test(const std::string& root, int processes, int uses, int max) {
  std::string id;
  {
    auto w = must(World::open(root, all()), "open");
    id = lease(*w, 0, 0, max);
  }
  struct Shared {
    std::atomic<int> passed, go, ready;
  };
  auto* s = shared<Shared>();
  in_processes(processes, [&](int) {
    auto w = must(World::open(root, all()), "open");
    auto actor = w->actor(borrower(0));
    actor.borrow_id = id;
    actor.purpose = "p";
    ++s->ready;
    while (s->ready < processes) ::usleep(100);
    for (int i = 0; i < uses / processes; ++i) {
      auto done = acl::use_lease(w->store(), w->gate(), actor, action(0), thing(0), w->trace());
      if (done) ++s->passed;
      else if (done.error().code != Code::acl_lease) wrong("use: " + describe(done.error()));
    }
  });
  auto w = must(World::open(root, all()), "open");
  auto record = must(w->store().get(id), "lease");
  auto counted = record.fields.at("uses").integer();
  std::printf("%d uses of a lease of %d in %d processes: %d passed, %lld counted\n", uses, max, processes, s->passed.load(),
              static_cast<long long>(counted));
  if (s->passed != max || counted != max) wrong("not exactly as many as there were");
}

// Rights are revoked one after the other: a token, a lease, or all that an actor had. Each is checked by all the
// processes, over and over, from before it is revoked until after.
void revoke_test(const std::string& root, int checkers, int n) {
  struct Shared {
    std::atomic<int> revoked;  // so many revocations have returned
    std::atomic<long> late, yes, no;
    std::atomic<int> ready;
  };
  auto* s = shared<Shared>();
  std::vector<std::string> leases;
  {
    auto w = must(World::open(root, all()), "open");
    for (int i = 0; i < n; ++i) {
      record::Change c;
      c.type = "token";
      c.context = "a";
      c.id = "jti-" + std::to_string(i);
      c.input = {{"actor", borrower(0)}, {"expires", std::int64_t{1} << 52}, {"epoch", std::int64_t{0}}};
      c.actor = w->actor("user:a/owner");
      c.trace = w->trace();
      must(w->store().apply(std::move(c)), "token");
    }
  }
  auto work = [&](int k) {
    auto w = must(World::open(root, all()), "open");
    Dice dice(static_cast<std::uint64_t>(k) + 1);
    ++s->ready;
    auto check = [&](int i) {
      auto before = s->revoked.load();
      record::Actor a = w->actor(borrower(0));
      a.token = "jti-" + std::to_string(i);
      auto why = must(w->gate().trouble(a), "check");
      if (why.empty() && i < before) ++s->late;
      ++(why.empty() ? s->yes : s->no);
    };
    while (s->revoked < n) {
      auto at = s->revoked.load();
      // The next one (a yes that is remembered), the last one, and any before.
      for (int i : {at, at - 1, at + 1, static_cast<int>(dice.below(static_cast<std::size_t>(at + 1)))})
        if (i >= 0 && i < n) check(i);
    }
    for (int i = n - 50 < 0 ? 0 : n - 50; i < n; ++i) check(i);
  };
  in_processes(checkers, work, [&] {
    auto w = must(World::open(root, all()), "open");
    while (s->ready < checkers) ::usleep(100);
    for (int i = 0; i < n; ++i) {
      record::Change c;
      c.id = "jti-" + std::to_string(i);
      c.event = "revoke";
      c.actor = w->actor("user:a/owner");
      c.trace = w->trace();
      must(w->store().apply(std::move(c)), "revoke");
      s->revoked = i + 1;
    }
  });
  std::printf("%d revocations, %d checking processes: %ld yes, %ld no, %ld yes after the revocation returned\n", n, checkers,
              s->yes.load(), s->no.load(), s->late.load());
  if (s->late != 0 || s->yes == 0 || s->no == 0) wrong("a right outlived its revocation, or nothing was checked");
}

// An actor is stopped and started again, over and over (what `tk stop` and `tk start` do); the processes ask all the time. An
// answer counts as late when the actor was stopped before it was asked for and until after it was given.
void stop_test(const std::string& root, int checkers, int n) {
  struct Shared {
    std::atomic<int> phase;  // odd: a stop has returned, and nobody has begun to start it again
    std::atomic<long> late, yes, no;
    std::atomic<int> ready;
    std::atomic<bool> over;
  };
  auto* s = shared<Shared>();
  auto work = [&](int) {
    auto w = must(World::open(root, all()), "open");
    auto who = w->actor(borrower(0));
    ++s->ready;
    while (!s->over) {
      auto before = s->phase.load();
      auto why = must(w->gate().trouble(who), "check");
      bool stopped = before % 2 == 1 && s->phase.load() == before;
      if (why.empty() && stopped) ++s->late;
      ++(why.empty() ? s->yes : s->no);
    }
  };
  in_processes(checkers, work, [&] {
    auto w = must(World::open(root, all()), "open");
    auto who = w->actor(borrower(0));
    while (s->ready < checkers) ::usleep(100);
    for (int i = 0; i < n; ++i)
      for (auto verdict : {acl::Verdict::halt, acl::Verdict::resume}) {
        bool stop = verdict == acl::Verdict::halt;
        auto change = must(acl::judge(w->store(), verdict, who, w->actor(stop ? "user:a/owner" : "user:a/deputy"), w->trace(), "race"), "judge");
        if (!stop) ++s->phase;
        must(w->store().apply(std::move(change)), "standing");
        if (stop) ++s->phase;
        ::usleep(500);
      }
    s->over = true;
  });
  std::printf("%d stops, %d checking processes: %ld yes, %ld no, %ld yes after a stop had returned\n", n, checkers, s->yes.load(), s->no.load(),
              s->late.load());
  if (s->late != 0 || s->yes == 0 || s->no == 0) wrong("a right outlived a stop, or nothing was checked");
}

void approve_test(const std::string& root, int n) {
  std::string item;
  {
    auto w = must(World::open(root, all()), "open");
    acl::Request r;
    r.lender = w->actor(lender(0));
    r.borrower = w->actor(borrower(0));
    r.actions = {action(0)};
    r.scope = "thing:a/**";
    r.purpose = "p";
    auto change = must(acl::request_lease(w->store(), r, r.borrower, w->trace()), "request");
    auto asked = w->store().apply(std::move(change));
    if (asked || asked.error().code != Code::record_parked) wrong("the ask did not wait");
    item = must(w->store().list("parked"), "items").front().id;
  }
  struct Shared {
    std::atomic<int> done, late, ready;
  };
  auto* s = shared<Shared>();
  in_processes(n, [&](int k) {
    auto w = must(World::open(root, all()), "open");
    auto trace = w->trace();
    trace.trace_id = std::string(31, '0') + "2";
    ++s->ready;
    while (s->ready < n) ::usleep(100);
    auto answered = w->store().answer(w->actor(lender(0)), trace, item, k % 2 == 0, "");
    if (answered) ++s->done;
    else if (answered.error().exit() == Exit::conflict) ++s->late;
    else wrong("answer: " + describe(answered.error()));
  });
  auto w = must(World::open(root, all()), "open");
  auto leases = must(w->store().list("borrow"), "leases");
  auto state = must(w->store().get(item), "item").state;
  std::printf("%d approvers: %d decided, %d came too late; the item is %s, %zu lease(s)\n", n, s->done.load(), s->late.load(),
              state.c_str(), leases.size());
  bool one = state == "done" ? leases.size() == 1 : state == "denied" && leases.empty();
  if (!one || s->done < 1 || (state == "denied" && s->done != 1)) wrong("not one decision");
}

}  // namespace

int main(int argc, char** argv) {
  auto words = std::vector<std::string>(argv + 1, argv + argc);
  auto number = [&](std::size_t i) { return words.size() > i ? std::atoi(words[i].c_str()) : 0; };
  auto root = must(os::temporary_directory("tk-leases"), "folder");
  auto what = words.empty() ? std::string() : words[0];
  if (what == "model") model_test(root, static_cast<std::size_t>(number(1)), static_cast<std::uint64_t>(number(2)));
  else if (what == "uses") uses_test(root, number(1), number(2), number(3));
  else if (what == "revoke") revoke_test(root, number(1), number(2));
  else if (what == "stop") stop_test(root, number(1), number(2));
  else if (what == "approve") approve_test(root, number(1));
  else if (what == "flood") flood_test(root, number(1), number(2), number(3));
  else if (what == "caps") caps_test(root, number(1));
  else if (what == "live") live_test(root, number(1));
  else wrong("model STEPS SEED | uses PROCESSES USES N | revoke CHECKERS N | approve N | flood PROCESSES N CAP | caps PROCESSES | live CHECKERS");
  must(os::remove_tree(root), "remove");
}
