#include "core/os/watch.hpp"

#include <doctest/doctest.h>

#include "core/git/head.hpp"
#include "core/os/file.hpp"
#include "core/os/terminal.hpp"

using namespace tk;

TEST_CASE("os: a watch says that something happened in a folder, once for all that did") {
  auto folder = *os::temporary_directory("tk-watch-");
  auto watch = *os::Watch::start();
  REQUIRE(watch.add(folder));
  REQUIRE(watch.add(folder));
  CHECK_FALSE(watch.add(folder + "/none"));
  CHECK_FALSE(os::wait_readable({watch.fd()}, 0));
  REQUIRE(os::write_atomic(folder + "/a", "1"));
  REQUIRE(os::write_atomic(folder + "/a", "2"));
  CHECK(os::wait_readable({watch.fd()}, 1000));
  watch.clear();
  CHECK_FALSE(os::wait_readable({watch.fd()}, 0));
  REQUIRE(os::remove_file(folder + "/a"));
  CHECK(os::wait_readable({watch.fd()}, 1000));
  REQUIRE(os::remove_tree(folder));
}

TEST_CASE("os: a bell is heard by whoever waits for it") {
  auto bell = *os::Bell::make();
  CHECK_FALSE(os::wait_readable({bell.fd()}, 0));
  bell.ring();
  CHECK(os::wait_readable({bell.fd()}, 0));
}

TEST_CASE("git: the folders of HEAD are those that are there") {
  auto folder = *os::temporary_directory("tk-head-");
  auto git = folder + "/.git";
  CHECK_FALSE(git::head_folders(folder));
  REQUIRE(os::make_directories(git + "/refs/heads"));
  REQUIRE(os::write_atomic(git + "/HEAD", "ref: refs/heads/a/b\n"));
  using Folders = std::vector<std::string>;
  CHECK(*git::head_folders(folder) == Folders{git, git + "/refs", git + "/refs/heads"});
  REQUIRE(os::make_directories(git + "/refs/heads/a"));
  CHECK(git::head_folders(folder)->back() == git + "/refs/heads/a");
  REQUIRE(os::write_atomic(git + "/HEAD", std::string(40, 'a') + "\n"));
  CHECK(*git::head_folders(folder) == Folders{git});
  REQUIRE(os::remove_tree(folder));
}
