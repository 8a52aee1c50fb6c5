#include "tests/acl/asks.hpp"

#include <atomic>

#include "core/base/ids.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "tests/acl/processes.hpp"
#include "tests/acl/world.hpp"

namespace tk::test {
namespace {

Result<record::Outcome> ask(World& w, const acl::Request& r, const record::Actor& by, const std::string& trace) {
  auto context = w.trace();
  context.trace_id = trace;
  TK_TRY(auto change, acl::request_lease(w.store(), r, by, context));
  return w.store().apply(std::move(change));
}

struct Started {
  std::atomic<int> ready, a, b, c;
};

void together(Started& s, int n) {
  ++s.ready;
  while (s.ready < n) ::usleep(100);
}

std::size_t open_items(World& w) {
  std::size_t n = 0;
  for (const auto& item : must(w.store().list("parked"), "items")) n += item.state == "open" ? 1 : 0;
  return n;
}

}  // namespace

void flood_test(const std::string& root, int processes, int n, int cap) {
  auto* s = shared<Started>();
  must(World::open(root, all()), "open").reset();
  auto each = [&](bool same) {
    s->ready = s->a = s->b = 0;
    in_processes(processes, [&](int k) {
      auto w = must(World::open(root, all()), "open");
      w->store().asks.per_run = cap;
      together(*s, processes);
      for (int i = 0; i < n / processes; ++i) {
        auto r = wish(*w, 0, 0);
        if (!same) r.purpose = std::to_string(k) + " " + std::to_string(i);
        auto asked = ask(*w, r, r.borrower, ids::hex(crypto::sha256(r.purpose)).substr(0, 32));
        if (asked) wrong("an ask did not wait");
        auto code = asked.error().code;
        if (code != Code::record_parked && code != Code::record_asks) wrong("ask: " + describe(asked.error()));
        ++(code == Code::record_parked ? s->a : s->b);
      }
    });
  };
  each(true);
  auto w = must(World::open(root, all()), "open");
  auto items = open_items(*w);
  if (items != 1 || s->b != 0) wrong(std::to_string(items) + " items of identical asks");
  std::printf("%d identical asks in %d processes: %zu item; ", s->a.load(), processes, items);
  each(false);
  items = open_items(*w);
  std::printf("%d different ones, each of another trace: %zu items, %d refused\n", s->a + s->b, items, s->b.load());
  if (items != static_cast<std::size_t>(cap) || s->a != cap - 1) wrong("not exactly as many as may wait");
  if (!must(w->store().journal().verify(), "verify").ok) wrong("the journal is broken");
}

void caps_test(const std::string& root, int processes) {
  auto* s = shared<Started>();
  std::string first;
  acl::LeaseCaps caps;
  caps.weekly = 4 * 3'600'000;
  {
    auto w = must(World::open(root, all()), "open");
    auto r = wish(*w, 1, 1);
    r.max_uses = 5;
    r.depth = 1;
    first = must(ask(*w, r, r.lender, w->trace().trace_id), "lease").record.id;
  }
  in_processes(processes, [&](int) {
    auto w = must(World::open(root, all()), "open");
    w->gate().attach(w->store(), caps);
    together(*s, processes);
    auto r = wish(*w, 0, 0);
    r.ttl = 3'600'000;
    auto given = ask(*w, r, r.lender, w->trace().trace_id);
    if (given) ++s->a;
    else if (given.error().code != Code::acl_lease_cap && given.error().code != Code::record_conflict) wrong("lease: " + describe(given.error()));
  });
  std::printf("%d processes lend an hour each, 4 h a week may be: %d leases; ", processes, s->a.load());
  if (s->a < 1 || s->a > 4) wrong("more than the weekly cap");
  // What is lent on is used by its borrower: together no more than the first lease has.
  s->ready = 0;
  in_processes(processes, [&](int) {
    auto w = must(World::open(root, all()), "open");
    auto r = wish(*w, 1, 2);
    r.lender = w->actor(borrower(1));
    r.via = first;
    r.ttl = 60'000;
    r.max_uses = 2;
    auto lent = ask(*w, r, r.lender, w->trace().trace_id);
    together(*s, processes);
    if (!lent) return;
    auto actor = w->actor(borrower(2));
    actor.borrow_id = lent->record.id;
    actor.purpose = "p";
    for (int i = 0; i < 4; ++i)
      if (acl::use_lease(w->store(), w->gate(), actor, action(0), thing(0), w->trace())) ++s->b;
  });
  std::printf("lent on to %d, of 5 uses %d passed\n", processes, s->b.load());
  if (s->b != 5) wrong("what was lent on was used more often than the lease that it came from");
}

// While others check, the page is removed or spoilt before each revocation; nobody may say yes after it returned.
void live_test(const std::string& root, int checkers) {
  struct Shared {
    std::atomic<int> revoked, ready, over;
    std::atomic<long> late, yes, no, refused;
  };
  auto* s = shared<Shared>();
  constexpr int kRights = 60;
  auto record_of = [](World& w, int i, bool end) {
    record::Change c;
    c.id = "jti-" + std::to_string(i);
    if (end) {
      c.event = "revoke";
    } else {
      c.type = "token";
      c.context = "a";
      c.input = {{"actor", borrower(0)}, {"expires", std::int64_t{1} << 52}, {"epoch", std::int64_t{0}}};
    }
    c.actor = w.actor("user:a/owner");
    c.trace = w.trace();
    return c;
  };
  {
    auto w = must(World::open(root, all()), "open");
    for (int i = 0; i < kRights; ++i) must(w->store().apply(record_of(*w, i, false)), "token");
  }
  auto page = root + "/run/live";
  in_processes(checkers, [&](int k) {
    auto w = must(World::open(root, all()), "open");
    ++s->ready;
    while (!s->over) {
      auto at = s->revoked.load();
      for (int i : {at, at - 1, at / 2}) {
        if (i < 0 || i >= kRights) continue;
        auto before = s->revoked.load();
        auto actor = w->actor(borrower(0));
        actor.token = "jti-" + std::to_string(i);
        auto why = w->gate().trouble(actor);
        if (!why) {
          ++s->refused;
          continue;
        }
        if (why->empty() && i < before) ++s->late;
        ++(why->empty() ? s->yes : s->no);
      }
      // Some open the workspace anew now and then, and so meet the page as it lies there.
      if (k % 2 == 0 && ::rand() % 64 == 0)
        if (auto again = World::open(root, all())) w = std::move(*again);
    }
  }, [&] {
    while (s->ready < checkers) ::usleep(100);
    for (int i = 0; i < kRights; ++i) {
      ::usleep(2000);
      if (i % 4 == 0) static_cast<void>(os::remove_file(page));
      if (i % 4 == 1) static_cast<void>(os::write_atomic(page, std::string(4096, 'x'), 0600));
      if (i % 4 == 2) static_cast<void>(os::remove_tree(root + "/run"));
      auto w = must(World::open(root, all()), "open");
      must(w->store().apply(record_of(*w, i, true)), "revoke");
      s->revoked = i + 1;
    }
    ::usleep(20'000);
    s->over = 1;
  });
  std::printf("%d revocations over a page that is removed or spoilt, %d checkers: %ld yes, %ld no, %ld yes after the revocation returned\n",
              kRights, checkers, s->yes.load(), s->no.load(), s->late.load());
  if (s->late != 0 || s->yes == 0 || s->no == 0) wrong("a right outlived its revocation, or nothing was checked");
}

}  // namespace tk::test
