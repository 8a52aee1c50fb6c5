// box-exec: starts one program in a box (box.hpp) and waits for it. It knows no law: tk decides what stands in the box.
//
//   box-exec --fd N
//
// The box is read from descriptor N, a Unix socket, up to its empty word. Behind `started` the box waits for one more byte, so
// that who started it can put it down first; the end of the socket there is a no. What is told on it, a line each:
//   layer NAME WORD     what holds (landlock 7) or is left out (ipc missing)
//   listener            of a box with a proxy, with the descriptor of a socket that listens on its 127.0.0.1:1080
//   started PID         of the box's first process, as this side sees it
//   lacks LAYER WHY     nothing was started, as this kernel does not have it, or not for us; exit 125
//   refused LAYER WHY   nothing was started, as something went wrong; exit 125
// The program has this one's standard input, output and error. Exit: that of the program, 128+n when a signal ended it.
//
// Three processes: this one, which stands outside and hands signals on; process 1 of the box, which takes in orphans and with
// which everything in the box ends; the program. Should tk die, this one dies, and with it process 1.
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "plugins/box-exec/box.hpp"

namespace {

using namespace tk::box_exec;

constexpr int kRefused = 125;

struct Space {
  const char* layer;
  unsigned long flag;
};
constexpr Space kSpaces[] = {{"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"pid", CLONE_NEWPID},      {"net", CLONE_NEWNET},
                             {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},  {"cgroup", CLONE_NEWCGROUP}};

void say(int control, const std::string& line) {
  auto text = line + "\n";
  if (::send(control, text.data(), text.size(), MSG_NOSIGNAL) < 0) throw Refusal{"box", "nobody listens to what is said of it"};
}

// Up to the end, or to what ends it.
std::string read_all(int fd, std::string_view ending = {}) {
  std::string out;
  std::array<char, 1 << 14> buffer;
  for (;;) {
    auto n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse("box", "read it");
    if (n == 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(n));
    if (!ending.empty() && out.ends_with(ending)) return out.substr(0, out.size() - 1);
    if (out.size() > (8u << 20)) throw Refusal{"box", "it is too long"};
  }
}

// A fork into new namespaces. Where they cannot be had, the first that cannot is named.
pid_t fork_into(unsigned long flags) {
  return static_cast<pid_t>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

bool can_have(unsigned long flags) {
  auto pid = fork_into(flags);
  if (pid == 0) ::_exit(0);
  if (pid < 0) return false;
  ::waitpid(pid, nullptr, 0);
  return true;
}

unsigned long spaces_of(const Box& box, bool own_user_space) {
  unsigned long out = 0;
  for (const auto& space : kSpaces)
    if (space.flag != CLONE_NEWUSER || own_user_space) out |= space.flag;
  // Tried as a whole by who needs it; looked at one by one only where that failed, or something may be missing.
  for (const auto& space : kSpaces) {
    if (!(out & space.flag) || !box.missing.contains(space.layer)) continue;
    if (!can_have(space.flag | (out & CLONE_NEWUSER))) out &= ~space.flag;
  }
  return out;
}

[[noreturn]] void name_what_is_missing(unsigned long flags, int error) {
  for (const auto& space : kSpaces)
    if ((flags & space.flag) && !can_have(space.flag | (flags & CLONE_NEWUSER)))
      throw Refusal{space.layer, "no namespace of its own: " + std::string(std::strerror(error)), is_lack(error)};
  throw Refusal{"box", "no namespaces of its own: " + std::string(std::strerror(error))};
}

void write_file(const std::string& path, const std::string& text) {
  int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) refuse("user", path);
  ::close(fd);
}

// The caller's own ids, and no others, are there in its user namespace.
void map_ids(pid_t pid) {
  auto at = "/proc/" + std::to_string(pid) + "/";
  auto one = [](std::uint32_t id) { return std::to_string(id) + " " + std::to_string(id) + " 1\n"; };
  write_file(at + "setgroups", "deny");
  write_file(at + "uid_map", one(::getuid()));
  write_file(at + "gid_map", one(::getgid()));
}

// `counted`: its processes are already.
void set_limits(const Box& box, bool counted) {
  static constexpr std::pair<const char*, __rlimit_resource> kLimits[] = {
      {"nproc", RLIMIT_NPROC}, {"nofile", RLIMIT_NOFILE}, {"fsize", RLIMIT_FSIZE}, {"as", RLIMIT_AS}, {"cpu", RLIMIT_CPU}};
  rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) refuse("limits", "core");
  for (auto [name, resource] : kLimits) {
    auto it = box.limits.find(name);
    if (it == box.limits.end() || (counted && resource == RLIMIT_NPROC)) continue;
    rlimit now{};
    ::getrlimit(resource, &now);
    rlimit limit{std::min<rlim_t>(it->second, now.rlim_max), std::min<rlim_t>(it->second, now.rlim_max)};
    if (::setrlimit(resource, &limit) != 0) refuse("limits", name);
  }
}

void drop_rights(const Box& box) {
  for (int cap = 0; ::prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; ++cap) ::prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
  if (box.own_account && (::setgroups(box.groups.size(), box.groups.data()) != 0 || ::setresgid(box.gid, box.gid, box.gid) != 0 ||
                          ::setresuid(box.uid, box.uid, box.uid) != 0))
    refuse("account", "become uid " + std::to_string(box.uid));
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> nothing{};
  if (::syscall(SYS_capset, &header, nothing.data()) != 0) refuse("account", "give its capabilities back");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refuse("no_new_privs", "take it on");
}

// Waits for everything that ends, and hands on what others send (a terminal reaches the program itself).
int wait_for(pid_t program) {
  sigset_t all;
  ::sigfillset(&all);
  for (;;) {
    siginfo_t info{};
    int signal = ::sigwaitinfo(&all, &info);
    if (signal < 0) continue;
    if (signal != SIGCHLD) {
      if (info.si_code <= 0 && signal != SIGTSTP) ::kill(program, signal);
      continue;
    }
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
      if (pid == program) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const auto& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

// What was refused behind the fork travels as LAYER TAB WHY to who waits at the other end.
[[noreturn]] void end_with(int report, const Refusal& refusal) {
  auto text = refusal.layer + "\t" + refusal.why + (refusal.lacks ? "\t" : "");
  auto ignored = ::write(report, text.data(), text.size());
  static_cast<void>(ignored);
  ::_exit(kRefused);
}

// Only the program itself ever holds them: words of its environment with NUL bytes behind them, up to an empty one.
std::string receive_secrets(int fd) {
  std::string out;
  std::array<char, 1 << 14> buffer;
  for (int next = 10; !out.ends_with(std::string_view("\0\0", 2)) && out != std::string_view("\0", 1);) {
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof fd)] = {};
    msghdr message{nullptr, 0, &part, 1, room, sizeof room, 0};
    auto n = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw Refusal{"secrets", "who brings them is gone"};
    out.append(buffer.data(), static_cast<std::size_t>(n));
    auto* head = CMSG_FIRSTHDR(&message);
    int passed = head ? *reinterpret_cast<int*>(CMSG_DATA(head)) : -1;
    if (head && (head->cmsg_type != SCM_RIGHTS || ::dup2(passed, next++) < 0 || ::close(passed) != 0)) refuse("secrets", "a descriptor");
  }
  return out;
}

[[noreturn]] void become(const Box& box, bool counted, int report) {
  try {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto environment = pointers(box.environment), command = pointers(box.command);
    sigset_t none;
    ::sigemptyset(&none);
    if (::dup2(report, 3) < 0 || ::syscall(SYS_close_range, box.secrets ? 5u : 4u, ~0u, 0u) != 0 || ::fcntl(3, F_SETFD, FD_CLOEXEC) != 0)
      refuse("box", "close descriptors");
    report = 3;
    set_limits(box, counted);
    drop_rights(box);
    if (::chdir(box.directory.c_str()) != 0) refuse("box", "go to " + box.directory);
    auto secrets = box.secrets ? receive_secrets(4) : std::string();
    for (std::size_t at = 0; at + 1 < secrets.size(); at += std::strlen(&secrets[at]) + 1) environment.insert(environment.end() - 1, &secrets[at]);
    if (box.secrets) ::close(4);
    if (!box.missing.contains("landlock") || landlock_version() >= kLowestLandlock) restrict_files(box);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    environ = environment.data();
    restrict_calls(box);
    ::execvp(command[0], command.data());
    throw Refusal{"command", box.command[0] + ": " + std::strerror(errno)};
  } catch (const Refusal& refusal) {
    end_with(report, refusal);
  }
}

// The listening socket belongs to the box's network; who takes from it stands outside.
void hand_out_listener(int control) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(1080);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 128) != 0)
    refuse("net", "listen for the proxy");
  char line[] = "listener\n";
  iovec part{line, sizeof line - 1};
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof fd)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  if (::sendmsg(control, &message, MSG_NOSIGNAL) < 0) refuse("net", "hand out the socket");
  ::close(fd);
}

