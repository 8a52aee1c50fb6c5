#include <doctest/doctest.h>
#include <poll.h>
#include <sys/stat.h>

#include "core/base/clock.hpp"
#include "tests/unit/journal/workbench.hpp"

using namespace tk;
using namespace tk::journal;
using test::Workbench;

namespace {

// Overwrites bytes of the page while nobody has mapped it.
void spoil(const std::string& path, const std::function<void(std::string&)>& how) {
  auto bytes = os::read_file(path).value();
  how(bytes);
  REQUIRE(os::write_atomic(path, bytes, 0600));
}

bool readable(int fd, int timeout_ms) {
  pollfd p{fd, POLLIN, 0};
  return ::poll(&p, 1, timeout_ms) == 1;
}

}  // namespace

TEST_CASE_FIXTURE(Workbench, "a page that is not of this boot, not whole or garbage is made anew") {
  {
    auto journal = open();
    CHECK(add(journal) == 1);
    CHECK(Live::look(path)->durable_seq() == 1);
    journal.live()->poison();
  }
  CHECK(Live::look(path)->poisoned());
  auto size = os::read_file(page).value().size();
  const std::function<void(std::string&)> ways[] = {
      [](std::string& b) { b[8] = b[8] == '0' ? '1' : '0'; },  // the boot's id
      [](std::string& b) { b[0] ^= 1; },                       // the format
      [](std::string& b) { b.resize(b.size() / 2); },
      [](std::string& b) { b.clear(); },
      [](std::string& b) { b.assign(b.size(), '\xff'); },
  };
  for (const auto& way : ways) {
    spoil(page, way);
    CHECK_FALSE(Live::look(path));
    auto journal = open();
    CHECK(os::read_file(page).value().size() == size);
    CHECK_FALSE(journal.live()->poisoned());
    CHECK(journal.live()->durable_seq() == journal.head()->seq);  // flushed when the page was made
    CHECK(add(journal) > 1);
  }
}

TEST_CASE_FIXTURE(Workbench, "another journal.db, or an older one over the same file, has nothing durable of its own") {
  std::string backup;
  {
    auto journal = open();
    CHECK(add(journal) == 1);
  }
  backup = os::read_file(path).value();
  {
    auto journal = open();
    for (int i = 2; i <= 5; ++i) CHECK(add(journal) == i);
  }
  SUBCASE("put in its place: another inode") {
    REQUIRE(os::write_atomic(path, backup, 0600));
    CHECK_FALSE(Live::look(path));
  }
  SUBCASE("written over it: the same inode") {
    auto fd = ::truncate(path.c_str(), 0);
    CHECK(fd == 0);
    auto* f = std::fopen(path.c_str(), "r+b");
    CHECK(std::fwrite(backup.data(), 1, backup.size(), f) == backup.size());
    std::fclose(f);
    CHECK(Live::look(path)->durable_seq() == 5);
  }
  auto journal = open();
  CHECK(commit(journal) == 2);
  CHECK(journal.live()->durable_seq() == 1);  // row 2 of the other file was durable, this one is not yet
  CHECK(journal.durable().value() == 1);
  CHECK(journal.settle(2));
  CHECK(journal.live()->durable_seq() == 2);
  CHECK(journal.live()->head_seq() == 2);
}

TEST_CASE_FIXTURE(Workbench, "where nothing can be written a writer is refused and a reader reads") {
  {
    auto journal = open();
    CHECK(add(journal) == 1);
  }
  REQUIRE(os::remove_tree(folder + "/run"));
  // A file stands where the folder of the page would be made; it holds for root too.
  REQUIRE(os::write_atomic(folder + "/run", "", 0600));
  CHECK_FALSE(Journal::open(path, store::Mode::read_write));
  auto reader = open(store::Mode::read_only);
  CHECK(reader.head()->seq == 1);
  CHECK(reader.live() == nullptr);
  CHECK(reader.durable().value() == 1);
  CHECK_FALSE(reader.begin());
  CHECK_FALSE(reader.settle(1));
}

TEST_CASE_FIXTURE(Workbench, "an event is readable after each announcement, also one of another process") {
  auto journal = open();
  auto reader = Live::look(path);
  REQUIRE(reader);
  auto fd = reader->event_fd();
  CHECK_FALSE(readable(fd, 0));
  for (int i = 1; i <= 3; ++i) {
    auto pid = ::fork();
    if (pid == 0) {
      auto other = open(store::Mode::read_write);
      ::_exit(add(other) == i ? 0 : 1);
    }
    CHECK(readable(fd, 5000));
    int status = 1;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
    reader->clear_event();
    CHECK(reader->durable_seq() == i);
    while (readable(fd, 20)) reader->clear_event();
  }
}

TEST_CASE_FIXTURE(Workbench, "waiting ends at once when the generation has moved, else when the time is over") {
  auto journal = open();
  auto& live = *journal.live();
  auto seen = live.generation();
  CHECK(add(journal) == 1);
  auto began = clock::monotonic_ns();
  live.wait(seen, 5000);
  CHECK(clock::monotonic_ns() - began < 1'000'000'000);
  live.wait(live.generation(), 1);
}

TEST_CASE_FIXTURE(Workbench, "a page that was removed is never taken for the workspace's: what it says is new each time") {
  auto journal = open();
  CHECK(add(journal) == 1);
  auto& live = *journal.live();
  auto before = live.standing();
  CHECK(live.standing() == before);
  CHECK_FALSE(live.replaced());
  REQUIRE(os::remove_file(page));
  CHECK(live.replaced());
  auto other = open();  // makes a new one, when everybody must have noticed
  CHECK(live.standing() != live.standing());
  CHECK(live.standing() != before);
  CHECK(other.live()->standing() != before);
  auto seen = other.live()->standing();
  // Who writes over the old page tells the new one too.
  auto transaction = journal.begin().value();
  journal::Row row;
  row.id = "x";
  REQUIRE(journal.append(row, "", ""));
  journal.touches_standing();
  REQUIRE(transaction.commit());
  CHECK(other.live()->standing() != seen);
}
