#include "plugins/vault-broker/memory.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>

#include "core/crypto/memory.hpp"

namespace tk::vault_broker {
namespace {

constexpr std::size_t kRegion = 2u << 20, kPiece = 64u << 10, kStack = 512u << 10;
// Blocks of up to 2^20 bytes are of a region, those of up to 2^12 of a piece of it that a thread has.
constexpr std::size_t kLargest = 20, kSmall = 12;

std::mutex mutex;
Memory weakest_so_far = Memory::secret;

void* map_secret(std::size_t size) {
  int fd = static_cast<int>(::syscall(SYS_memfd_secret, O_CLOEXEC));
  if (fd < 0) return MAP_FAILED;
  void* at = ::ftruncate(fd, static_cast<off_t>(size)) == 0
                 ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                 : MAP_FAILED;
  ::close(fd);
  return at;
}

void* map(std::size_t size) {
  if (void* at = map_secret(size); at != MAP_FAILED) return at;
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  auto is = ::mlock(at, size) == 0 ? Memory::locked : Memory::plain;
  ::madvise(at, size, MADV_DONTDUMP);
  ::madvise(at, size, MADV_WIPEONFORK);
  weakest_so_far = std::max(weakest_so_far, is);
  return at;
}

// Blocks of powers of two, each with its class before it. What is freed is used again for its class
// only.
struct alignas(16) Block {
  std::size_t bits;
  Block* next;
};

class Arena {
 public:
  // `more` gives `size` bytes where none are left.
  Block* take(std::size_t bits, std::size_t size, void* (*more)(std::size_t)) {
    auto*& list = unused_[bits];
    if (auto* block = list) {
      list = block->next;
      --count_[bits];
      return block;
    }
    auto bytes = std::size_t{1} << bits;
    if (left_ < bytes) {
      rest_ = static_cast<char*>(more(size));
      left_ = rest_ ? size : 0;
      if (!rest_) return nullptr;
    }
    auto* block = reinterpret_cast<Block*>(rest_);
    rest_ += bytes, left_ -= bytes;
    block->bits = bits;
    return block;
  }
  bool has(std::size_t bits) const { return unused_[bits] != nullptr; }
  void give_back(Block* block) {
    block->next = unused_[block->bits];
    unused_[block->bits] = block;
    ++count_[block->bits];
  }
  bool is_full(std::size_t bits) const { return count_[bits] << bits >= kPiece; }

 private:
  std::array<Block*, kLargest + 1> unused_{};
  std::array<std::size_t, kLargest + 1> count_{};  // of those
  char* rest_ = nullptr;
  std::size_t left_ = 0;
};
// Small blocks are of the thread that takes them, and become its that frees them: two that seal do
// not wait for each other.
Arena shared;
thread_local Arena own;

Block* take_shared(std::size_t bits) {
  std::lock_guard guard(mutex);
  return shared.take(bits, kRegion, map);
}

void* take(std::size_t size) {
  auto bits = std::max<std::size_t>(6, std::bit_width(size + sizeof(Block) - 1));
  Block* block = nullptr;
  if (bits <= kSmall) {
    if (!own.has(bits)) {
      std::lock_guard guard(mutex);  // what another thread had too much of
      if (shared.has(bits)) block = shared.take(bits, kRegion, map);
    }
    if (!block)
      block = own.take(bits, kPiece, [](std::size_t n) -> void* {
        return take_shared(static_cast<std::size_t>(std::bit_width(n - 1)));
      });
  } else if (bits <= kLargest) {
    block = take_shared(bits);
  } else {
    std::lock_guard guard(mutex);
    block = static_cast<Block*>(map(std::size_t{1} << bits));
    if (block) block->bits = bits;
  }
  return block ? block + 1 : nullptr;
}

void give_back(void* at) {
  if (!at) return;
  auto* block = static_cast<Block*>(at) - 1;
  if (block->bits <= kSmall && !own.is_full(block->bits)) return own.give_back(block);
  std::lock_guard guard(mutex);
  if (block->bits > kLargest)
    ::munmap(block, std::size_t{1} << block->bits);
  else
    shared.give_back(block);
}

void* resize(void* at, std::size_t size) {
  auto* out = take(size);
  if (out && at)
    std::memcpy(
        out, at,
        std::min(size, (std::size_t{1} << (static_cast<Block*>(at) - 1)->bits) - sizeof(Block)));
  if (out) give_back(at);
  return out;
}

}  // namespace

Memory weakest() {
  std::lock_guard guard(mutex);
  return weakest_so_far;
}

const char* word(Memory memory) {
  return memory == Memory::secret ? "memfd_secret" : memory == Memory::locked ? "mlock" : "plain";
}

void use_secret_memory() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_MEMLOCK, &limit);
  }
  if (!crypto::work_in(take, resize, give_back)) std::abort();
}

Thread::Thread(std::function<void()> body) : body_(std::move(body)) {
  auto* stack = [] {
    std::lock_guard guard(mutex);
    return map(kStack);  // given back by nobody: a thread here lives about as long as the broker
  }();
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  auto run = [](void* self) -> void* {
    auto& thread = *static_cast<Thread*>(self);
    thread.body_();
    std::lock_guard guard(thread.mutex_);
    thread.over_ = true;
    thread.changed_.notify_all();
    return nullptr;
  };
  pthread_t thread;
  if (!stack || ::pthread_attr_setstack(&attributes, stack, kStack) != 0 ||
      ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) != 0 ||
      ::pthread_create(&thread, &attributes, run, this) != 0)
    std::abort();
  ::pthread_attr_destroy(&attributes);
}

void Thread::join() {
  std::unique_lock guard(mutex_);
  changed_.wait(guard, [&] { return over_; });
}

void Workers::serve(std::size_t part) {
  std::unique_lock guard(mutex_);
  for (std::uint64_t seen = 0;;) {
    changed_.wait(guard, [&] { return round_ != seen; });
    seen = round_;
    if (part >= parts_) continue;
    guard.unlock();
    (*body_)(part);
    guard.lock();
    if (--left_ == 0) changed_.notify_all();
  }
}

void Workers::run(std::size_t parts, const std::function<void(std::size_t)>& body) {
  {
    std::lock_guard guard(mutex_);
    body_ = &body, parts_ = parts, left_ = parts - 1;
    ++round_;
    while (threads_.size() + 1 < parts)
      threads_.emplace_back([this, part = threads_.size() + 1] { serve(part); });
  }
  changed_.notify_all();
  body(0);
  std::unique_lock guard(mutex_);
  changed_.wait(guard, [&] { return left_ == 0; });
}

}  // namespace tk::vault_broker

void* operator new(std::size_t size) {
  if (auto* at = tk::vault_broker::take(size)) return at;
  throw std::bad_alloc();
}
void operator delete(void* at) noexcept {
  tk::vault_broker::give_back(at);
}
void operator delete(void* at, std::size_t) noexcept {
  tk::vault_broker::give_back(at);
}
