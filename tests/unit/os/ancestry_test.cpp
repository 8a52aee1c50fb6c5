#include "core/os/ancestry.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tk;

TEST_CASE("a mark is inherited, and no child's child gets rid of it; who was not marked is not") {
  CHECK_FALSE(os::is_marked());
  auto pid = ::fork();
  if (pid == 0) {
    bool before = os::is_marked();
    bool made = os::mark_descendants();
    auto child = ::fork();
    if (child == 0) {
      ::setsid();
      ::_exit(os::is_marked() && os::is_marked() ? 7 : 8);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(!before && made && os::is_marked() && WEXITSTATUS(status) == 7 ? 7 : 8);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK_FALSE(os::is_marked());
}
