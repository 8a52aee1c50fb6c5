#include "core/os/ancestry.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "core/base/text.hpp"
#include "core/os/file.hpp"

namespace tk::os {
namespace {

constexpr std::uint32_t kProbe = 0x746b6d61;  // "tkma": no call of prctl
volatile std::sig_atomic_t g_trapped = 0;

std::string of(int pid, const char* what) {
  return read_file("/proc/" + std::to_string(pid) + "/" + what, 4u << 20).value_or("");
}

int parent_of(int pid) {
  auto stat = of(pid, "stat");  // 12 (any name) S 7 …
  auto close = stat.rfind(')');
  return close == stat.npos || close + 4 > stat.size() ? 0 : std::atoi(stat.c_str() + close + 4);
}

}  // namespace

std::vector<int> ancestors() {
  std::vector<int> out;
  for (int pid = ::getppid(); pid > 1 && out.size() < 256; pid = parent_of(pid)) out.push_back(pid);
  return out;
}

bool has_environment(int pid, std::string_view name) {
  auto all = of(pid, "environ");
  for (auto one : text::split(all, '\0'))
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') return true;
  return false;
}

std::string program_name(int pid) { return std::string(text::trim(of(pid, "comm"))); }

// The mark is a filter of system calls, which is inherited and cannot be taken off: it traps one call that means
// nothing otherwise, and lets everything else pass. A trap, since of two filters the stricter answer counts: another
// one on top can make of it only a death.
bool mark_descendants() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),  // its low half: both machines are little-endian
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kProbe, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog filter{std::size(code), code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

bool is_marked() {
  g_trapped = 0;
  struct sigaction act{}, before{};
  act.sa_handler = [](int) { g_trapped = 1; };
  sigset_t trap, mask;
  ::sigemptyset(&trap);
  ::sigaddset(&trap, SIGSYS);
  ::sigaction(SIGSYS, &act, &before);
  ::pthread_sigmask(SIG_UNBLOCK, &trap, &mask);
  ::syscall(SYS_prctl, static_cast<unsigned long>(kProbe), 0ul, 0ul, 0ul, 0ul);
  ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  ::sigaction(SIGSYS, &before, nullptr);
  return g_trapped != 0;
}

}  // namespace tk::os
