"""A workspace with an agent that has a box, and what is left of its programs."""
import json, os, shutil, subprocess, tempfile


class Place:
    """A workspace with an agent whose law lets it change the workspace; `uid` 0 is root."""
    def __init__(self, tk, uid):
        self.tk, self.uid, self.root = tk, uid, tempfile.mkdtemp(prefix="tk-box-")
        os.chmod(self.root, 0o755)
        self.ws = os.path.join(self.root, "w")
        self.env = {"PATH": os.environ["PATH"], "HOME": self.root, "SECRET": "s", "SSH_AUTH_SOCK": "/x", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@e", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@e"}
        if uid: os.chown(self.root, uid, uid)
        self.do(self.tk, "init", "-q", "--galaxy", "w", self.ws, cwd=self.root)
        self.owner = "user:" + os.listdir(self.ws + "/galaxies/w/users")[0].removesuffix(".xml")
        self.do(self.tk, "repo", "new", "agent", "bot", "sponsor=" + self.owner)
        self.do(self.tk, "repo", "new", "rule", "boxes", "effect=permit", "role=role:agent", "actions=box.run", "resource=box:**")
        self.do(self.tk, "repo", "new", "rule", "tree", "effect=permit", "role=role:agent", "actions=box.write", "resource=workspace:w/tree")
        os.mkdir(self.ws + "/mine"); os.chmod(self.ws + "/mine", 0o777)
        if uid: os.chown(self.ws + "/mine", uid, uid)

    def argv(self, words):
        return (["setpriv", "--reuid", str(self.uid), "--regid", str(self.uid), "--clear-groups"] if self.uid and os.geteuid() == 0 else []) + list(words)

    def do(self, *words, cwd=None, code=0, **more):
        done = subprocess.run(self.argv(words), cwd=cwd or self.ws, env=self.env, capture_output=True, text=True, timeout=120, **more)
        assert code is None or done.returncode == code, f"{words}: {done.returncode}\n{done.stdout[-800:]}{done.stderr[-2000:]}"
        return done

    def box(self, *command, code=0, options=(), **more): return self.do(self.tk, "run", "--as", "agent:bot", *options, "--", *command, code=code, **more)
    def rows(self, event): return [json.loads(l) for l in self.do(self.tk, "log", "--event", event, "--jsonl").stdout.splitlines()]
    def close(self): shutil.rmtree(self.root, ignore_errors=True)


def places(tk):
    """One of each kind of box that can be had: root's, and one of somebody without rights (by setpriv, where this is root)."""
    for uid in (0, 65534) if os.geteuid() == 0 else (os.getuid(),):
        p = Place(tk, uid)
        try:
            first = p.box("true", code=None)
            if uid and first.returncode != 0 and "TK-BOX-0001" in first.stderr: print(f"SKIP: no box without root here: {first.stderr.strip()}")
            else: yield p
        finally: p.close()


def alive(marker):
    """Processes that carry a word in their command line."""
    out = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and marker in open(f"/proc/{pid}/cmdline").read() and int(pid) != os.getpid(): out.append(int(pid))
        except OSError: pass
    return out


WITHOUT = """import ctypes, os, struct, sys
# A kernel without one thing: the call answers an error, of clone and prctl only with a certain first argument.
number, mask, error = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
code = [(0x20, 0, 0, 4), (0x15, 0, 5, 0xc000003e), (0x20, 0, 0, 0), (0x15, 0, 3, number), (0x20, 0, 0, 16)]
code += [(0x45 if number == 56 else 0x15, 0, 1, mask), (0x06, 0, 0, 0x50000 | error), (0x06, 0, 0, 0x7fff0000)]
if not mask: code[4:6] = [(0x06, 0, 0, 0x50000 | error)] * 2
text = b"".join(struct.pack("HBBI", *c) for c in code)
buffer = ctypes.create_string_buffer(text)
program = struct.pack("HxxxxxxQ", len(code), ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(317, 1, 0, ctypes.c_char_p(program)) == 0
os.execv(sys.argv[4], sys.argv[4:])
"""
# layer: the call, its first argument (0: any), errno
LAYERS = {"landlock": (444, 0, 38), "seccomp": (317, 0, 22), "mount": (442, 0, 38), "no_new_privs": (157, 38, 22), "pid": (56, 0x20000000, 1), "net": (56, 0x40000000, 28),
          "ipc": (56, 0x8000000, 22), "uts": (56, 0x4000000, 22), "cgroup": (56, 0x2000000, 22), "user": (56, 0x10000000, 1), "account": (117, 0, 1),
          "processes": (56, 0x20000000, 11), "loopback": (16, 0, 1)}  # these two are no layers: EAGAIN for once, and an ioctl


def without(layer, *words):
    """The command, on a kernel that lacks a layer."""
    return ["python3", "-c", WITHOUT, *map(str, LAYERS[layer]), *words]
