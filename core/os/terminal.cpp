#include "core/os/terminal.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>

namespace tk::os {
namespace {

std::atomic<int> caught{0};
int wake[2] = {-1, -1};

extern "C" void on_signal(int number) {
  if (caught.exchange(number) != 0) {
    ::signal(number, SIG_DFL);
    ::raise(number);
  }
  auto ignored = ::write(wake[1], "!", 1);
  static_cast<void>(ignored);
}

}  // namespace

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

std::string user_name() {
  passwd entry{}, *found = nullptr;
  char buffer[16384];
  if (::getpwuid_r(::getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
    return found->pw_name;
  return std::to_string(::getuid());
}

std::string host_name() {
  char buffer[256] = {};
  ::gethostname(buffer, sizeof buffer - 1);
  return buffer;
}

std::string environment(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

bool environment_set(const char* name) { return ::getenv(name) != nullptr; }

void end_after_ms(int ms) {
  ::signal(SIGALRM, [](int) { ::_exit(0); });
  itimerval timer{{0, 0}, {ms / 1000, (ms % 1000) * 1000}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

Result<std::string> read_line() {
  std::string line;
  char c;
  for (;;) {
    auto n = ::read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) {
      if (interrupted()) return fail(Code::interrupted, "interrupted");
      continue;
    }
    if (n <= 0) return fail(Code::cli_no_terminal, "standard input ended before an answer came");
    if (c == '\n') return line;
    if (line.size() < 4096) line += c;
  }
}

void catch_interrupts() {
  if (wake[0] >= 0) return;
  if (::pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action{};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool wait_readable(const std::vector<int>& fds, int timeout_ms) {
  std::vector<pollfd> polled;
  for (int fd : fds)
    if (fd >= 0) polled.push_back({fd, POLLIN, 0});
  return ::poll(polled.data(), polled.size(), timeout_ms) > 0;
}

int interrupted() { return caught.load(); }
int interrupt_fd() { return wake[0]; }

}  // namespace tk::os
