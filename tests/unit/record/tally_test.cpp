// History-aware rules: counters against a rescan of the same rows, and a limit that concurrent writers meet.
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/acl/gate.hpp"
#include "core/base/ids.hpp"
#include "core/law/condition.hpp"
#include "core/crypto/digest.hpp"
#include "core/os/file.hpp"
#include "core/record/store.hpp"
#include "tests/bench/law/lawbench.hpp"

using namespace tk;

namespace {

bool full() { return ::getenv("TK_FULL") != nullptr; }

constexpr const char* kTool =
    "record = \"tool\"\ninitial = \"ready\"\n[fields]\namount = { type = \"int\" }\n[[state]]\nname = \"ready\"\n"
    "[[transition]]\nevent = \"call\"\nfrom = [\"ready\"]\nto = \"=\"\naction = \"tool.call\"\ninput = { amount = \"int\" }\n"
    "[[transition]]\nevent = \"review\"\nfrom = [\"ready\"]\nto = \"=\"\naction = \"tool.review\"\n";

// One user, one rule with a condition on the past, and a record to use.
struct Fixture {
  std::string root = os::temporary_directory("tk-unit-").value();
  Fixture() {
    static_cast<void>(os::make_directories(root + "/records"));
    static_cast<void>(os::write_atomic(root + "/records/tool.toml", kTool));
  }
  ~Fixture() { static_cast<void>(os::remove_tree(root)); }
  journal::Journal open() { return journal::Journal::open(root + "/journal.db", store::Mode::read_write_create).value(); }

