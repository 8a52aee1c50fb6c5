#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "core/base/clock.hpp"
#include "tests/unit/journal/workbench.hpp"

using namespace tk;
using namespace tk::journal;
using test::in_a_killed_process;
using test::Workbench;

TEST_CASE_FIXTURE(Workbench, "a commit is visible, then durable; what is durable is never ahead of the head") {
  auto journal = open();
  auto reader = open(store::Mode::read_only);
  std::int64_t settled = 0;
  for (int i = 1; i <= 20; ++i) {
    CHECK(commit(journal) == i);
    CHECK(reader.head()->seq == i);
    CHECK(reader.durable().value() == settled);
    if (i % 3 == 0) {
      CHECK(journal.settle(i));
      settled = i;
    }
    CHECK(journal.live()->durable_seq() <= journal.live()->head_seq());
    CHECK(journal.live()->head_seq() <= reader.head()->seq);
  }
}

TEST_CASE_FIXTURE(Workbench, "one flush is for all who committed before it") {
  auto a = open(), b = open();
  CHECK(commit(a) == 1);
  CHECK(commit(b) == 2);
  CHECK(a.settle(1));
  CHECK(b.live()->durable_seq() == 2);
}

TEST_CASE_FIXTURE(Workbench, "who died while it flushed or wrote is in nobody's way") {
  auto journal = open();
  CHECK(add(journal) == 1);
  auto began = clock::monotonic_ns();
  SUBCASE("it was the one who flushes") {
    in_a_killed_process([&] {
      auto live = Live::open(path).value();
      static_cast<void>(live.try_flushing());
      ::kill(::getpid(), SIGKILL);
    });
  }
  SUBCASE("it was writing") {
    in_a_killed_process([&] {
      auto other = open(store::Mode::read_write);
      auto transaction = other.begin();
      Row row;
      static_cast<void>(other.append(row, "", ""));
      ::kill(::getpid(), SIGKILL);
    });
  }
  CHECK(add(journal) == 2);
  CHECK(clock::monotonic_ns() - began < 1'000'000'000);
  CHECK(journal.verify()->ok);
}

TEST_CASE_FIXTURE(Workbench, "a commit whose writer died before its flush is flushed by whoever needs it") {
  auto journal = open();
  CHECK(add(journal) == 1);
  in_a_killed_process([&] {
    auto other = open(store::Mode::read_write);
    commit(other);
    ::kill(::getpid(), SIGKILL);
  });
  CHECK(journal.head()->seq == 2);
  auto follower = open(store::Mode::read_only);
  CHECK(follower.durable().value() == 1);
  SUBCASE("a follower") { CHECK(follower.durable(true).value() == 2); }
  SUBCASE("the next commit") { CHECK(add(journal) == 3); }
  SUBCASE("a repeated key") { CHECK(journal.settle(2)); }
  CHECK(journal.live()->durable_seq() >= 2);
}

TEST_CASE_FIXTURE(Workbench, "after a failed flush nobody is told yes, until it is mended") {
  auto journal = open(), other = open();
  CHECK(add(journal) == 1);
  CHECK(commit(other) == 2);
  journal.live()->poison();
  CHECK(other.settle(2).error().code == Code::journal_poisoned);
  CHECK(other.settle(1).error().code == Code::journal_poisoned);
  CHECK(journal.begin().error().code == Code::journal_poisoned);
  auto reader = open(store::Mode::read_only);
  CHECK(reader.head()->seq == 2);
  CHECK(reader.durable(true).value() == 1);
  auto late = open();  // opens: reading and mending go on
  CHECK(late.begin().error().code == Code::journal_poisoned);
  CHECK(late.mend()->ok);
  CHECK(other.settle(2));
  CHECK(add(journal) == 3);
  CHECK(journal.verify()->ok);
}

TEST_CASE_FIXTURE(Workbench, "many threads, each with its own journal: every row once, each durable when told") {
  { auto journal = open(); }
  std::atomic<int> wrong{0};
  std::vector<std::thread> all;
  for (int t = 0; t < 6; ++t)
    all.emplace_back([&] {
      auto journal = open(store::Mode::read_write);
      for (int i = 0; i < 50; ++i) {
        auto seq = add(journal);
        if (seq == 0 || journal.live()->durable_seq() < seq) ++wrong;
      }
    });
  for (auto& t : all) t.join();
  CHECK(wrong == 0);
  auto journal = open();
  auto verdict = journal.verify().value();
  CHECK(verdict.ok);
  CHECK(verdict.rows == 300);
}
