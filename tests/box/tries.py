"""What a program in a box tries. Run inside of it, by its standard input; prints a JSON object: name -> "" where it was held, else
what it got. What has to be there from outside comes in the environment: PORT, ABSTRACT, SOCKET, OUTSIDE (a pid), WORKSPACE, NAMES."""
import ctypes, errno, json, mmap, os, resource, signal, socket, struct, subprocess, sys, time

libc = ctypes.CDLL(None, use_errno=True)
W = os.environ["WORKSPACE"]
got = {}


def call(number, *args):
    ctypes.set_errno(0)
    r = libc.syscall(number, *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if r < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return r


def attempt(name):
    """Held when it raises OSError, or gives None, False or 0."""
    def run(what):
        try: r = what()
        except (OSError, ValueError, MemoryError): r = None
        got[name] = "" if not r else str(r)[:200]
        return what
    return run


def text(path, mode="rb"):
    with open(path, mode) as f: return f.read(64) or "opened"


def write(path):
    with open(path, "ab") as f: f.write(b"x")
    return "written"


def in_child(what, died=(signal.SIGSYS, signal.SIGSEGV, signal.SIGKILL)):
    """1 from a child that got through."""
    pid = os.fork()
    if pid == 0:
        try: os._exit(1 if what() else 0)
        except BaseException: os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 1 and "a child got through"


@attempt("inherited descriptors")
def _(): return [f for f in os.listdir("/proc/self/fd") if int(f) > 2 and os.path.exists(f"/proc/self/fd/{f}") and "/proc/" not in os.readlink(f"/proc/self/fd/{f}")]
# ---- files
for path in ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/root/.bashrc", "/proc/kcore", "/proc/1/mem", "/proc/1/environ", "/proc/1/root/etc/hostname", "/proc/1/cwd/x",
             "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/sys/kernel/security/lsm", "/sys/fs/cgroup/tasks", "/run/systemd/private", "/var/log/dpkg.log",
             W + "/.tk/journal.db", W + "/.tk/keys/plan.key", W + "/galaxies/../.tk/journal.db", "/proc/self/root" + W + "/.tk/journal.db"):
    attempt("read " + path.replace(W, "WORKSPACE"))(lambda: text(path))
for path in ("/usr/bin/x", "/usr/lib/x", "/etc/passwd", "/etc/ld.so.preload", "/x", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
             "/proc/self/uid_map", W + "/.git/hooks/post-commit", W + "/.git/config", W + "/.tk/x",
             W + "/tk.toml", W + "/MANIFEST.xml", W + "/galaxies/w/rules/default.xml", W + "/galaxies/w/rules/mine.xml"):
    attempt("write " + path.replace(W, "WORKSPACE"))(lambda: write(path))
mine = W + "/mine"


@attempt("a symlink to a file outside")
def _():
    os.symlink("/etc/shadow", mine + "/link")
    return text(mine + "/link")


@attempt("a symlink raced against its check")
def _():
    os.makedirs(mine + "/race", exist_ok=True)
    end = time.time() + 0.3
    pid = os.fork()
    if pid == 0:
        while time.time() < end:
            for to in ("/etc/passwd", W + "/.tk/journal.db"):
                try: os.unlink(mine + "/race/l")
                except OSError: pass
                try: os.symlink(to, mine + "/race/l")
                except OSError: pass
        os._exit(0)
    found = None
    while time.time() < end and not found:
        try:
            if text(mine + "/race/l").startswith(b"SQLite"): found = "the journal"
        except OSError: pass
    os.waitpid(pid, 0)
    return found


@attempt("rename a folder over the history")
def _(): os.rename(mine, W + "/.git"); return "renamed"
@attempt("rename the history away")
def _(): os.rename(W + "/.git", W + "/git.was"); return "renamed"
@attempt("rename the hidden folder away")
def _(): os.rename(W + "/.tk", W + "/tk.was"); return "renamed"
@attempt("rename the workspace away")
def _(): os.rename(W, W + ".was"); return "renamed"
@attempt("rename tk's settings away")
def _(): os.rename(W + "/tk.toml", W + "/mine/tk.toml"); return "renamed"
@attempt("put other declarations into the place of these")
def _():
    os.makedirs(W + "/mine/galaxies", exist_ok=True)
    os.rename(W + "/mine/galaxies", W + "/galaxies"); return "renamed"
@attempt("a hard link to a file of the system")
def _(): os.link("/etc/passwd", mine + "/hard"); return "linked"
@attempt("reopen a read-only descriptor to write")
def _():
    fd = os.open("/etc/passwd", os.O_RDONLY)
    return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY)
