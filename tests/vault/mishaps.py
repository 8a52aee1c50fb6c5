#!/usr/bin/env python3
"""What goes wrong around a vault: a key that is a FIFO, a job in the background of a terminal, ^C at a prompt, a reader that makes tk not wait,
a recipient who was removed and signs on, an older manifest that is merged, escape sequences around a secret, a layer or the
key missing, host names with a secret in them, kill -9 at random, secrets that are deleted, renamed or of one name, broken manifests and values,
garbage for the broker. usage: mishaps.py TK"""
import fcntl, glob, hashlib, json, os, pathlib, pty, random, re, resource, select, signal, socket, struct, subprocess, sys, termios, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vault_place import Place, box

TK = os.path.abspath(sys.argv[1])
SEED = int(os.environ.get("TK_SEED", "11"))
wrong, checked = [], 0


def check(what, right):
    global checked; checked += 1
    if not right: wrong.append(what)
    return right


def tk(p, *words, cwd=None, seconds=10, without=None, **more):
    """Bounded; a status of None is one that hung. `without` a layer of the kernel's."""
    began = time.time()
    if "input" not in more: more.setdefault("stdin", subprocess.DEVNULL)
    argv = p.argv(box.without(without, TK, *words) if without else [TK, *words])
    try: done = subprocess.run(argv, cwd=cwd or p.ws, env=p.env, capture_output=True, timeout=seconds, **more)
    except subprocess.TimeoutExpired as e: done = subprocess.CompletedProcess(words, None, e.stdout or b"", e.stderr or b"")
    done.took = time.time() - began
    return done


def ended(process, seconds=5):
    """Its status; None: it went on, and was killed."""
    try: return process.wait(seconds)
    except subprocess.TimeoutExpired: process.kill(); process.wait()


def told(done): return f"{done.args[-7:]}: {done.returncode} {done.stdout[-200:]!r} {done.stderr[-300:]!r}"
def head(p, cwd=None): return p.do("git", "rev-parse", "HEAD", cwd=cwd).stdout.strip()
def commit(p, what, cwd=None): p.do("git", "add", "-A", cwd=cwd); p.do("git", "commit", "-qm", what, cwd=cwd)
def read(path): return pathlib.Path(path).read_text()
def write(path, text): pathlib.Path(path).write_bytes(text.encode())
def run(p, name, *more, **where): return tk(p, "vault", "run", "--use", name, *more, "--", "echo", "started", **where)


def refused(done, codes, word=""):
    """One error, no traceback of anything, no signal, nothing was started."""
    one = 0 < done.stderr.count(b"\n") <= 3 and done.stderr.count(b"TK-") == 1 and word.encode() in done.stderr
    return check(f"{told(done)}; wanted {codes} {word}", done.returncode in codes and one and b"started" not in done.stdout)


def used(p, name, value, cwd=None):
    """By its hash, which is what comes out: it, or which of several it is."""
    done = tk(p, "vault", "run", "--use", name + "=IT", "--", "sh", "-c", 'printf %s "$IT" | sha256sum', cwd=cwd)
    got = [v for v in ([value] if isinstance(value, str) else value) if hashlib.sha256(v.encode()).hexdigest() == done.stdout[:64].decode()]
    return check(f"{name} is used: {told(done)}", done.returncode == 0 and len(got) == 1) and got[0]


def fifo(p):
    key, aside = p.ws + "/.tk/keys/vault.key", p.root + "/aside.key"
    toml = read(p.ws + "/tk.toml"); os.rename(key, key + ".away")
    for path in (key, aside):
        if path == aside: write(p.ws + "/tk.toml", toml + f'\n[vault]\nkey = "{aside}"\n')
        os.mkfifo(path, 0o600)
        if p.uid: os.chown(path, p.uid, -1)
        for held in (False, True):  # nobody writes there; somebody could, and does not
            fd = os.open(path, os.O_RDWR | os.O_NONBLOCK) if held else None
            for words in (("run", "--use", "one", "--", "echo", "started"), ("set", "one"), ("rotate",), ("reveal", "one", "--reason", "x"), ("doctor",)):
                done = tk(p, "vault", *words, input=b"a value that is not kept")
                refused(done, (1, 2, 3), path)
                check(f"at once: {done.took:.1f} s, {words}", done.took < 3)
            if held: os.close(fd)
        os.unlink(path)
    os.rename(key + ".away", key); write(p.ws + "/tk.toml", toml); used(p, "one", "value-of-one-1")


class Terminal:
    """A program that leads a session on a terminal of its own; this side keeps both ends."""
    def __init__(self, p, words):
        self.master, self.slave = pty.openpty()
        self.run = subprocess.Popen(p.argv(words), cwd=p.ws, env=p.env, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True,
                                    preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.seen = b""
    def until(self, word, seconds=10):
        end = time.time() + seconds
        while word not in self.seen and time.time() < end:
            over = self.run.poll() is not None
            if select.select([self.master], [], [], 0.05)[0]: self.seen += os.read(self.master, 65536)
            elif over: break
        return word in self.seen
    def type(self, text): os.write(self.master, text)
    def echo(self): return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)
    def end(self):
        status = ended(self.run, 10); self.until(b"\0never", 0.1)
        os.close(self.master); os.close(self.slave)
        return status


