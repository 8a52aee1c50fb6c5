#include "core/os/shared.hpp"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#include <new>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/fault.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

timespec after_ms(clockid_t clock, int ms) {
  timespec t{};
  ::clock_gettime(clock, &t);
  t.tv_sec += ms / 1000;
  t.tv_nsec += (ms % 1000) * 1'000'000L;
  if (t.tv_nsec >= 1'000'000'000) {
    t.tv_nsec -= 1'000'000'000;
    ++t.tv_sec;
  }
  return t;
}

tl::unexpected<Error> failed(const char* what, const std::string& path) {
  return fail(errno_error(errno, what, path));
}

bool faulty(const char* point) {
  int number = fault_errno(fault(point));
  if (number) errno = number;
  return number != 0;
}

}  // namespace

Result<SharedPage> SharedPage::open(const std::string& path, std::size_t size, Access access) {
  if (faulty("os.open")) return failed("open", path);
  bool write = access == Access::write;
  int fd = ::open(path.c_str(), (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return failed("open", path);
  struct stat st{};
  if (::fstat(fd, &st) != 0 || static_cast<std::size_t>(st.st_size) < size) {
    ::close(fd);
    return fail(Code::os_not_found, path + " is not whole");
  }
  void* at = faulty("os.mmap") ? MAP_FAILED
                               : ::mmap(nullptr, size, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
  int number = errno;
  ::close(fd);
  if (at == MAP_FAILED) return fail(errno_error(number, "map", path));
  return SharedPage(at, size);
}

Result<SharedPage> SharedPage::create(const std::string& path, std::size_t size) {
  if (faulty("os.open")) return failed("create", path);
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return failed("create", path);
  // Room is taken now: a page without one would end us by SIGBUS on a full disk.
  int number = fault_errno(fault("os.fallocate"));
  if (number == 0) number = ::posix_fallocate(fd, 0, static_cast<off_t>(size));
  ::close(fd);
  if (number == 0) return open(path, size, Access::write);
  ::unlink(path.c_str());
  return fail(errno_error(number, "make room for", path));
}

SharedPage::SharedPage(SharedPage&& o) noexcept
    : at_(std::exchange(o.at_, nullptr)), size_(std::exchange(o.size_, 0)) {}

SharedPage::~SharedPage() {
  if (at_) ::munmap(at_, size_);
}

void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, int timeout_ms) {
  timespec limit{timeout_ms / 1000, (timeout_ms % 1000) * 1'000'000L};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, &limit, nullptr, 0);
}

void futex_wake_all(std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

Result<void> SharedMutex::init() {
  pthread_mutexattr_t how;
  if (::pthread_mutexattr_init(&how) != 0) return fail(Code::os_io, "no mutex can be made");
  ::pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
  int number = ::pthread_mutex_init(&mutex_, &how);
  ::pthread_mutexattr_destroy(&how);
  if (number != 0) return fail(errno_error(number, "make", "a mutex"));
  return {};
}

Result<bool> SharedMutex::lock(int timeout_ms, int awake_us) {
  int number = ::pthread_mutex_trylock(&mutex_);
  if (number == EBUSY && awake_us > 0) {
    auto until = clock::monotonic_ns() + std::int64_t{1000} * awake_us;
    while ((number = ::pthread_mutex_trylock(&mutex_)) == EBUSY && clock::monotonic_ns() < until) ::sched_yield();
  }
  if (number == EBUSY && timeout_ms > 0) {
    auto until = after_ms(CLOCK_MONOTONIC, timeout_ms);
    number = ::pthread_mutex_clocklock(&mutex_, CLOCK_MONOTONIC, &until);
  }
  if (number == EOWNERDEAD) {
    // What it guards is whole at every moment (SQLite's own locks see to that), so nothing is mended.
    ::pthread_mutex_consistent(&mutex_);
    return true;
  }
  if (number == 0) return true;
  if (number == EBUSY || number == ETIMEDOUT) return false;
  return fail(errno_error(number, "take", "a mutex"));
}

void SharedMutex::unlock() { ::pthread_mutex_unlock(&mutex_); }

FutexEvent::FutexEvent(const std::atomic<std::uint32_t>& word) : word_(word), seen_(word.load()) {
  fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  // Signals are for the main thread.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  running_ = fd_ >= 0 && ::pthread_create(&thread_, nullptr, watch, this) == 0;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

FutexEvent::~FutexEvent() {
  stop_ = true;
  // It may be about to wait: woken until it has gone. Others who wait on the word look and wait again.
  while (running_) {
    ::syscall(SYS_futex, &word_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
    running_ = ::pthread_tryjoin_np(thread_, nullptr) != 0;
    if (running_) ::usleep(100);
  }
  if (fd_ >= 0) ::close(fd_);
}

void* FutexEvent::watch(void* self) {
  auto& me = *static_cast<FutexEvent*>(self);
  auto seen = me.seen_;
  while (!me.stop_) {
    futex_wait(me.word_, seen, 1000);
    auto now = me.word_.load();
    if (now == seen) continue;
    seen = now;
    std::uint64_t one = 1;
    auto ignored = ::write(me.fd_, &one, sizeof one);
    static_cast<void>(ignored);
  }
  return nullptr;
}

void FutexEvent::clear() {
  std::uint64_t count = 0;
  auto ignored = ::read(fd_, &count, sizeof count);
  static_cast<void>(ignored);
}

Result<std::string> boot_id() {
  TK_TRY(auto id, read_file("/proc/sys/kernel/random/boot_id", 64));
  return std::string(text::trim(id));
}

Result<void> give_to(const std::string& path, std::uint32_t uid, std::uint32_t gid) {
  if (::lchown(path.c_str(), uid, gid) != 0) return failed("give away", path);
  return {};
}

Result<void> give_to_owner_of(const std::string& like, const std::string& path) {
  struct stat st{};
  if (::geteuid() != 0 || ::stat(like.c_str(), &st) != 0) return {};
  return give_to(path, st.st_uid, st.st_gid);
}

FileIdentity identity_of(const std::string& path) {
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0) return {};
  return {static_cast<std::uint64_t>(st.st_dev), static_cast<std::uint64_t>(st.st_ino)};
}

}  // namespace tk::os