  std::string law(const std::string& when) {
    law::Model m;
    for (const auto* name : {"u0", "u1"}) {
      law::Entity user;
      user.ref = {"user", "a", name};
      user.state = "active";
      m.entities.push_back(user);
      m.grants.push_back({std::string("g-") + name, "a", "role:a/r", std::string("user:a/") + name, {}});
    }
    law::Entity role;
    role.ref = {"role", "a", "r"};
    role.state = "active";
    m.entities.push_back(role);
    m.roles.push_back({role.ref, {}, {}, true});
    m.actions = {"tool.call", "tool.review", "tool.new"};
    law::Rule limited{"limited", "a", true, "role:a/r", {"tool.call"}, "**", {}};
    limited.when.text = when;
    m.rules = {limited, {"free", "a", true, "role:a/r", {"tool.new", "tool.review"}, "**", {}}};
    return law::compile(m, crypto::sha256_hex).value();
  }
  record::Change change(const char* user, const std::string& id, const char* event, std::int64_t amount = 1) {
    record::Change c;
    c.actor = {"user", std::string("user:a/") + user, std::string("user:a/") + user, "", "", ""};
    c.context = "a";
    c.trace.trace_id = ids::uuid7();
    if (id.empty()) c.type = "tool", c.name = "t";
    else c.id = id, c.event = event;
    if (std::string_view(event) == "call") c.input = {{"amount", amount}};
    return c;
  }
};

struct World {
  std::string bytes;
  law::Index index;
  acl::Gate gate;
  record::Store store;
  World(Fixture& f, const std::string& when)
      : bytes(f.law(when)), index(law::Index::open(bytes).value()), gate(index), store(f.open(), f.root, gate) {}
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "history: a rule that is new counts what was before it, and a limit is a limit") {
  std::string id;
  {
    World w(*this, "true");
    id = w.store.apply(change("u0", "", "")).value().record.id;
    for (int i = 0; i < 2; ++i) CHECK(w.store.apply(change("u0", id, "call")).has_value());
  }
  World w(*this, "count('tool.call', 'actor', duration('1h')) < 3");
  CHECK(w.store.apply(change("u0", id, "call")).has_value());
  auto fourth = w.store.apply(change("u0", id, "call"));
  REQUIRE_FALSE(fourth.has_value());
  CHECK(fourth.error().code == Code::law_denied);
  CHECK(w.store.apply(change("u1", id, "call")).has_value());  // another actor's count
}

TEST_CASE_FIXTURE(Fixture, "history: approval before, sums, the last time") {
  World w(*this, "after('tool.review', 'tool.call', 'resource') && sum('amount', 'tool.call', 'all') < 10.0");
  auto id = w.store.apply(change("u0", "", "")).value().record.id;
  CHECK_FALSE(w.store.apply(change("u0", id, "call", 4)).has_value());
  CHECK(w.store.apply(change("u1", id, "review")).has_value());
  CHECK(w.store.apply(change("u0", id, "call", 4)).has_value());
  CHECK_FALSE(w.store.apply(change("u0", id, "call", 4)).has_value());  // the review is used up
  CHECK(w.store.apply(change("u1", id, "review")).has_value());
  CHECK(w.store.apply(change("u0", id, "call", 8)).has_value());
  CHECK(w.store.apply(change("u1", id, "review")).has_value());
  CHECK_FALSE(w.store.apply(change("u0", id, "call", 1)).has_value());  // 12 is more than 10
}

TEST_CASE_FIXTURE(Fixture, "history: three at once never pass a limit of two") {
  const int rounds = full() ? 200 : 20;
  std::string id;
  {
    World w(*this, "true");
    id = w.store.apply(change("u0", "", "")).value().record.id;
  }
  for (int round = 0; round < rounds; ++round) {
    auto user = "u" + std::to_string(round % 2);
    auto limit = 2 * (round / 2 + 1);
    std::vector<pid_t> children;
    for (int k = 0; k < 3; ++k) {
      auto pid = ::fork();
      if (pid == 0) {
        World w(*this, "count('tool.call') < " + std::to_string(limit));
        int allowed = 0;
        for (int tries = 0; tries < 40; ++tries) {
          auto done = w.store.apply(change(user.c_str(), id, "call"));
          if (done) {
            ++allowed;
            break;
          }
          if (done.error().code == Code::law_denied) break;  // else somebody was first: again
        }
        ::_exit(allowed);
      }
      children.push_back(pid);
    }
    int allowed = 0;
    for (auto pid : children) {
      int status = 0;
      ::waitpid(pid, &status, 0);
      REQUIRE(WIFEXITED(status));
      allowed += WEXITSTATUS(status);
    }
    REQUIRE(allowed == 2);
  }
}

TEST_CASE_FIXTURE(Fixture, "history: counters say what a rescan of the rows says") {
  const std::uint32_t traces = full() ? 1'000'000 : 20'000;
  World w(*this, "true");
  auto id = w.store.apply(change("u0", "", "")).value().record.id;
  auto record = w.store.get(id).value();
  lawbench::Random random(7);
  struct Event {
    std::int64_t ts, amount;
    int action, kind;
  };
  static constexpr const char* kActions[] = {"call", "review"};
  static constexpr const char* kKinds[] = {"done", "failed", "denied"};
  constexpr std::int64_t kNow = 1'800'000'000'000'000'000;
  auto& journal = w.store.journal();
  auto program = expr::Program::compile(
      "count('tool.call') + count('tool.call', 'actor', duration('90s')) + count('tool.review', 'actor', duration('1h'), 'failed') + "
      "int(sum('amount', 'tool.call', 'actor', duration('100s'))) + (within('tool.review', 'actor', duration('30s')) ? 1000 : 0) + "
      "(after('tool.call', 'tool.review', 'actor') ? 2000 : 0) + (since('tool.call', 'actor') > duration('50s') ? 4000 : 0)",
      law::condition_environment({})).value();
  std::size_t wrong = 0, seen = 0;
  auto& tally = w.store.history();
  for (std::uint32_t done = 0; done < traces;) {
    auto batch = std::min<std::uint32_t>(traces - done, 20'000);
    std::vector<std::vector<Event>> all(batch);
    auto transaction = journal.begin().value();
    tally.inside(true);
    for (std::uint32_t t = 0; t < batch; ++t) {
      for (std::uint32_t i = 0, n = random.below(6); i < n; ++i) {
        Event e{kNow - std::int64_t{random.below(200)} * 1'000'000'000, random.below(9), static_cast<int>(random.below(2)),
                static_cast<int>(random.below(3))};
        journal::Row row;
        row.id = ids::uuid7();
        row.ts_ns = e.ts;
        row.actor_kind = "user";
        row.actor_id = "t" + std::to_string(done + t);
        row.entity_type = "tool";
        row.entity_id = id;
        row.trigger = kActions[e.action];
        row.from_state = row.to_state = "ready";
        row.kind = kKinds[e.kind];
        row.policy_hash = "p";
        REQUIRE(journal.append(row, "{\"input\":{\"amount\":" + std::to_string(e.amount) + "}}", ""));
        all[t].push_back(e);
      }
    }
    REQUIRE(tally.catch_up());
    REQUIRE(transaction.commit());
    tally.inside(false);
    for (std::uint32_t t = 0; t < batch; ++t) {
      law::EntityView actor;
      auto name = "t" + std::to_string(done + t);
      actor.type = "user", actor.id = name;
      law::Facts facts;
      facts.now_ns = kNow;
      std::vector<expr::Cell> slots;
      tally.reset();
      for (const auto& input : program.inputs()) slots.push_back(tally.tell(input, actor, record.resource(), facts));
      expr::Scratch scratch;
      auto cell = program.run(slots, scratch);
      // The rescan.
      std::int64_t want = 0, last_call = 0, last_review = 0;
      bool recent = false;
      for (const auto& e : all[t]) {
        auto age = kNow - e.ts;
        if (e.kind == 0 && e.action == 0) {
          ++want;
          if (age < 90'000'000'000) ++want;
          if (age < 100'000'000'000) want += e.amount;
          last_call = std::max(last_call, e.ts);
        }
        if (e.kind == 0 && e.action == 1) recent |= age < 30'000'000'000, last_review = std::max(last_review, e.ts);
        if (e.kind == 1 && e.action == 1) ++want;
      }
      want += (recent ? 1000 : 0) + (last_call > last_review ? 2000 : 0) +
              (last_call == 0 || kNow - last_call > 50'000'000'000 ? 4000 : 0);
      if (cell.kind() != expr::Cell::Kind::integer || cell.value() != Value(want)) ++wrong;
      ++seen;
    }
    done += batch;
  }
  CHECK(seen == traces);
  CHECK(wrong == 0);
}
