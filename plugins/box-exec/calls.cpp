// Run at build: writes the filters of seccomp down as BPF, as making them takes 2 ms and loading them takes none.
//
// The calls that programs make. What is not in the list is not there (ENOSYS), so that a libc falls back to
// what is; what would lead out of a box is refused (EPERM). Two filters, as one cannot say "all but these" of an argument.
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <linux/filter.h>

namespace {

[[noreturn]] void fail(const char* what, int error) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(error));
  std::exit(1);
}

constexpr const char* kAllowed[] = {
    // files
    "access", "chdir", "chmod", "chown", "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3", "faccessat", "faccessat2",
    "fadvise64", "fallocate", "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr",
    "flock", "fremovexattr", "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futimesat", "getcwd", "getdents", "getdents64", "getxattr",
    "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "ioctl", "lchown", "lgetxattr", "link", "linkat", "listxattr",
    "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "memfd_create", "memfd_secret", "mkdir", "mkdirat", "mknod", "mknodat", "newfstatat", "open",
    "openat", "openat2", "pipe", "pipe2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlink",
    "readlinkat", "readv", "removexattr", "rename", "renameat", "renameat2", "rmdir", "sendfile", "setxattr", "splice", "stat", "statfs", "statx",
    "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "tee", "truncate", "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes",
    "vmsplice", "write", "writev",
    // memory
    "brk", "get_mempolicy", "madvise", "mbind", "membarrier", "mincore", "mlock", "mlock2", "mlockall", "mmap", "mprotect", "mremap", "mseal",
    "msync", "munlock", "munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect", "remap_file_pages", "set_mempolicy",
    // processes and threads
    "alarm", "arch_prctl", "capget", "clone", "execve", "execveat", "exit", "exit_group", "fork", "futex", "futex_waitv", "getegid", "geteuid",
    "getgid", "getgroups", "getitimer", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getresgid", "getresuid", "getrlimit", "getrusage",
    "getsid", "gettid", "getuid", "get_robust_list", "get_thread_area", "ioprio_get", "kill", "landlock_add_rule", "landlock_create_ruleset",
    "landlock_restrict_self", "pidfd_open", "pidfd_send_signal", "prctl", "prlimit64", "restart_syscall", "rseq", "sched_getaffinity",
    "sched_getattr", "sched_getparam", "sched_get_priority_max", "sched_get_priority_min", "sched_getscheduler", "sched_rr_get_interval",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield", "seccomp", "set_robust_list", "set_thread_area",
    "set_tid_address", "setfsgid", "setfsuid", "setgid", "setgroups", "setitimer", "setpgid", "setpriority", "setregid", "setresgid", "setresuid",
    "setreuid", "setrlimit", "setsid", "setuid", "tgkill", "time", "times", "tkill", "vfork", "wait4", "waitid", "waitpid",
    // signals, time, waiting
    "clock_getres", "clock_gettime", "clock_nanosleep", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd", "eventfd2", "getcpu", "getrandom", "gettimeofday", "nanosleep", "pause", "poll", "ppoll", "pselect6", "rt_sigaction", "rt_sigpending",
    "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "select", "sigaltstack", "signalfd",
    "signalfd4", "sysinfo", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
    "timerfd_settime", "uname",
    // sockets and System V
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "mq_getsetattr", "mq_notify", "mq_open",
    "mq_timedreceive", "mq_timedsend", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "recvfrom", "recvmmsg", "recvmsg", "semctl", "semget",
    "semop", "semtimedop", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shmat", "shmctl", "shmdt", "shmget", "shutdown", "socket", "socketpair"};

constexpr const char* kRefused[] = {"acct",
                                    "add_key",
                                    "bpf",
                                    "chroot",
                                    "delete_module",
                                    "finit_module",
                                    "fsconfig",
                                    "fsmount",
                                    "fsopen",
                                    "fspick",
                                    "init_module",
                                    "io_uring_enter",
                                    "io_uring_register",
                                    "io_uring_setup",
                                    "ioperm",
                                    "iopl",
                                    "kcmp",
                                    "kexec_file_load",
                                    "kexec_load",
                                    "keyctl",
                                    "lookup_dcookie",
                                    "mount",
                                    "mount_setattr",
                                    "move_mount",
                                    "move_pages",
                                    "migrate_pages",
                                    "name_to_handle_at",
                                    "open_by_handle_at",
                                    "open_tree",
                                    "perf_event_open",
                                    "personality",
                                    "pidfd_getfd",
                                    "pivot_root",
                                    "process_madvise",
                                    "process_vm_readv",
                                    "process_vm_writev",
                                    "ptrace",
                                    "quotactl",
                                    "reboot",
                                    "request_key",
                                    "setdomainname",
                                    "sethostname",
                                    "setns",
                                    "settimeofday",
                                    "swapoff",
                                    "swapon",
                                    "syslog",
                                    "umount2",
                                    "unshare",
                                    "userfaultfd",
                                    "vhangup"};

class Filter {
 public:
  explicit Filter(std::uint32_t otherwise) : context_(::seccomp_init(otherwise)) {
    if (!context_) fail("a filter", ENOMEM);
    // Of many calls the one is found by halving.
    ::seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }
  ~Filter() { ::seccomp_release(context_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void rule(std::uint32_t action, int call, std::vector<scmp_arg_cmp> when = {}) {
    if (call == __NR_SCMP_ERROR) return;  // newer than the library, or of another machine
    if (int rc = ::seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(when.size()), when.data()); rc != 0) fail("a rule", -rc);
  }
  void rule(std::uint32_t action, const char* call) { rule(action, ::seccomp_syscall_resolve_name(call)); }
  // As a C++ array of that name.
  void print(const char* name) {
    auto* file = std::tmpfile();
    if (!file) fail("a file", errno);
    if (int rc = ::seccomp_export_bpf(context_, ::fileno(file)); rc != 0) fail("the filter", -rc);
    std::rewind(file);
    std::printf("inline constexpr sock_filter %s[] = {\n", name);
    for (sock_filter one{}; std::fread(&one, sizeof one, 1, file) == 1;)
      std::printf("    {0x%02x, %u, %u, 0x%08x},\n", one.code, one.jt, one.jf, one.k);
    std::printf("};\n");
    std::fclose(file);
  }

 private:
  scmp_filter_ctx context_;
};

}  // namespace

int main() {
  constexpr auto kNot = SCMP_ACT_ERRNO(EPERM);
  constexpr std::uint64_t kLow = 0xffffffff;  // of an int the kernel looks at the lower half
  Filter but(SCMP_ACT_ALLOW);
  for (std::uint64_t space : {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET})
    but.rule(kNot, SCMP_SYS(clone), {SCMP_A0(SCMP_CMP_MASKED_EQ, space, space)});
  // Words put into the terminal of who started it.
  for (std::uint64_t word : {TIOCSTI, TIOCLINUX}) but.rule(kNot, SCMP_SYS(ioctl), {SCMP_A1(SCMP_CMP_MASKED_EQ, kLow, word)});
  // Unix and IP sockets, and what a libc asks about its interfaces with.
  but.rule(kNot, SCMP_SYS(socket), {SCMP_A0(SCMP_CMP_GT, AF_NETLINK)});
  for (int family = 3; family < AF_NETLINK; ++family)
    if (family != AF_INET6) but.rule(kNot, SCMP_SYS(socket), {SCMP_A0(SCMP_CMP_MASKED_EQ, kLow, static_cast<std::uint64_t>(family))});
  but.rule(kNot, SCMP_SYS(socket), {SCMP_A0(SCMP_CMP_MASKED_EQ, kLow, AF_NETLINK), SCMP_A2(SCMP_CMP_NE, 0)});
  Filter only(SCMP_ACT_ERRNO(ENOSYS));
  for (const char* call : kAllowed) only.rule(SCMP_ACT_ALLOW, call);
  for (const char* call : kRefused) only.rule(kNot, call);
  std::printf("// Generated by plugins/box-exec/calls.cpp.\n#pragma once\n#include <linux/filter.h>\n");
  // A socket in the file system is reached through a mount that is read-only, and Landlock has no right for it.
  Filter no_unix(SCMP_ACT_ALLOW);
  no_unix.rule(kNot, SCMP_SYS(socket), {SCMP_A0(SCMP_CMP_MASKED_EQ, kLow, AF_UNIX)});
  no_unix.print("kNoUnix");
  but.print("kBut");
  only.print("kOnly");
}
