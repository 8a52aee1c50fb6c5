// Where the broker keeps all that it works with: operator new, OpenSSL and the stacks of its threads alike. memfd_secret(2): pages
// that the kernel itself does not map, so that neither ptrace, /proc/PID/mem, a core file, swap nor root's debugger reads them. What
// RLIMIT_MEMLOCK does not give there is locked memory, or else plain memory that no core file has.
#pragma once

#include <pthread.h>

#include <functional>

namespace tk::vault_broker {

enum class Memory { secret, locked, plain };
Memory weakest();  // of all that was taken so far
const char* word(Memory memory);

void use_secret_memory();  // first thing in main()

// A thread whose stack is of that memory.
class Thread {
 public:
  explicit Thread(std::function<void()> body);
  Thread(const Thread&) = delete;
  ~Thread() { join(); }
  void join();

 private:
  std::function<void()> body_;
  pthread_t thread_{};
  bool joined_ = false;
};

}  // namespace tk::vault_broker
