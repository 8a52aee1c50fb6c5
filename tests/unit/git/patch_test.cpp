#include <doctest/doctest.h>

#include <random>

#include "core/git/patch.hpp"

using namespace tk::git;

TEST_CASE("a diff gives back the new state and the added lines") {
  auto set = read_patch("diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n"
                        "@@ -1,3 +1,4 @@\n one\n-two\n+TWO\n+2b\n three\n\\ No newline at end of file\n").value();
  REQUIRE(set.files.size() == 1);
  const auto& f = set.files[0];
  CHECK(f.content == "one\nTWO\n2b\nthree");
  CHECK(f.whole);
  CHECK(f.adds(2));
  CHECK(f.adds(3));
  CHECK_FALSE(f.adds(1));
  CHECK_FALSE(f.adds(4));
}

TEST_CASE("a short diff keeps its line numbers") {
  auto set = read_patch("--- a/x\n+++ b/x\n@@ -10,2 +10,3 @@ f()\n a\n+b\n c\n").value();
  CHECK_FALSE(set.files[0].whole);
  CHECK(set.files[0].content == std::string(9, '\n') + "a\nb\nc\n");
  CHECK(set.files[0].adds(11));
}

TEST_CASE("renames, deletions, binaries and submodules are told apart") {
  auto set = read_patch("diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n"
                        "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
                        "diff --git a/p.png b/p.png\nBinary files a/p.png and b/p.png differ\n"
                        "diff --git a/sub b/sub\nindex 1..2 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n").value();
  REQUIRE(set.files.size() == 4);
  CHECK(set.files[0].path == "b");
  CHECK(set.files[0].old_path == "a");
  CHECK(set.files[1].deleted);
  CHECK(set.files[2].binary);
  CHECK(set.files[3].submodule);
}

TEST_CASE("a path that leads outside of the folder is refused") {
  for (const char* path : {"../x", "/etc/passwd", "a/../../x", "a//b", ".git/hooks/x", "a/./b"}) {
    auto set = read_patch("--- /dev/null\n+++ b/" + std::string(path) + "\n@@ -0,0 +1 @@\n+x\n").value();
    CAPTURE(path);
    CHECK(set.files.empty());
    CHECK(set.refused.size() == 1);
  }
}

TEST_CASE("hostile diffs neither crash nor eat memory") {
  CHECK_FALSE(read_patch("--- a/x\n+++ b/x\n@@ -1 +999999999 @@\n+x\n"));
  std::mt19937 rng(3);
  std::string seed = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline\n";
  for (int i = 0; i < 50000; ++i) {
    auto s = seed;
    for (int k = 0; k < 4; ++k) s[rng() % s.size()] = "@+-, 0129\n\\\"ab"[rng() % 14];
    static_cast<void>(read_patch(s));
  }
}

TEST_CASE("a diff whose lines are not where its headers say is refused: nothing hides from a scanner") {
  auto refused = [](const std::string& hunks) { return !read_patch("--- a/x\n+++ b/x\n" + hunks); };
  CHECK(refused("@@ -1 +1,2 @@\n-x\n+evil()\n\\ No newline at end of file\n+y\n"));  // joined
  CHECK(refused("@@ -1 +1 @@\n-x\n+a\n@@ -9 +1 @@\n-x\n+b\n"));                      // again line 1
  CHECK(refused("@@ -1,9 +1 @@\n-x\n+a\n+b\n"));                                       // too many
  CHECK(refused("@@ -1 +1,3 @@\n-x\n+a\n"));                                            // cut short
  CHECK(refused("@@ -1 +2147483647,0 @@\n-x\n"));
  auto twice = read_patch("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+evil()\n\\ No newline\n\\ No newline\n");
  CHECK(twice.value().files[0].content == "evil()");
  auto trimmed = read_patch("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+b\n").value();
  CHECK(trimmed.files[0].content == "a\nb\n");
  CHECK_FALSE(trimmed.files[0].whole);
}