SHELL = r"""
import os, signal, sys, time
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    if sys.argv[1] != "-": fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600); os.dup2(fd, 1); os.dup2(fd, 2)
    os.execvp(sys.argv[2], sys.argv[2:])
for word in ("shell up", "shell got ", "and then "): print(word + (sys.stdin.readline().strip() if word[-1] == " " else ""), flush=True)
os.tcsetpgrp(0, job); os.killpg(job, signal.SIGCONT)
print("foreground", flush=True)
end, done = time.time() + 8, (0, 9)
while time.time() < end and not done[0]: time.sleep(0.01); done = os.waitpid(job, os.WNOHANG)
if not done[0]: os.kill(job, signal.SIGKILL)
os.tcsetpgrp(0, os.getpgrp())
print("job ended", done, flush=True)
"""


def background(p):
    for out in ("-", p.root + "/job.out"):
        t = Terminal(p, ["python3", "-c", SHELL, out, TK, "vault", "run", "--use", "one", "--", "sh", "-c", 'read x; echo "job got $x$ONE"'])
        up = t.until(b"shell up")
        time.sleep(0.4)  # the job has begun, and wants to read
        for typed, seen in ((b"for-the-shell\n", b"shell got for-the-shell"), (b"this-too\n", b"and then this-too")):
            t.type(typed); up = up and t.until(seen)
        check(f"the shell has what is typed, not a job in its background: {t.seen}", up and t.until(b"foreground"))
        time.sleep(0.2)
        t.type(b"for-the-job\r")
        right = t.until(b"job ended") and t.until(b", 0)", 1); t.end()
        said = t.seen.decode() if out == "-" else read(out)
        check(f"in the foreground it has its input: {t.seen} {said}", right and "job got for-the-job⟦secret:one⟧" in said and "value-of" not in said)


