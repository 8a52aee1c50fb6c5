// A journal in a folder of its own, for the tests of this room.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/journal/journal.hpp"
#include "core/os/file.hpp"

namespace tk::journal::test {

struct Workbench {
  std::string folder = os::temporary_directory("tk-unit-").value();
  std::string path = folder + "/journal.db", page = folder + "/run/live";
  ~Workbench() { static_cast<void>(os::remove_tree(folder)); }

  Journal open(store::Mode mode = store::Mode::read_write_create) const { return Journal::open(path, mode).value(); }
  // Visible, not yet durable.
  static std::int64_t commit(Journal& journal) {
    auto transaction = journal.begin().value();
    Row row;
    row.id = "x";
    row.kind = "done";
    if (!journal.append(row, "{}", "") || !transaction.commit()) return 0;
    return row.seq;
  }
  static std::int64_t add(Journal& journal) {
    auto seq = commit(journal);
    return journal.settle(seq) ? seq : 0;
  }
};

// Runs it in a process of its own, which kills itself when it returns.
template <class F>
void in_a_killed_process(F&& f) {
  auto pid = ::fork();
  if (pid == 0) {
    f();
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(pid, nullptr, 0);
}

}  // namespace tk::journal::test
