#include "core/os/process.hpp"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/clock.hpp"
#include "core/base/text.hpp"
#include "core/os/ancestry.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return false;
    read = fds[0];
    write = fds[1];
    return true;
  }
  void close() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
};

void set_limit(__rlimit_resource resource, std::uint64_t bytes) {
  if (bytes == 0) return;
  rlimit limit{bytes, bytes};
  ::setrlimit(resource, &limit);
}

// In the child between fork and exec: only async-signal-safe calls. A failure writes errno to
// `report` and ends.
[[noreturn]] void become(const Spawn& spawn, char* const* argv, char* const* envp,
                         const std::string& program, int in, int out, int err, int report,
                         int control, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // the parent died before we asked
  // Out of the way of the numbers that they get.
  int passed = spawn.passed;
  for (int* fd : {&in, &out, &err, &control, &passed, &report})
    if (*fd >= 0 && (*fd = ::fcntl(*fd, F_DUPFD_CLOEXEC, 10)) < 0) ::_exit(127);
  unsigned kept = control < 0 ? 3 : passed < 0 ? 4 : 5;
  if (spawn.own_session)
    ::setsid();
  else if (!spawn.inherit_output)
    ::setpgid(0, 0);
  if (!spawn.inherit_output) {
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
  }
  if (spawn.own_session) ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);  // where it is a terminal
  if ((control >= 0 && ::dup2(control, 3) < 0) || (passed >= 0 && ::dup2(passed, 4) < 0)) ::_exit(127);
  if (!spawn.inherit_output || control >= 0) {
    ::syscall(SYS_close_range, kept, static_cast<unsigned>(report) - 1u, 0u);
    ::syscall(SYS_close_range, static_cast<unsigned>(report) + 1u, ~0u, 0u);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int s : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT}) ::signal(s, SIG_DFL);
  rlimit core{0, 0};
  ::setrlimit(RLIMIT_CORE, &core);
  set_limit(RLIMIT_AS, spawn.memory_limit);
  set_limit(RLIMIT_FSIZE, spawn.file_limit);
  bool there = spawn.directory.empty() || ::chdir(spawn.directory.c_str()) == 0;
  if (there && (!spawn.marked || mark_descendants()))
    ::execve(program.c_str(), argv, envp);
  int number = errno;
  auto ignored = ::write(report, &number, sizeof number);
  static_cast<void>(ignored);
  ::_exit(127);
}

// A child that closes its end must not end us: SIGPIPE stays what it is for our own output, but is
// held back and taken away round a write to a child.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    timespec now{0, 0};
    while (::sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_, before_;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (const auto& s : strings) out.push_back(const_cast<char*>(s.c_str()));
  out.push_back(nullptr);
  return out;
}

}  // namespace

pid_t own_pid() {
  return ::getpid();
}

std::string find_in_path(std::string_view name) {
  const char* path = ::getenv("PATH");
  for (auto part : text::split(path ? path : "/usr/bin:/bin", ':')) {
    if (!part.starts_with('/')) continue;  // never the current folder
    auto candidate = std::string(part) + "/" + std::string(name);
    if (::access(candidate.c_str(), X_OK) == 0 && !is_directory(candidate)) return candidate;
  }
  return {};
}

std::vector<std::string> current_environment() {
  std::vector<std::string> out;
  for (char** e = environ; e && *e; ++e) out.emplace_back(*e);
  return out;
}

Result<Child> Child::start(Spawn spawn) {
  std::string program = spawn.argv.empty() ? "" : spawn.argv[0];
  if (program.find('/') == std::string::npos) program = find_in_path(program);
  if (program.empty())
    return fail(Code::os_spawn,
                "no such program: " + (spawn.argv.empty() ? "(empty command)" : spawn.argv[0]),
                "install it, or give its path");
  Pipe in, out, err, report;
  auto piped = [&](std::size_t i, Pipe& pipe) { return spawn.inherit_output || spawn.standard[i] >= 0 || pipe.open(); };
  if (!report.open() || !piped(0, in) || !piped(1, out) || !piped(2, err)) {
    auto error = errno_error(errno, "open a pipe for", program);
    for (auto* p : {&in, &out, &err, &report}) p->close();
    return fail(error);
  }
  auto argv = pointers(spawn.argv);
  auto envp = pointers(spawn.environment);
  int control[2] = {-1, -1};
  if (spawn.control && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0) {
    auto error = errno_error(errno, "open a socket for", program);
    for (auto* p : {&in, &out, &err, &report}) p->close();
    return fail(error);
  }
  pid_t parent = ::getpid();
  pid_t pid = ::fork();
  if (pid == 0)
    become(spawn, argv.data(), envp.data(), program, in.read >= 0 ? in.read : spawn.standard[0], out.write >= 0 ? out.write : spawn.standard[1],
           err.write >= 0 ? err.write : spawn.standard[2], report.write, control[1], parent);
  int fork_error = errno;
  ::close(report.write);
  int exec_error = 0;
  if (pid > 0) {
    ssize_t n;
    do n = ::read(report.read, &exec_error, sizeof exec_error);
    while (n < 0 && errno == EINTR);
    if (n <= 0) exec_error = 0;
  }
  ::close(report.read);
  for (int fd : {in.read, out.write, err.write, control[1]})
    if (fd >= 0) ::close(fd);
  if (pid < 0 || exec_error != 0) {
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    for (int fd : {in.write, out.read, err.read, control[0]})
      if (fd >= 0) ::close(fd);
    return fail(Code::os_spawn, "cannot start " + program + ": " +
                                    ::strerror(pid < 0 ? fork_error : exec_error));
  }
  Child child;
  child.pid_ = pid;
  child.pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  child.in_ = in.write;
  child.out_ = out.read;
  child.err_ = err.read;
  child.control_ = control[0];
  for (int fd : {child.in_, child.out_, child.err_})
    if (fd >= 0) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  child.spawn_ = std::move(spawn);
  return child;
}

