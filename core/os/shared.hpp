// Memory that processes share: a file mapped by all of them, futexes and mutexes in it. A mutex here is
// robust: when its holder dies the next one gets it. Local file systems only. Any thread may use these.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "core/base/error.hpp"

namespace tk::os {

class SharedPage {
 public:
  enum class Access { read, write };
  // Maps what is there; os_not_found when there is no file of at least `size` bytes.
  static Result<SharedPage> open(const std::string& path, std::size_t size, Access access);
  // A new file of zeroes, its room on the disk taken (0600); conflict when there is one.
  static Result<SharedPage> create(const std::string& path, std::size_t size);
  SharedPage(SharedPage&& other) noexcept;
  SharedPage& operator=(SharedPage&&) = delete;
  ~SharedPage();
  void* data() const { return at_; }

 private:
  SharedPage(void* at, std::size_t size) : at_(at), size_(size) {}
  void* at_ = nullptr;
  std::size_t size_ = 0;
};

// Waits until somebody wakes the word, unless it is not `seen` any more; at most timeout_ms. A signal
// ends the wait too.
void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, int timeout_ms);
void futex_wake_all(std::atomic<std::uint32_t>& word);

class SharedMutex {
 public:
  Result<void> init();  // in a new page, once
  // Takes it, at most timeout_ms (0 = try); false when the time ran out. Waits awake for the first awake_us,
  // while no other process wants the processor.
  Result<bool> lock(int timeout_ms, int awake_us = 0);
  void unlock();

 private:
  pthread_mutex_t mutex_;
};

// A descriptor that becomes readable each time the word is woken: for poll(2). A thread of its own waits;
// the word must outlive it.
class FutexEvent {
 public:
  explicit FutexEvent(const std::atomic<std::uint32_t>& word);
  FutexEvent(const FutexEvent&) = delete;
  FutexEvent& operator=(const FutexEvent&) = delete;
  ~FutexEvent();
  int fd() const { return fd_; }
  void clear();  // before looking at what the word announces

 private:
  static void* watch(void* self);
  const std::atomic<std::uint32_t>& word_;
  std::uint32_t seen_;  // when it was made: what came since then is news
  std::atomic<bool> stop_{false};
  int fd_ = -1;
  pthread_t thread_{};
  bool running_ = false;
};

// The id of this boot of the machine: what was only in memory of an earlier one is gone.
Result<std::string> boot_id();
// Device and inode of a file: another file of the same name has others. Zeroes when there is none.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
FileIdentity identity_of(const std::string& path);
Result<void> give_to(const std::string& path, std::uint32_t uid, std::uint32_t gid);
// When root acts: makes the owner of `like` the owner of `path` too. Nothing otherwise.
Result<void> give_to_owner_of(const std::string& like, const std::string& path);

}  // namespace tk::os
