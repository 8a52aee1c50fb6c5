// Where the broker keeps all that it works with: operator new, OpenSSL and the stacks of its
// threads alike. memfd_secret(2): pages that the kernel itself does not map, so that neither
// ptrace, /proc/PID/mem, a core file, swap nor root's debugger reads them. What RLIMIT_MEMLOCK does
// not give there is locked memory, or else plain memory that no core file has.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace tk::vault_broker {

enum class Memory { secret, locked, plain };
Memory weakest();  // of all that was taken so far
const char* word(Memory memory);

void use_secret_memory();  // first thing in main()

// A thread whose stack is of that memory. The kernel waits for no word of it on behalf of another
// thread (pthread_join), so this does.
class Thread {
 public:
  explicit Thread(std::function<void()> body);
  Thread(const Thread&) = delete;
  ~Thread() { join(); }
  void join();

 private:
  std::function<void()> body_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
};

// Threads that stay, for work in equal parts.
class Workers {
 public:
  // Each part once; the first is of who calls.
  void run(std::size_t parts, const std::function<void(std::size_t part)>& body);

 private:
  void serve(std::size_t part);
  std::deque<Thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void(std::size_t)>* body_ = nullptr;
  std::size_t parts_ = 0, left_ = 0;
  std::uint64_t round_ = 0;
};

}  // namespace tk::vault_broker