@attempt("truncate a file that may only be read")
def _(): os.truncate("/etc/passwd", 0); return "truncated"
@attempt("change the mode of a program")
def _(): os.chmod("/usr/bin/true", 0o4777); return "changed"
@attempt("make a block device")
def _(): os.mknod(mine + "/disk", 0o060666, os.makedev(254, 0)); return open(mine + "/disk", "rb").read(1)
@attempt("make the disk a character device in /tmp")
def _(): os.mknod("/tmp/mem", 0o020666, os.makedev(1, 1)); return open("/tmp/mem", "rb").read(1)
@attempt("open_by_handle_at")
def _():
    handle = struct.pack("Ii", 8, 1) + struct.pack("II", 2, 0)
    return call(304, os.open("/tmp", os.O_RDONLY), ctypes.c_char_p(handle), 0)
@attempt("other people's /tmp")
def _(): return [n for n in os.environ["NAMES"].split() if os.path.exists("/tmp/" + n) or os.path.exists("/dev/shm/" + n)]
# ---- rights
@attempt("become root")
def _(): os.setuid(0); return os.getuid() == 0
@attempt("a setuid program")
def _():
    for program in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/usr/bin/mount"):
        if not os.path.exists(program): continue
        pid = os.spawnv(os.P_NOWAIT, "/bin/sh", ["sh", "-c", f"exec {program} --help >/dev/null 2>&1"])
        os.waitpid(pid, 0)
    return "Uid:\t0" in open("/proc/self/status").read()
@attempt("capabilities")
def _():
    status = open("/proc/self/status").read()
    return [l for l in status.splitlines() if l.startswith(("CapEff", "CapPrm", "CapBnd", "CapAmb")) and int(l.split()[1], 16)]
@attempt("no_new_privs is off")
def _(): return "NoNewPrivs:\t1" not in open("/proc/self/status").read()
@attempt("take capabilities")
def _():
    head, data = struct.pack("Ii", 0x20080522, 0), struct.pack("IIIIII", 0xffffffff, 0xffffffff, 0, 0xffffffff, 0xffffffff, 0)
    call(126, ctypes.c_char_p(head), ctypes.c_char_p(data)); return "taken"
@attempt("raise the limit of processes")
def _(): resource.setrlimit(resource.RLIMIT_NPROC, (100000, 100000)); return "raised"
@attempt("a core dump")
def _(): return resource.getrlimit(resource.RLIMIT_CORE) != (0, 0)
# ---- processes
@attempt("kill process 1")
def _():
    os.kill(1, 9); time.sleep(0.05)
    return False  # process 1 of a box takes no signal from inside; were it gone, so were we
@attempt("signal process 1")
def _(): os.kill(1, 0); return "reached"  # without an account of its own Landlock's scope alone holds it
@attempt("kill a process outside")
def _(): os.kill(int(os.environ["OUTSIDE"]), 0); return "reached"
@attempt("see processes outside")
def _(): return [p for p in os.listdir("/proc") if p.isdigit() and int(p) > 2000]
@attempt("ptrace process 1")
def _(): call(101, 16, 1, 0, 0); return "attached"
@attempt("ptrace a child")
def _():
    pid = os.fork()
    if pid == 0: time.sleep(0.2); os._exit(0)
    try: return call(101, 16, pid, 0, 0) == 0 and "attached"
    finally: os.kill(pid, 9); os.waitpid(pid, 0)
@attempt("process_vm_readv")
def _(): return call(310, 1, 0, 0, 0, 0, 0) >= 0 and "read"
@attempt("pidfd_getfd")
def _():
    fd = call(434, 1, 0)
    return call(438, fd, 0, 0)
# ---- namespaces and mounts
for name, flag in {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "ipc": 0x8000000, "uts": 0x4000000, "cgroup": 0x2000000, "time": 0x80}.items():
    attempt("unshare " + name)(lambda: call(272, flag) == 0 and "unshared")
for name, flag in {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000}.items():
    attempt("clone " + name)(lambda: in_child(lambda: call(56, flag | 17, 0, 0, 0, 0) >= 0))