Child::Child(Child&& o) noexcept
    : spawn_(std::move(o.spawn_)),
      pid_(std::exchange(o.pid_, -1)),
      pidfd_(std::exchange(o.pidfd_, -1)),
      in_(std::exchange(o.in_, -1)),
      out_(std::exchange(o.out_, -1)),
      err_(std::exchange(o.err_, -1)),
      control_(std::exchange(o.control_, -1)),
      heard_(std::move(o.heard_)),
      heard_all_(o.heard_all_),
      passed_(std::exchange(o.passed_, -1)),
      fed_(o.fed_),
      finished_(o.finished_),
      result_(std::move(o.result_)) {}

Child::~Child() {
  if (pid_ > 0 && !finished_) {
    kill(SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  for (int fd : {in_, out_, err_, pidfd_, control_, passed_})
    if (fd >= 0) ::close(fd);
}

void Child::kill(int signal) {
  if (pid_ <= 0 || finished_) return;
  ::kill(spawn_.inherit_output ? pid_ : -pid_, signal);
}

void Child::feed() {
  WithoutSigpipe guard;
  while (fed_ < spawn_.input.size()) {
    auto n = ::write(in_, spawn_.input.data() + fed_, spawn_.input.size() - fed_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) break;  // the child does not read; its exit status tells why
    fed_ += static_cast<std::size_t>(n);
  }
  if (spawn_.keep_input_open && unread() == 0) return;
  ::close(in_);
  in_ = -1;
}

void Child::send(std::string_view bytes) {
  spawn_.input.erase(0, fed_);
  fed_ = 0;
  spawn_.input += bytes;
  if (in_ >= 0) feed();
}

void Child::close_input() {
  spawn_.keep_input_open = false;
  if (in_ >= 0) feed();
}

void Child::tell(std::string_view text) {
  while (!text.empty()) {
    auto n = ::send(control_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;  // it ended; what it said, or its status, tells why
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::optional<std::string> Child::hear(int timeout_ms) {
  for (;;) {
    if (auto end = heard_.find('\n'); end != heard_.npos) {
      auto line = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      return line;
    }
    pollfd ready{control_, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) == 0) return std::nullopt;
    char buffer[4096];
    iovec part{buffer, sizeof buffer};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    auto n = ::recvmsg(control_, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (auto* head = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr; head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS && passed_ < 0)
      ::memcpy(&passed_, CMSG_DATA(head), sizeof passed_);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0 || heard_.size() > sizeof buffer * 16) {
      heard_all_ = true;
      return std::nullopt;
    }
    heard_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string Child::take_output() { return std::exchange(result_.output, {}); }

void Child::drain(int& fd, bool is_output) {
  char buffer[65536];
  // More than a pipe holds, and not for ever: who writes faster than we read must not keep us from the rest.
  for (int turns = 0;; ++turns) {
    if (turns == 64) return;
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) break;
    std::string_view bytes(buffer, static_cast<std::size_t>(n));
    auto& into = is_output ? result_.output : result_.error_tail;
    into.append(bytes);
    if (is_output && into.size() > spawn_.output_limit) {
      result_.flooded = true;
      into.resize(spawn_.output_limit);
      kill(SIGKILL);
      break;
    }
    if (!is_output && into.size() > spawn_.error_limit)
      into.erase(0, into.size() - spawn_.error_limit);
  }
  ::close(fd);
  fd = -1;
}

void Child::reap() {
  int status = 0;
  pid_t got;
  do got = ::waitpid(pid_, &status, WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got != pid_) return;
  // What it started may still hold the pipes: the group goes with its leader.
  if (!spawn_.inherit_output) ::kill(-pid_, SIGKILL);
  finished_ = true;
  result_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (out_ >= 0) drain(out_, true);
  if (err_ >= 0) drain(err_, false);
}

void Child::pump(std::vector<Child*>& children, int timeout_ms, const std::vector<int>& wake_fds) {
  std::vector<pollfd> fds;
  for (int fd : wake_fds)
    if (fd >= 0) fds.push_back({fd, POLLIN, 0});
  for (auto* c : children) {
    if (c->finished_) continue;
    if (c->has_input()) fds.push_back({c->in_, POLLOUT, 0});
    if (c->out_ >= 0) fds.push_back({c->out_, POLLIN, 0});
    if (c->err_ >= 0) fds.push_back({c->err_, POLLIN, 0});
    if (c->pidfd_ >= 0) fds.push_back({c->pidfd_, POLLIN, 0});
    else timeout_ms = timeout_ms < 0 ? 20 : std::min(timeout_ms, 20);  // no pidfd: look again
  }
  if (::poll(fds.data(), fds.size(), timeout_ms) < 0) return;
  for (auto* c : children) {
    if (c->finished_) continue;
    if (c->has_input()) c->feed();
    if (c->out_ >= 0) c->drain(c->out_, true);
    if (c->err_ >= 0) c->drain(c->err_, false);
    c->reap();
  }
}

Exited Child::take() { return std::move(result_); }

Result<Exited> run(Spawn spawn, std::int64_t deadline_ms) {
  TK_TRY(auto child, Child::start(std::move(spawn)));
  std::vector<Child*> one{&child};
  auto end = clock::monotonic_ns() + deadline_ms * 1'000'000;
  bool timed_out = false;
  while (!child.finished()) {
    auto left = deadline_ms == 0 ? -1 : (end - clock::monotonic_ns()) / 1'000'000;
    if (deadline_ms != 0 && left <= 0 && !timed_out) {
      timed_out = true;
      child.kill(SIGKILL);
    }
    Child::pump(one, timed_out ? 100 : static_cast<int>(std::min<std::int64_t>(left, 60'000)));
  }
  auto result = child.take();
  result.timed_out = timed_out;
  return result;
}

std::string began(pid_t pid) {
  auto text = read_file("/proc/" + std::to_string(pid) + "/stat", 4096);
  if (!text) return {};
  auto name_end = text->rfind(')');  // the name may hold anything
  if (name_end == text->npos) return {};
  auto fields = text::split(std::string_view(*text).substr(name_end + 1), ' ');
  return fields.size() > 20 && fields[1] != "Z" ? std::string(fields[20]) : std::string();  // field 22 of proc_pid_stat(5)
}

Result<std::optional<Ending>> Ending::of(pid_t pid, const std::string& when) {
  int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0 && errno == ESRCH) return std::optional<Ending>();
  if (fd < 0) return fail(errno_error(errno, "look at", "process " + std::to_string(pid)));
  Ending out(fd);
  if (began(pid) != when) return std::optional<Ending>();
  if (::syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0) != 0 && errno != ESRCH)
    return fail(errno_error(errno, "end", "process " + std::to_string(pid)));
  return std::optional(std::move(out));
}

Ending::~Ending() {
  if (pidfd_ >= 0) ::close(pidfd_);
}

void Ending::wait() {
  pollfd gone{pidfd_, POLLIN, 0};
  while (::poll(&gone, 1, -1) < 0 && errno == EINTR) {
  }
}

namespace {

volatile pid_t handed_to = 0;
volatile bool hands_typed = false;

void hand_on(int signal, siginfo_t* info, void*) {
  if ((info->si_code <= 0 || hands_typed) && handed_to > 0) ::kill(handed_to, signal);
}

}  // namespace

void hand_signals_to(pid_t child, bool typed) {
  handed_to = child;
  hands_typed = typed;
  struct sigaction action {};
  action.sa_sigaction = hand_on;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigfillset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) ::sigaction(signal, &action, nullptr);
}

Result<Pager> Pager::start(const std::string& command) {
  std::vector<std::string> words;
  for (auto word : text::split(command, ' '))
    if (!word.empty()) words.emplace_back(word);
  auto program = words.empty() ? std::string() : words[0];
  if (program.find('/') == std::string::npos) program = find_in_path(program);
  Pipe in;
  if (program.empty() || !in.open()) return fail(Code::os_spawn, "no such pager: " + command);
  auto argv = pointers(words);
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(in.read, STDIN_FILENO);
    ::signal(SIGPIPE, SIG_DFL);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(in.read);
  if (pid > 0) return Pager(pid, in.write);
  ::close(in.write);
  return fail(Code::os_spawn, "cannot start " + program);
}

Pager::~Pager() {
  if (pid_ < 0) return;
  ::close(in_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> Pager::write(std::string_view text) {
  WithoutSigpipe guard;
  auto written = write_all(in_, text);
  return !written && errno == EPIPE ? Result<void>() : written;
}

Error replace_process(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  return errno_error(errno, "start", argv[0]);
}

}  // namespace tk::os
