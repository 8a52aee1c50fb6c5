#include "core/os/pty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "core/os/file.hpp"

namespace tk::os {
namespace {

int size_from = -1, size_to = -1;

void copy_size(int) {
  int before = errno;
  winsize size{};
  if (::ioctl(size_from, TIOCGWINSZ, &size) == 0) ::ioctl(size_to, TIOCSWINSZ, &size);
  errno = before;
}

}  // namespace

Result<Pty> Pty::open(int like) {
  int driver = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  std::array<char, 64> name{};
  if (driver < 0 || ::grantpt(driver) != 0 || ::unlockpt(driver) != 0 ||
      ::ptsname_r(driver, name.data(), name.size()) != 0) {
    auto error = errno_error(errno, "make", "a terminal");
    if (driver >= 0) ::close(driver);
    return fail(error);
  }
  Pty out(driver, ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (out.program_ < 0) return fail(errno_error(errno, "open", name.data()));
  termios modes{};
  if (::tcgetattr(like, &modes) == 0) {
    modes.c_cc[VSUSP] = _POSIX_VDISABLE;
    ::tcsetattr(out.program_, TCSANOW, &modes);
  }
  winsize size{};
  if (::ioctl(like, TIOCGWINSZ, &size) == 0) ::ioctl(driver, TIOCSWINSZ, &size);
  return out;
}

Pty::~Pty() {
  if (driver_ >= 0) ::close(driver_);
  close_program();
}

void Pty::close_program() {
  if (program_ >= 0) ::close(std::exchange(program_, -1));
}

namespace {

int silent_terminal = -1;
termios silent_before{};
sighandler_t stop_before = SIG_DFL;

void show_again(int signal) {
  ::tcsetattr(silent_terminal, TCSANOW, &silent_before);
  ::raise(signal);  // by now it ends the process
}

}  // namespace

TerminalMode::TerminalMode(int terminal, Kind kind, int sized)
    : terminal_(terminal), before_(std::make_unique<termios>()) {
  if (::tcgetattr(terminal, before_.get()) != 0) {
    before_.reset();
    return;
  }
  auto modes = *before_;
  if (kind == Kind::raw)
    ::cfmakeraw(&modes);
  else
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (kind == Kind::silent) {
    silent_terminal = terminal, silent_before = *before_;
    struct sigaction action {};
    action.sa_handler = show_again;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaction(signal, &action, nullptr);
    stop_before = ::signal(SIGTSTP, SIG_IGN);  // who reads there may be another process: it would take what is typed to the shell
  }
  ::tcsetattr(terminal, TCSANOW, &modes);
  if (sized < 0) return;
  size_from = terminal, size_to = sized;
  struct sigaction action {};
  action.sa_handler = copy_size;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGWINCH, &action, nullptr);
}

TerminalMode::~TerminalMode() {
  if (size_from == terminal_) ::signal(SIGWINCH, SIG_DFL);
  if (before_) ::tcsetattr(terminal_, TCSADRAIN, before_.get());
  if (silent_terminal == terminal_) ::signal(SIGTSTP, stop_before), silent_terminal = -1;
}

void hand_on(int from, int to) {
  std::thread([from, to] {
    sigset_t all;
    ::sigfillset(&all);
    ::sigdelset(&all, SIGTTIN);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);  // signals are the main thread's
    std::array<char, 4096> bytes{};
    for (;;) {
      auto n = ::read(from, bytes.data(), bytes.size());
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        pollfd ready{from, POLLIN, 0};
        ::poll(&ready, 1, -1);
        continue;
      }
      if (n <= 0 || !write_all(to, {bytes.data(), static_cast<std::size_t>(n)})) break;
    }
    ::close(to);
  }).detach();
}

bool writable(int fd) {
  auto flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

}  // namespace tk::os
