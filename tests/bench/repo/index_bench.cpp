// The index of entities, timed inside one process: made from nothing, carried over one commit of one file, and read.
// Prints one JSON object. usage: bench-repo ROOT COMMIT_BEFORE COMMIT
#include <cstdio>

#include "core/base/clock.hpp"
#include "core/os/file.hpp"
#include "core/workspace/entity_index.hpp"

using namespace tk;

namespace {

template <class F>
double ms(F f) {
  auto began = clock::monotonic_ns();
  f();
  return static_cast<double>(clock::monotonic_ns() - began) / 1e6;
}

[[noreturn]] void stop(const Error& error) {
  std::fprintf(stderr, "%s %s:%d %s\n", error.message.c_str(), error.where.file.c_str(), error.where.line, error.hint.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result) stop(result.error());
  return std::move(*result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::string root = argv[1], before = argv[2], after = argv[3];
  auto folder = must(os::temporary_directory("tk-bench-"));
  auto path = folder + "/index.db";
  std::size_t size = 0, users = 0, read = 0;
  auto build = ms([&] { size = must(must(workspace::EntityIndex::open_at(path, must(git::Repository::open(root)), before)).size()); });
  auto differences = ms([&] { must(must(git::Repository::open(root)).differences(before, after)); });
  auto step = ms([&] { read = must(workspace::EntityIndex::open_at(path, must(git::Repository::open(root)), after)).read().files; });
  auto nothing = ms([&] { must(workspace::EntityIndex::open_at(path, must(git::Repository::open(root)), after)); });
  auto index = must(workspace::EntityIndex::open_at(path, must(git::Repository::open(root)), after));
  double each = 1e9;
  for (int i = 0; i < 5; ++i) {
    users = 0;
    each = std::min(each, ms([&] {
      auto done = index.each("user", [&](const auto&, const auto&) -> Result<void> { return ++users, Result<void>{}; });
      if (!done) stop(done.error());
    }));
  }
  (void)os::remove_tree(folder);
  std::printf("{\"entities\": %zu, \"build_ms\": %.1f, \"differences_ms\": %.2f, \"step_ms\": %.2f, \"step_files\": %zu, \"open_ms\": %.2f, "
              "\"users\": %zu, \"each_ms\": %.2f}\n", size, build, differences, step, read, nothing, users, each);
}
