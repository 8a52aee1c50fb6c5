#!/usr/bin/env python3
"""What goes wrong around a vault: a key that is a FIFO, a job in the background of a terminal, ^C at a prompt, a reader that makes tk not wait,
escape sequences around a secret, a layer or the key missing, host names with a secret in them, kill -9 at random. usage: mishaps.py TK [CASE…]"""
import fcntl, glob, json, os, pty, random, re, resource, select, signal, socket, subprocess, sys, termios, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mishap import SEED, TK, check, commit, ended, head, judge, read, refused, run, tk, told, used, write, wrong
from vault_place import box


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


judge([fifo, background, prompt, slow_reader, escapes, doctor, lent, killed], also=[fifo, background, prompt])