@attempt("clone3 a user namespace")
def _(): return in_child(lambda: call(435, ctypes.c_char_p(struct.pack("11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)), 88) >= 0)
@attempt("setns")
def _(): return call(308, os.open("/proc/1/ns/mnt", os.O_RDONLY), 0) == 0 and "set"
@attempt("mount")
def _(): return call(165, ctypes.c_char_p(b"tmpfs"), ctypes.c_char_p(b"/tmp"), ctypes.c_char_p(b"tmpfs"), 0, 0) == 0 and "mounted"
@attempt("remount to write")
def _(): return call(165, 0, ctypes.c_char_p(b"/usr"), 0, 0x1020, 0) == 0 and "remounted"
@attempt("umount")
def _(): return call(166, ctypes.c_char_p(b"/proc"), 2) == 0 and "gone"
@attempt("uncover the hidden folder")
def _(): return call(166, ctypes.c_char_p((W + "/.tk").encode()), 2) == 0 and "gone"
@attempt("open_tree")
def _(): return call(428, -100, ctypes.c_char_p(b"/"), 1)
@attempt("fsopen")
def _(): return call(430, ctypes.c_char_p(b"ext4"), 0)
@attempt("chroot")
def _(): os.chroot("/tmp"); return "changed"
@attempt("pivot_root")
def _(): return call(155, ctypes.c_char_p(b"/tmp"), ctypes.c_char_p(b"/tmp")) == 0 and "changed"
# ---- the kernel's wide doors
for name, args in {"io_uring_setup 425": (8, ctypes.create_string_buffer(256)), "userfaultfd 323": (1,), "perf_event_open 298": (ctypes.create_string_buffer(128), 0, -1, -1, 0),
                   "bpf 321": (0, ctypes.create_string_buffer(128), 128), "add_key 248": (ctypes.c_char_p(b"user"), ctypes.c_char_p(b"x"), ctypes.c_char_p(b"y"), 1, -3),
                   "keyctl 250": (0, -3, 1), "personality 135": (0x40000,), "init_module 175": (0, 0, 0), "kexec_load 246": (0, 0, 0, 0), "reboot 169": (0, 0, 0, 0),
                   "swapon 167": (0, 0), "acct 163": (0,), "settimeofday 164": (0, 0), "sethostname 170": (ctypes.c_char_p(b"x"), 1), "iopl 172": (3,), "quotactl 179": (0, 0, 0, 0),
                   "syslog 103": (3, 0, 0), "modify_ldt 154": (0, 0, 0), "kcmp 312": (1, 1, 0, 0, 0), "move_pages 279": (1, 0, 0, 0, 0, 0)}.items():
    attempt(name.split()[0])(lambda: (call(int(name.split()[1]), *args), "done")[1])
@attempt("the calls of x32")
def _(): return in_child(lambda: call(0x40000000 + 39) > 0)
@attempt("the calls of 32 bits")
def _():
    def gate():  # mov eax, 20 (getpid); int 0x80; ret
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
        at = ctypes.addressof(ctypes.c_char.from_buffer(page))
        return ctypes.CFUNCTYPE(ctypes.c_int)(at)() > 0
    return in_child(gate)
# ---- the network
def connect(family, where):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(1); s.connect(where); return "connected"
attempt("connect to a server outside")(lambda: connect(socket.AF_INET, ("127.0.0.1", int(os.environ["PORT"]))))
attempt("connect to an abstract socket outside")(lambda: connect(socket.AF_UNIX, "\0" + os.environ["ABSTRACT"]))
attempt("connect to a socket in the file system outside")(lambda: connect(socket.AF_UNIX, os.environ["SOCKET"]))
attempt("connect to a socket in a folder of the box")(lambda: connect(socket.AF_UNIX, W + "/mine/s"))
attempt("connect to the network")(lambda: connect(socket.AF_INET, ("192.0.2.1", 80)))
@attempt("ask a name server")
def _():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x" * 20, ("192.0.2.1", 53)); return "sent"
@attempt("interfaces other than the box's own")
def _(): return [n for _, n in socket.if_nameindex() if n != "lo" and open(f"/proc/net/dev").read().count(":") > 1 and n not in ("tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0", "dummy0", "bond0", "teql0", "ifb0", "ifb1")]
for name, args in {"a raw socket": (socket.AF_INET, socket.SOCK_RAW, 1), "a raw socket of IPv6": (socket.AF_INET6, socket.SOCK_RAW, 58), "a packet socket": (socket.AF_PACKET, socket.SOCK_RAW, 3),
                   "netlink of devices": (socket.AF_NETLINK, socket.SOCK_RAW, 15), "netlink of the audit": (socket.AF_NETLINK, socket.SOCK_RAW, 9), "vsock": (40, socket.SOCK_STREAM, 0),
                   "bluetooth": (31, socket.SOCK_RAW, 1), "alg": (38, socket.SOCK_SEQPACKET, 0), "xdp": (44, socket.SOCK_RAW, 0), "key": (15, socket.SOCK_RAW, 2)}.items():
    attempt(name)(lambda: socket.socket(*args).fileno() >= 0 and "opened")
# ---- what comes from the one who started it
@attempt("words into its terminal")
def _():
    import fcntl
    fcntl.ioctl(0, 0x5412, b"x"); return "put"
@attempt("the caller's environment")
def _(): return [n for n in os.environ if n in ("SECRET", "SSH_AUTH_SOCK", "LD_PRELOAD", "TK_KEY")]
@attempt("System V memory outside")
def _(): return [l for l in open("/proc/sysvipc/shm").read().splitlines()[1:] if l]
print(json.dumps(got))