def prompt(p):
    before = head(p)
    for how in ("^C", signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        for typed in (b"", b"half-of-a-val"):
            t, end = Terminal(p, [TK, "vault", "set", "asked"]), time.time() + 8
            asked = t.until(b"Enter ends it")
            while t.echo() and time.time() < end: time.sleep(0.01)
            check(f"it asks, and shows nothing: {t.seen}", asked and not t.echo())
            t.type(typed); time.sleep(0.02)
            if how == "^C": t.type(b"\x03")
            else: os.kill(t.run.pid, how)
            ended(t.run)
            check(f"{how}: it is shown again what is typed", t.echo())
            status = t.end()
            check(f"{how}: it ended by that: {status} {t.seen}", status == -(signal.SIGINT if how == "^C" else how) and b"half" not in t.seen)
    check("nothing was set", head(p) == before and b"asked" not in tk(p, "vault", "list").stdout)
    # ^Z: it stops, and what is typed then is the shell's; or it does not stop, and has what is typed.
    t = Terminal(p, ["sh", "-c", f'set -m; {TK} vault set asked; echo "shell is back"; read x; echo "shell has $x"; kill -9 %1'])
    asked = t.until(b"Enter ends it"); time.sleep(0.3); t.type(b"\x1a")
    stopped = t.until(b"shell is back", 0.5)
    t.type(b"typed-behind-it\r")
    check(f"^Z at a prompt: {stopped} {t.seen}", asked and t.until(b"shell has typed-behind-it" if stopped else b"shell is back", 3))
    t.type(b"more\rmore\r"); t.end()


def slow_reader(p):
    script = ('import os, sys\nfor i in range(20000):\n    print(f"{i:06} " + "x" * 60 + os.environ["ONE"] + "y" * 20)\n'
              '    if i % 4000 == 0: print(os.environ["ONE"], file=sys.stderr)\n')
    wanted = "".join(f"{i:06} " + "x" * 60 + "⟦secret:one⟧" + "y" * 20 + "\n" for i in range(20000)).encode()
    (r, w), (er, ew) = os.pipe(), os.pipe()
    for fd in (w, ew): os.set_blocking(fd, False)
    words = [TK, "vault", "run", "--use", "one", "--", "python3", "-c", script]
    writer = subprocess.Popen(p.argv(words), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=w, stderr=ew)
    os.close(w); os.close(ew)
    got, end = b"", time.time() + 20
    while time.time() < end and select.select([r], [], [], 5)[0] and (part := os.read(r, 50000)):
        got += part; time.sleep(0.01)
    status, said, masked = ended(writer), os.read(er, 65536), "⟦secret:one⟧\n".encode() * 5
    os.close(r); os.close(er)
    check(f"a slow reader, {len(got)} of {len(wanted)} bytes; {status} {said[-300:]}", got == wanted and status == 0 and said == masked)


def escapes(p):
    v = b"Zq7-kV93x_LmT2-w8Rb"
    p.set("esc", v.decode()); inside = lambda what: what.join([v[:1], v[1:5], v[5:11], v[11:]])
    befores = (b"\x1b", b"\x1b[", b"\x1b[31m", b"\x1b[1;2", b"\x1b[0;", b"\x1b[?25", b"\x1b]0;", b"\x1b(", b"\x1b\x1b[", b"\x1b[31m\x1b[", b"\x1b[9999999",
               b"\x1b[\x1b[3", b"\xe2\x80", b"\xef\xbb", b"\0\x1b[", b"x\b", b"x\r", b"\x1b]0;t\x07", b"\x1b]8;;http://x\x1b\\", b"\x1bPq")
    insides = (b"\x1b[31m", b"\x1b[0m\x1b[1;4m", b"\x1b[38;2;1;2;3m", b"\x1b[K", b"\0", b"\n", b"\r\n", b" \t", "\u200b".encode(), "\ufeff".encode(),
               b"\x1b[1m\xe2\x80\x8d\r\n")
    forms = [before + v for before in befores] + [inside(mid) for mid in insides]
    forms += [b"\x1b[7m" + b"\x1b[31m".join(v[i:i + 1] for i in range(len(v))) + b"\x1b[0m"]
    script = "import os, sys\nfor f in sys.argv[1].split('.'): os.write(1, b'<|' + bytes(c ^ 85 for c in bytes.fromhex(f)) + b'|>\\n')"
    done = tk(p, "vault", "run", "--use", "esc", "--", "python3", "-c", script, ".".join(bytes(c ^ 85 for c in f).hex() for f in forms))
    parts = done.stdout.split(b"<|")[1:]
    if not check(f"escapes: {told(done)}", len(parts) == len(forms)): return
    for form, part in zip(forms, parts):
        flat = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|[\0\s]|\xe2\x80[\x8b-\x8d]|\xef\xbb\xbf", b"", part)
        left = [v[i:i + 4] for i in range(len(v) - 3) if v[i:i + 4] in part or v[i:i + 4] in flat]
        check(f"{form}: {part} {left}", "⟦secret:esc⟧".encode() in part and not left)


def doctor(p):
    key, box.LAYERS["memory"] = p.ws + "/.tk/keys/vault.key", (447, 0, 38)  # memfd_secret(2)
    unlocked = lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
    def look(kernel, *options, code=None):
        done = tk(p, "vault", "doctor", *options, without=kernel)
        check(f"doctor without {kernel}: {told(done)}", code is None or done.returncode == code)
        return json.loads(done.stdout) if "--json" in options and done.stdout else done
    said = look(None, "--json", "--require-isolation", code=0)
    check(f"isolated here: {said}", said["isolated"] and said["layers"]["key"] == "there")
    for key_there in (True, False):
        if not key_there:
            os.rename(key, key + ".away")
            said = look(None, "--json", code=0)
            check(f"a key that is not there is no layer, and named: {said}", said["isolated"] and said["layers"]["key"] == "missing")
            refused(run(p, "one"), (3,), "TK-VAULT-0002")
        for layer in ("landlock", "net", "ipc", "uts", "cgroup") + (("seccomp", "mount", "no_new_privs", "pid") if key_there else ()):
            for options in ((), ("--require-isolation",)):
                said = look(layer, "--json", *options, code=1)
                check(f"without {layer} {options}: {said}", said["isolated"] is False and said["why"])
            if layer not in ("landlock", "net", "ipc", "uts", "cgroup"): continue
            look(layer, "--require-isolation", "--allow-missing", layer, code=1)
            said = look(layer, "--json", "--allow-missing", layer, code=0)
            check(f"let go without {layer}: {said}", said["isolated"] is False and said["layers"][layer] == "missing")
        done = tk(p, "vault", "doctor", "--json", "--require-isolation", without="memory", preexec_fn=unlocked)
        check(f"plain memory: {told(done)}", done.returncode == 1 and b'"isolated": false' in done.stdout and b'"memory": "plain"' in done.stdout)
        done = run(p, "one", without="landlock")
        check(f"nothing is used without a layer: {told(done)}", done.returncode and b"started" not in done.stdout and b"landlock" in done.stderr)
    os.rename(key + ".away", key)
    used(p, "one", "value-of-one-1")


def clones(p):
    """A is p; B signs too, and is removed; C has seen that."""
    a, b, c, new = p.ws, p.root + "/b", p.root + "/c", {}
    pull = lambda at, other=a: p.do("git", "pull", "-q", "--ff-only", other, "main", cwd=at)
    reset = lambda at, to: p.do("git", "reset", "-q", "--hard", to, cwd=at)
    for name in ("kept", "other"): p.set(name, f"value-of-{name}-1")
    for at in (b, c):
        p.do("git", "clone", "-q", a, at)
        new[at] = json.loads(p.do(TK, "vault", "init", "--json", cwd=at).stdout)
        p.do(TK, "vault", "recipients", "add", new[at]["recipient"], "--signer", new[at]["signer"])
    for at in (b, c): pull(at); used(p, "kept", "value-of-kept-1", at)
    added = head(p); check("B signs", tk(p, "vault", "set", "bs", cwd=b, input=b"value-of-bs-1").returncode == 0)
    pull(a, b); pull(c)
    for at in (a, c): used(p, "bs", "value-of-bs-1", at)
    # Two sign beside each other, and a merge takes the one and leaves the other out.
    both = head(p); p.set("here", "value-of-here")
    check("C signs", tk(p, "vault", "set", "there", cwd=c, input=b"value-of-there").returncode == 0)
    for side, other in ((a, c), (c, a)): p.do("git", "fetch", "-q", other, "main", cwd=side)
    for side in (a, c):
        p.do("git", "merge", "-q", "-s", "ours", "-m", "ours", "FETCH_HEAD", cwd=side)
        refused(run(p, "kept", cwd=side), (8,), "same generation")
        p.do("git", "reset", "-q", "--hard", both, cwd=side)
        used(p, "kept", "value-of-kept-1", side)
    p.do(TK, "vault", "recipients", "rm", new[b]["recipient"]); without = head(p)
    pull(c); used(p, "bs", "value-of-bs-1", c)
    for name in ("bs", "bs", "bs", "bs-own"):  # B pulls nothing, and goes on
        check("B goes on in its own", tk(p, "vault", "set", name, cwd=b, input=b"value-of-bs-of-B").returncode == 0)
    of_b = head(p, b)
    def closed(at, what, names=("bs", "kept"), set_too=True):
        for name in names: refused(run(p, name, cwd=at), (2, 8), "TK-VAULT-000")
        for words in (("set", "kept"), ("rotate",), ("recipients", "add", new[b]["recipient"])) if set_too else ():
            refused(tk(p, "vault", *words, cwd=at, input=b"a value for nobody"), (2, 8), "TK-VAULT-000")
        audit = tk(p, "vault", "audit", cwd=at); check(f"{what}: audit {told(audit)}", audit.returncode == 8)
    for at in (a, c):
        # What B has is taken as it is: B is nobody here.
        p.do("git", "fetch", "-q", b, "main:of-b", cwd=at)
        reset(at, of_b); closed(at, "B's own"); reset(at, without)
        # A merge: the driver refuses B's side; what git makes of it otherwise is not signed.
        done = p.do("git", "merge", "--no-edit", "of-b", cwd=at, code=None)
        left = p.do("git", "diff", "--name-only", "--diff-filter=U", cwd=at).stdout
        check(f"no merge with what B signed: {done.stdout} {done.stderr}", done.returncode != 0 and "vault.manifest" in left)
        p.do("git", "merge", "--abort", cwd=at)
        for side in ("ours", "theirs"):
            p.do("git", "merge", "-q", "--no-edit", "--no-commit", "of-b", cwd=at, code=None)
            p.do("git", "checkout", "--" + side, "vault.manifest", cwd=at)
            p.do("git", "checkout", "--theirs", "galaxies/w/secrets/bs.xml", cwd=at, code=None)
            commit(p, "decided by hand", at); closed(at, "decided for " + side, ("bs",), side == "theirs")
            done = tk(p, "vault", "sign", cwd=at)
            named = b"secret:w/bs " in done.stdout and b"secret:w/bs-own" in done.stdout
            check(f"B's values are differences: {told(done)}", done.returncode == 8 or done.returncode == 5 and named)
            reset(at, without)
        # An older manifest, alone and with all that it says.
        for paths in (["vault.manifest"], ["vault.manifest", "MANIFEST.xml"], ["vault.manifest", "MANIFEST.xml", "galaxies"]):
            p.do("git", "checkout", both, "--", *paths, cwd=at); commit(p, "back", at)
            if len(paths) < 3: closed(at, f"back: {paths}")
            for words in (("set", "other"), ("rotate",)): refused(tk(p, "vault", *words, cwd=at, input=b"sealed to B again?"), (2, 8), "TK-VAULT-0001")
            refused(run(p, "kept", cwd=at), (1, 2, 8))
            reset(at, without)
        used(p, "bs", "value-of-bs-1", at)
    # B takes A's manifest in: what it merges it cannot sign, nor open what comes.
    p.do("git", "pull", "-q", "--no-rebase", "--no-edit", p.ws, "main", cwd=b, code=None)
    refused(run(p, "kept", cwd=b), (2, 3, 4, 8)); refused(tk(p, "vault", "sign", "--accept", cwd=b), (2, 3, 4, 8))
    p.set("kept", "value-of-kept-2")
    # Nobody came or went: only values, and the generation, are older.
    old, now = head(p), p.set("other", "value-of-other-2") and head(p)
    for paths in (["vault.manifest"], ["vault.manifest", "galaxies"]):
        p.do("git", "checkout", old, "--", *paths); commit(p, "older")
        for name in ("other", "kept"): refused(run(p, name), (1, 8))
        done = tk(p, "vault", "audit"); check(f"an older manifest {paths}: audit {told(done)}", done.returncode == 8)
        older = head(p); reset(a, now)
    used(p, "kept", "value-of-kept-2"); used(p, "other", "value-of-other-2")
    # Put back on a branch of the newest, and merged: who merges does not sign it as what is new.
    for back, what in ((added, "members"), (old, "values")):
        p.do("git", "checkout", "-q", "-b", what); p.do("git", "checkout", back, "--", "vault.manifest", "MANIFEST.xml", "galaxies"); commit(p, "tidied")
        p.do("git", "checkout", "-q", "main"); p.set("later", f"value-of-later-{what}")
        done, lies = p.do("git", "merge", "--no-edit", what, code=None), read(a + "/vault.manifest")
        newest = new[b]["recipient"] + " " not in lies.replace("former " + new[b]["recipient"], "") and re.search(r"/other \S+ (\d+)", lies).group(1) == "2"
        check(f"older {what} by a merge: {done.returncode}\n{lies}", newest or done.returncode or "\nsigned - -" in lies)
        p.do("git", "merge", "--abort", code=None); reset(a, now)
    reset(a, older)
    done = tk(p, "vault", "set", "kept", input=b"going on from an older one")
    check(f"nothing is signed on top of an older manifest, that it were the newest: {told(done)}", done.returncode == 8 and head(p) == older)


LENT = "lent-value-of-16-0123456789-xyz"
ASKER = r"""#!/usr/bin/python3
import os, socket, sys
v = os.environ["LENT"]
for host in (v, v + ".example", v.upper() + ".example.", "a." + v, v[:20] + "." + v[20:], "x" + v.encode().hex() + ".example", "unlisted.example"):
    for ask in (f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode(), f"GET http://{host}/{v} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
                b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + b"\x01\xbb"):
        try:
            with socket.create_connection(("127.0.0.1", 1080), 3) as s: s.settimeout(3); s.sendall(ask); print(s.recv(4096)[:40], s.recv(4096)[:40])
        except OSError as e: print(e)
print("asked")
"""


def lent(p):
    tool = p.root + "/asker"
    write(tool, ASKER); os.chmod(tool, 0o755)
    p.do(TK, "repo", "new", "rule", "hosts", "effect=permit", "role=role:agent", "actions=box.connect", "resource=host:**")
    p.set("lent", LENT, "--mode", "borrow", "--tool", tool, "--tool-args", "{what}", "--tool-host", "listed.example/443")
    lease = json.loads(p.do(TK, "acl", "borrow", "request", "--lender", p.owner, "--borrower", "agent:bot", "--action", "secret.use", "--resource",
                            "secret:w/lent", "--purpose", "x", "--json").stdout)["id"]
    for who in (("--as", "agent:bot", "--lease", lease), ()):
        done = tk(p, "vault", "run", *who, "--use", "lent", "--with", "what=x", seconds=30)
        check(f"it asks: {told(done)}", done.returncode == 0 and b"asked" in done.stdout and b"lent-value" not in (done.stdout + done.stderr).lower())
        for words in (("--use", "lent=FOO"), ("--use", "lent=LD_PRELOAD"), ("--as-fd", "lent=FOO"), ("--use", "lent=LENT")):
            refused(tk(p, "vault", "run", *who, *words, "--with", "what=x"), (2, 3), "the variable that it is bound to")
    def nowhere(what):
        said = p.do(TK, "log", "--jsonl").stdout.lower()
        for needle in (LENT, LENT[:20], LENT.encode().hex()):
            files = [f for f in glob.glob(p.ws + "/.tk/**", recursive=True) if os.path.isfile(f) and needle.encode() in open(f, "rb").read().lower()]
            rows = [l[max(0, l.index(needle) - 60):][:160] for l in said.splitlines() if needle in l]
            check(f"{what}: no row and no file has {needle}: {rows[:1]} {files}", not files and not rows)
        return said
    check("nor is a host told that it does not list", "unlisted.example" not in nowhere("hosts"))
    for parameter in (LENT, "at-" + LENT + ".example"):
        done = tk(p, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--with", "what=" + parameter, seconds=30)
        check(f"it is not said: {told(done)}", LENT.encode() not in done.stdout + done.stderr)


def killed(p):
    """At random, then (where the build has the fault seam) where the journal has it and git does not, and so on."""
    rng = random.Random(SEED)
    points = "step.8 commit.row commit.state commit.outbox commit.flush commit.settle db.write:20 db.sync os.write:3 step.9 git.ref step.10".split()
    values = {f"k{i}": f"value-of-k{i}-before" for i in range(10)}
    for name, value in values.items(): p.set(name, value)
    hit, plan = [0, 0], [("at random", 1 + (i % 3 != 0)) for i in range(30)] + [(one, 2) for one in points] + [(one, 1) for one in points[::3]]
    for i, (how, verb) in enumerate(plan):
        name, value, delay, seam = f"k{rng.randrange(10)}", f"value-{i}-{rng.getrandbits(64):x}", rng.random() * 0.12, how != "at random"
        words, env = ("set", name) if verb == 2 else ("rotate",), p.env | ({"TK_FAIL_AT": how + "=kill"} if seam else {})
        write(p.root + "/given", value)
        with open(p.root + "/given") as given, open(p.root + "/said", "w") as said:
            doomed = subprocess.Popen(p.argv([TK, "vault", *words]), cwd=p.ws, env=env, stdin=given, stdout=said, stderr=said)
        if not seam: time.sleep(delay); doomed.kill()
        ended(doomed)
        what = f"{words} of {name}, killed {how if seam else f'after {delay * 1000:.0f} ms'} (step {i}, seed {SEED})"
        check(f"{what}: {doomed.returncode} {read(p.root + '/said')[-300:]}", doomed.returncode in (0, -9))
        hit[seam] += doomed.returncode == -9
        for lock in glob.glob(p.ws + "/.git/**/*.lock", recursive=True):  # git's own, as a killed git leaves it: tk says which
            done = tk(p, "vault", "set", name, input=b"while it is locked")
            check(f"a lock is named: {told(done)}", done.returncode != 0 and b".lock" in done.stderr and b"remove the .lock file" in done.stderr)
            os.unlink(lock); values[name] = used(p, name, {values[name], value, "while it is locked"}) or value; value = values[name]
        got = used(p, name, {values[name]} if verb == 1 else {value} if doomed.returncode == 0 else {values[name], value})
        if not got: wrong[-1] = f"behind {what}: {wrong[-1]}"
        values[name] = got
        for one in (f"k{(int(name[1]) + 1) % 10}", name) if seam or not got else ():  # who changes something next leaves the vault whole
            values[one] = value + "-next"
            done, audit = tk(p, "vault", "set", one, input=values[one].encode()), tk(p, "vault", "audit")
            if not check(f"set of {one} behind {what}: {told(done)}, {told(audit)}", done.returncode == audit.returncode == 0):
                tk(p, "vault", "sign", "--accept"); p.set(one, values[one])
    print(f"  seed {SEED}: killed {hit[0]} of 30 at random, {hit[1]} of {len(plan) - 30} at a point", flush=True)
    check(f"some were killed: {hit}", hit[0] > 3)
    for name, value in values.items(): used(p, name, value)
    for words in (("log", "verify"), ("vault", "audit")): done = tk(p, *words); check(told(done), done.returncode == 0)
    done = p.do("git", "fsck", "--strict", "--no-dangling", code=None); check(f"git: {done.stdout} {done.stderr}", done.returncode == 0 and not done.stdout)
    lies = [l for l in p.do("git", "status", "--porcelain").stdout.splitlines() if "secrets/" in l or "vault.manifest" in l]
    check(f"HEAD is what lies there: {lies}", not lies)


def names(p):
    p.do(TK, "repo", "new", "system", "web"); at = lambda name: f"{p.ws}/galaxies/w/secrets/{name}.xml"
    p.set("both", "value-of-web-1", "--context", "w.web")
    used(p, "both", "value-of-web-1")  # where one context alone has it
    p.set("w/both", "value-of-w-1")
    for name in ("both", "w/both", "w.web/both", "secret:w.web/both"): used(p, name, f"value-of-{'web' if 'web' in name else 'w'}-1")
    done = tk(p, "vault", "run", "--use", "both", "--use", "w.web/both=WEB", "--", "sh", "-c", 'echo "$BOTH" "$WEB" ${#BOTH} ${#WEB}')
    check(f"two of a name: {told(done)}", done.stdout == "⟦secret:both⟧ ⟦secret:both⟧ 12 14\n".encode())
    refused(run(p, "both", "--use", "w.web/both"), (2,), "two secrets in BOTH")
    for no in ("web/both", "w.web.x/both", "w.no/both", "x/both"): refused(run(p, no), (2,), "TK-VAULT-0007")
    # Renamed by hand: the value is another's.
    p.set("old-name", "value-of-old-name-1"); before = head(p)
    p.do("git", "mv", at("old-name"), at("new-name"))
    write(at("new-name"), read(at("new-name")).replace('name="old-name"', 'name="new-name"')); commit(p, "renamed")
    refused(run(p, "new-name"), (8,), "TK-VAULT-0001"); refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    refused(tk(p, "vault", "sign", "--accept"), (8,), "secret:w/new-name")
    p.do("git", "reset", "-q", "--hard", before); used(p, "old-name", "value-of-old-name-1")
    # Deleted.
    p.do("git", "rm", "-q", at("old-name")); commit(p, "deleted")
    refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    refused(tk(p, "vault", "set", "old-name", input=b"put there quietly"), (8,), "TK-VAULT-0001")
    for words, code in ((("audit",), 8), (("sign",), 5), (("sign", "--accept"), 0), (("audit",), 0)):
        done = tk(p, "vault", *words)
        check(f"it is missed, and then not any more: {told(done)}", done.returncode == code and (code == 0 or b"secret:w/old-name is missing" in done.stdout))
    refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    gone = head(p); p.do("git", "checkout", before, "--", at("old-name")); commit(p, "back again")
    refused(run(p, "old-name"), (8,), "TK-VAULT-0001"); p.do("git", "reset", "-q", "--hard", gone)
    p.set("old-name", "another-of-its-name"); used(p, "old-name", "another-of-its-name")


def broken_texts(rng, text, n):
    """Of a manifest: bytes, lines, numbers."""
    lines, long = text.splitlines(True), "y" * (5 << 20)
    out = [text.replace("\n", "\r\n"), text + "\n", text + " ", "\n" + text, text * 2, text[:-1], text.replace(" ", "  ", 1), "\ufeff" + text, text + lines[-1],
           text.replace("vault 1", "vault 2"), "\0" * 4096, f"tk-vault 1\n{long}\n{lines[-1]}", text.replace("secret ", f"secret {long} ", 1), "\n" * (1 << 20),
           "tk-vault 1\n" + "secret a b 1 c d\n" * 100000 + lines[-1], lines[0] + lines[-1]]
    for huge in "99999999999999999999999 9223372036854775807 9223372036854775808 -1 -9223372036854775808 0 1e9 0x7 +7 007".split() + [" 7", ""]:
        out += [re.sub(r"generation \d+", "generation " + huge, text), re.sub(r"(secret \S+ \S+) \d+", r"\1 " + huge, text, count=1)]
    while len(out) < n:
        how, i, at = rng.randrange(9), rng.randrange(len(lines)), rng.randrange(len(text))
        if how == 0: out.append(text[:at] + chr(ord(text[at]) ^ 1 << rng.randrange(7)) + text[at + 1:])
        elif how < 3: out.append(text[:at] + ("\0" + text[at + 1:] if how == 1 else ""))
        elif how == 3: out.append(text[:at] + text[at + rng.randrange(1, 40):])
        elif how < 6: out.append("".join(lines[:i] + [lines[i]] * (how == 4) * 2 + lines[i + 1:]))
        elif how == 6: j = rng.randrange(len(lines)); x = list(lines); x[i], x[j] = x[j], x[i]; out.append("".join(x))
        elif how == 7: out.append(text[:at] + rng.choice(["\u200b", "\x1b[31m", "<<<<<<< ", "%s%n", "\n", " - ", "\t"]) + text[at:])
        else:
            words = lines[i].split(" "); k = rng.randrange(len(words))
            words[k] = rng.choice(["-", "", "A" * 70000, words[k][::-1], words[k].upper(), words[0]])
            out.append("".join(lines[:i] + [" ".join(words)] + lines[i + 1:]))
    return out


def broken_values(rng, value, n):
    half = len(value) // 2
    out = ["", "=", "====", "!!!", "A" * (5 << 20), value * 2, value + "=", value + "A", value[:-1], value[:-4], "\n" + value, value + " ",
           value[:half] + "&#10;" + value[half:], value + "&#0;", value.swapcase(), value.replace("Y", "-"), "&lt;" + value]
    while len(out) < n:
        at, how = rng.randrange(len(value)), rng.randrange(4)
        put = [rng.choice("ABCxyz019+/"), "", value[at:at + 8], rng.choice(["\0", "\x01", "\x7f", "&", "&#x110000;", "\u2028", "é"])][how]
        out.append(value[:at] + put + value[at + (1, 4, 0, 0)[how]:])
    return out


def mutations(p):
    rng = random.Random(SEED)
    manifest, file, before = p.ws + "/vault.manifest", p.ws + "/galaxies/w/secrets/one.xml", head(p)
    text, secret, value = read(manifest), read(file), re.search(r'value="([^"]*)"', read(file)).group(1)
    tries = [(manifest, text, t) for t in broken_texts(rng, text, 56)] + [(file, secret, secret.replace(value, v)) for v in broken_values(rng, value, 26)]
    tries = [t for t in tries if t[1] != t[2]]
    for i, (path, good, bad) in enumerate(tries):
        write(path, bad)
        p.do("git", "commit", "-qam", "broken", code=None)
        what = f"mutation {i} of {os.path.basename(path)} ({bad[:60]!r}…)"
        said = run(p, "one")
        clean = 0 < len(said.stderr) < 4000 and b"\0" not in said.stderr and b"\x1b" not in said.stderr
        check(f"{what}: {told(said)}", said.returncode in (1, 2, 4, 8) and b"started" not in said.stdout and clean)
        for verb, codes in (("list", (0, 2, 8)), ("audit", (2, 4, 8))) if i % 2 else ():
            said = tk(p, "vault", verb)
            check(f"{what}: {told(said)}", said.returncode in codes and len(said.stderr) < 4000)
        write(path, good)
    p.do("git", "reset", "-q", "--hard", before); used(p, "one", "value-of-one-1")


def broker(p):
    """The broker itself, spoken to by somebody who is no tk: it answers or ends, and waits for nothing that cannot come."""
    rng, program = random.Random(SEED), os.path.join(os.path.dirname(TK), "../libexec/tk/plugins/vault-broker")
    def message(*words, n=0, size=None):
        body = b"".join(w + b"\0" for w in words)
        return struct.pack("=IHH", len(body) if size is None else size, n, 0) + body
    def exactly(n, out=b""):
        while len(out) < n and (part := ours.recv(n - len(out))): out += part
        return out
    def answer(): return exactly(struct.unpack("=I", start[:4])[0]) if len(start := exactly(8)) == 8 else b""
    place, key = b"secret:w/x 0192f3a1-0000-7000-8000-000000000000 1 ", b"recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    verbs = [b"idle", b"keys", b"generate", b"seal", b"reseal", b"sign", b"reveal", b"use", b"no-such", b""]
    words = [b"", b" ", b"place", b"place ", b"place a b c", b"secret", b"recipient age1", key, b"min -9223372036854775808", b"min 99999999999999999999",
             b"next yes", b"text ", b"text tk-vault 1\n", b"text x", b"as env A B", b"as", b"as x", b"as file A", b"json yes", b"one-line", b"find yes",
             b"\xff" * 300, b"x" * 100000] + [b"secret " + place + value for value in (b"", b"!!!", b"YWdl")]
    tries = [message(v) for v in verbs] + [message(*[b""] * 50000), message(size=2**32 - 1), message(size=5) + b"idle\0", message(size=4) + b"idle", b"", b"\0",
                                           b"\xff" * 8, message(b"idle", n=3), message(b"idle", n=65535), b"\0" * 4096]
    while len(tries) < 60:
        known = message(rng.choice(verbs), *[rng.choice(words) for _ in range(rng.randrange(6))])
        tries.append(known if len(tries) % 4 else rng.randbytes(rng.randrange(1, 400)))
    ours = one = None
    for i, bad in enumerate(tries):
        if one is None or one.poll() is not None:
            if ours: ours.close()
            ours, its = socket.socketpair(); one = subprocess.Popen([program], stdin=its, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); its.close()
        whole, last, said = len(bad) >= 8 and struct.unpack("=I", bad[:4])[0] == len(bad) - 8, bad[8:12] == b"use\0", b""
        ours.settimeout(3)
        try:
            if i % 5 == 4 and len(bad) >= 8:  # with a descriptor
                with open("/dev/null", "r+b", 0) as null: socket.send_fds(ours, [bad[:4] + struct.pack("=H", 1) + bad[6:8]], [null.fileno()])
                bad = bad[8:]
            ours.sendall(bad)
            if not whole: ours.shutdown(socket.SHUT_WR)
            said = answer()
            check(f"message {i} {bad[:60]!r}: {said[:80]!r}", said[:3] in (b"", b"ok\0", b"no\0"))
            while last and said: said = answer()
        except (BrokenPipeError, ConnectionResetError): pass
        except TimeoutError: check(f"message {i} {bad[:80]!r}: no answer", False)
        if not said or not whole: check(f"message {i} {bad[:80]!r}: it ends: {(status := ended(one, 3))}", status == 0)
    ours.close(); check("the last one ends with its caller", ended(one, 3) == 0)


def main():
    cases = [fifo, background, prompt, slow_reader, escapes, doctor, clones, lent, killed, names, mutations, broker]
    plan = [(c, os.getuid()) for c in cases] + [(c, 65534) for c in (fifo, background, prompt) if os.getuid() == 0]
    for case, uid in [c for c in plan if not sys.argv[2:] or c[0].__name__ in sys.argv[2:]]:
        began, before, bad = time.time(), checked, len(wrong)
        p = Place(TK, uid)
        try: p.set("one", "value-of-one-1"); case(p)
        except Exception as e: wrong.append(f"{type(e).__name__} at line {e.__traceback__.tb_next and e.__traceback__.tb_next.tb_lineno}: {e}")
        finally: p.close()
        wrong[bad:] = [f"{case.__name__}, uid {uid}: {w}" for w in wrong[bad:]]
        print(f"{case.__name__}, uid {uid}: {checked - before} checked, {len(wrong) - bad} wrong, {time.time() - began:.1f} s", flush=True)
    if wrong: sys.exit("\n".join(w[:900] for w in wrong))
    print(f"{len(cases)} kinds of mishaps, {checked} checks (seed {SEED}): nothing leaks, hangs, or is used that nobody signed")


main()
