// Many processes at once, for the tests of rights. The first that finds something wrong ends the program. No
// database may be open when they begin: SQLite's locks are a process's.
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tk::test {

[[noreturn]] inline void wrong(const std::string& what) {
  std::fprintf(stderr, "WRONG: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T must(Result<T> r, const char* what) {
  if (!r) wrong(std::string(what) + ": " + describe(r.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

// In memory that all of them see.
template <class T>
T* shared() {
  auto* at = ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return new (at) T{};
}

inline void in_processes(int n, const std::function<void(int)>& work, const std::function<void()>& meanwhile = {}) {
  std::vector<pid_t> pids;
  for (int i = 0; i < n; ++i) {
    auto pid = ::fork();
    if (pid == 0) {
      work(i);
      std::_Exit(0);
    }
    pids.push_back(pid);
  }
  if (meanwhile) meanwhile();
  bool good = true;
  for (auto pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    good = good && status == 0;
  }
  if (!good) wrong("a process failed");
}

}  // namespace tk::test