// Process 1 of the box.
[[noreturn]] void first(const Box& box, unsigned long spaces, bool counted, int control, int go, int report) {
  try {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto wait_for_word = [go] {
      if (char word = 0; ::read(go, &word, 1) != 1) ::_exit(kRefused);  // who started us is gone
    };
    wait_for_word();
    ::prctl(PR_SET_DUMPABLE, 0);  // not before: its ids are mapped from outside
    if (spaces & CLONE_NEWNET) bring_up_loopback();
    if (box.proxy) hand_out_listener(control);
    wait_for_word();
    if ((spaces & CLONE_NEWUTS) && ::sethostname("box", 3) != 0) refuse("uts", "name the box");
    make_root(box);
    auto program = ::fork();
    if (program < 0) refuse("box", "fork");
    if (program == 0) become(box, counted, report);
    ::syscall(SYS_close_range, 0u, ~0u, 0u);
    ::_exit(wait_for(program));
  } catch (const Refusal& refusal) {
    end_with(report, refusal);
  }
}

int run(int control) {
  auto box = read_box(read_all(control, std::string_view("\0\0", 2)));
  for (const auto& layer : box.missing)
    if (layer != "landlock" && layer != "net" && layer != "ipc" && layer != "uts" && layer != "cgroup")
      throw Refusal{layer, "there is no box without it"};
  // Whom file capabilities brought here would say whom it becomes.
  if (::getauxval(AT_SECURE) != 0) throw Refusal{"account", "box-exec is started by root, or without any capability"};
  bool root = ::geteuid() == 0;
  if (root != box.own_account) throw Refusal{"account", root ? "root's boxes have an account of their own" : "only root gives an account"};
  auto version = landlock_version();
  if (version < kLowestLandlock && !box.missing.contains("landlock"))
    throw Refusal{"landlock", version == 0 ? "the kernel has none" : "the kernel has version " + std::to_string(version) + ", and 2 is the lowest", true};
  auto spaces = spaces_of(box, !root);
  if (box.proxy && !(spaces & CLONE_NEWNET)) throw Refusal{"net", "no proxy without a network of its own"};
  int go[2], report[2];
  if (::pipe2(go, O_CLOEXEC) != 0 || ::pipe2(report, O_CLOEXEC) != 0) refuse("box", "a pipe");
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  auto groups = make_groups(box);
  struct Gone {
    const Groups& groups;
    ~Gone() { remove(groups); }
  } gone{groups};
  auto pid = fork_into(spaces);
  if (pid < 0) name_what_is_missing(spaces, errno);
  if (pid == 0) {
    ::close(go[1]), ::close(report[0]);
    first(box, spaces, groups.counts, control, go[0], report[1]);
  }
  ::close(go[0]), ::close(report[1]);
  if (spaces & CLONE_NEWUSER) map_ids(pid);
  enter(groups, pid);
  if (::write(go[1], "m", 1) != 1) refuse("box", "speak to its first process");
  say(control, version >= kLowestLandlock ? "layer landlock " + std::to_string(version) : "layer landlock missing");
  for (const auto& space : kSpaces)
    if (space.flag != CLONE_NEWUSER || !root) say(control, std::string("layer ") + space.layer + (spaces & space.flag ? " own" : " missing"));
  say(control, "started " + std::to_string(pid));
  // Process 1 may have something against it before anybody says go.
  std::array<pollfd, 2> either{{{control, POLLIN, 0}, {report[0], POLLIN, 0}}};
  while (::poll(either.data(), either.size(), -1) < 0 && errno == EINTR) {
  }
  if (either[1].revents == 0) {
    if (char word = 0; ::read(control, &word, 1) != 1) return kRefused;  // process 1 ends with the pipe that it waits at
    if (::write(go[1], "g", 1) != 1) refuse("box", "let it go");
  }
  auto why = read_all(report[0]);  // ends when the program was started, or not
  auto status = wait_for(pid);
  if (auto tab = why.find('\t'); tab != why.npos)
    throw Refusal{why.substr(0, tab), why.substr(tab + 1, why.size() - tab - 1 - why.ends_with('\t')), why.ends_with('\t')};
  if (either[1].revents != 0) throw Refusal{"box", "its first process ended before it began"};
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  int control = -1;
  if (argc == 3 && std::strcmp(argv[1], "--fd") == 0) control = static_cast<int>(std::strtol(argv[2], nullptr, 10));
  if (control < 3 || ::fcntl(control, F_SETFD, FD_CLOEXEC) != 0) {
    ::dprintf(2, "usage: box-exec --fd N\n");
    return 2;
  }
  try {
    return run(control);
  } catch (const Refusal& refusal) {
    try {
      say(control, (refusal.lacks ? "lacks " : "refused ") + refusal.layer + " " + refusal.why);
    } catch (const Refusal&) {
      ::dprintf(2, "box: %s: %s\n", refusal.layer.c_str(), refusal.why.c_str());
    }
    return kRefused;
  } catch (const std::exception& error) {
    ::dprintf(2, "box: %s\n", error.what());
    return kRefused;
  }
}
