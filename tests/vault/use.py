#!/usr/bin/env python3
"""Secrets are used and not read: what `tk vault run` gives a program, what it prints shows, what is refused; 200 secrets in some fifty
encodings over standard output, standard error and a terminal, in pieces of many sizes; a consumer that writes 1 GB without a newline,
closes its descriptors, forks a thousand times, executes itself. usage: use.py TK"""
import json, os, pty, random, select, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vault_place import places
import scrub_forms as forms

TK, FULL = os.path.abspath(sys.argv[1]), bool(os.environ.get("TK_FULL"))
SIZES = [1, 2, 3, 5, 7, 8, 9, 13, 31, 64, 127, 1000, 4095, 4096]
wrong = []


def check(what, right):
    if not right: wrong.append(what)


def basics(p):
    secret = "correct-horse-battery-9"
    said = json.loads(p.set("db-pw", secret, "--json").stdout)
    check(f"set tells: {said}", said["ref"] == "secret:w/db-pw" and said["version"] == 1 and said["mode"] == "on")
    file = open(f"{p.ws}/{said['file']}").read()
    check("the file has no value in it", secret not in file and 'value="' in file)
    check("a commit", "vault: set secret:w/db-pw" in p.do("git", "log", "-1", "--format=%s").stdout)
    done = p.use(["db-pw"], "sh", "-c", 'echo "$DB_PW"; echo "$DB_PW" >&2; printf %s "$DB_PW" | wc -c; printf %s "$DB_PW" | base64; exit 7', code=7)
    check(f"it has it, and shows it not: {done.stdout!r} {done.stderr!r}", done.stdout == "⟦secret:db-pw⟧\n23\n⟦secret:db-pw⟧k=\n" and done.stderr == "⟦secret:db-pw⟧\n")
    check("in another variable", p.use(["db-pw=PGPASSWORD"], "sh", "-c", 'echo ${#PGPASSWORD}${DB_PW-none}').stdout == "23none\n")
    fd = p.do(TK, "vault", "run", "--as-fd", "db-pw", "--", "python3", "-c", """import fcntl, os
p = os.environ["DB_PW"]; f = open(p, "rb"); print(p, len(f.read()), fcntl.fcntl(f, 1034))
try: os.write(os.open(p, os.O_RDWR), b"x"); print("changed")
except OSError: print("sealed")""").stdout
    check(f"as a sealed file: {fd}", fd == "/dev/fd/10 23 15\nsealed\n")
    env = p.use(["db-pw"], "env").stdout
    check("nothing of the caller's environment", "SSH_AUTH_SOCK" not in env and "GIT_AUTHOR" not in env and "\nSECRET=" not in env)
    rows = p.rows("secret.used")
    check(f"each use is a row: {len(rows)}", len(rows) >= 4 and all(secret not in json.dumps(r) for r in rows))
    ended = p.rows("box.ended")[-4:]
    check(f"what was masked is counted: {[r.get('payload') for r in ended]}", any((r["payload"]["input"].get("masked") or {}).get("db-pw") == 3 for r in ended))
    check("without secrets it is a box", p.do(TK, "vault", "run", "--", "sh", "-c", "exit 5", code=5).returncode == 5)
    # Input reaches it, of a pipe and of a file; its end too.
    check("its input", p.use(["db-pw"], "cat", input="a\nb\n").stdout == "a\nb\n")
    with open(p.ws + "/tk.toml") as f: check("its input is a file", p.do(TK, "vault", "run", "--use", "db-pw", "--", "wc", "-l", stdin=f).stdout.strip() != "0")
    # What cannot be kept, and what may not be used.
    for name, value, word in (("empty", "", "empty"), ("big", "x" * ((1 << 20) + 1), "longer than 512 KiB"), ("tiny", "abc", "too short")):
        done = p.set(name, value, code=2)
        check(f"{name}: {done.stderr}", word in done.stderr and done.stderr.count("\n") <= 3)
    lent = p.set("lent", "short-one", "--mode", "borrow", "--tool", "/usr/bin/true", code=2)
    check(f"lent and short: {lent.stderr}", "16" in lent.stderr)
    huge = subprocess.Popen(["head", "-c", "1000000000", "/dev/zero"], stdout=subprocess.PIPE)
    done = p.do(TK, "vault", "set", "huge", stdin=huge.stdout, code=2)
    huge.stdout.close(); huge.wait()
    check(f"1 GB: {done.stderr}", "longer than 512 KiB" in done.stderr)
    p.set("nul", "with\0a NUL byte in it")
    check("NUL in an environment", "NUL" in p.use(["nul"], "true", code=2).stderr)
    check("NUL in a file", p.do(TK, "vault", "run", "--as-fd", "nul", "--", "sh", "-c", 'wc -c < "$NUL"').stdout.strip() == "21")
    for word, options in (("TK-VAULT-0007", ["no-such"]), ("TK-CLI-0001", ["db-pw=LD_PRELOAD"]), ("TK-CLI-0001", ["db-pw=PATH"]), ("TK-CLI-0001", ["db-pw=1X"]), ("TK-CLI-0001", ["db-pw", "nul=DB_PW"])):
        done = p.use(options, "true", code=2)
        check(f"{options}: {done.stderr}", word in done.stderr)
    p.do(TK, "vault", "set", "db-pw", "--keep", "--mode", "off")
    check("off", "TK-VAULT-0004" in p.use(["db-pw"], "true", code=3).stderr)
    p.do(TK, "vault", "set", "db-pw", "--keep", "--mode", "on")
    check("on again, the same value, version 3", p.use(["db-pw"], "sh", "-c", "echo ${#DB_PW}").stdout == "23\n" and json.loads(p.do(TK, "vault", "list", "--json").stdout)[0]["version"] == 3)
    # Law: an agent may use what it may, and read nothing.
    p.set("for-bot", "bots-only-secret-value")
    check("the agent's own", p.use(["for-bot"], "sh", "-c", "echo $FOR_BOT", options=("--as", "agent:bot")).stdout == "⟦secret:for-bot⟧\n")
    denied = p.use(["db-pw"], "true", options=("--as", "agent:bot"), code=3)
    check(f"not the agent's: {denied.stderr}", "secret.use" in denied.stderr)
    check("no agent reveals", "TK-VAULT-0004" in p.do(TK, "vault", "reveal", "for-bot", "--reason", "x", "--as", "agent:bot", code=3).stderr)
    check("no reason, no value", p.do(TK, "vault", "reveal", "for-bot", code=2).stdout == "")
    said = p.do(TK, "vault", "reveal", "for-bot", "--reason", "test").stdout
    check(f"a person reveals: {said} {p.rows('secret.revealed')}", said == "bots-only-secret-value" and len(p.rows("secret.revealed")) == 1)
    check("a person reveals JSON", json.loads(p.do(TK, "vault", "reveal", "for-bot", "--reason", "test", "--json").stdout)["value"] == "bots-only-secret-value")


WRITER = """import os, sys, base64
sys.path.insert(0, %r)
import scrub_forms as forms
size, fd = int(sys.argv[1]), int(sys.argv[2])
text = b"".join(b"<%%d|" %% i + form + b"|>\\n" for i, form in enumerate(forms.planted([os.environ[f"S{i}"] for i in range(200)])))
for at in range(0, len(text), size): os.write(fd, text[at:at + size])
"""


def leaks(p, size, where, secrets, options):
    """All forms of all secrets, in pieces; nothing of them on the other side."""
    script = f"{p.ws}/mine/write.py"
    if not os.path.exists(script):
        with open(script, "w") as f: f.write(WRITER % (p.ws + "/mine"))
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "scrub_forms.py")) as f, open(p.ws + "/mine/scrub_forms.py", "w") as g: g.write(f.read())
    command = [TK, "vault", "run", *options, "--", "python3", "-B", script, str(size), "2" if where == "stderr" else "1"]
    if where == "terminal":
        said = on_terminal(p, command)[0].replace(b"\r\n", b"\n")
    else:
        done = subprocess.run(p.argv(command), cwd=p.ws, env=p.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
        check(f"{where} {size}: {done.returncode} {done.stderr[-300:]}", done.returncode == 0)
        said = done.stderr if where == "stderr" else done.stdout
    found, total, bad = forms.judge(said, secrets)
    check(f"{where}, pieces of {size}: {found} of {total}; {bad[:3]}", found == total and not bad)
    return found


def on_terminal(p, command, typed=(), size=None):
    """What is seen on a terminal, and the exit status; each of `typed` is (what is waited for, what is typed then)."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(p.ws)
        os.execvpe(p.argv(command)[0], p.argv(command), p.env)
    if size: import fcntl, struct, termios; fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    seen, typed, end = b"", list(typed), time.time() + 20
    while time.time() < end:
        if typed and typed[0][0] in seen:
            word = typed.pop(0)[1]
            os.write(fd, word)
        ready, _, _ = select.select([fd], [], [], 0.2)
        if not ready: continue
        try: part = os.read(fd, 65536)
        except OSError: break
        if not part: break
        seen += part
    else: os.kill(pid, 9)
    _, status = os.waitpid(pid, 0)
    return seen, os.waitstatus_to_exitcode(status)


def terminal(p):
    seen, status = on_terminal(p, [TK, "vault", "run", "--use", "for-bot", "--", "sh", "-c", 'test -t 0 && test -t 1 && test -t 2 && echo terminal; stty size; echo "$FOR_BOT" > /dev/tty; read x; echo "got $x"; exit 3'],
                               [(b"secret:for-bot", b"typed words\r")], (33, 99))
    check(f"a terminal of its own: {seen} {status}", status == 3 and b"terminal\r\n" in seen and b"33 99" in seen and "⟦secret:for-bot⟧".encode() in seen and b"got typed words" in seen and b"bots-only" not in seen)
    seen, status = on_terminal(p, [TK, "vault", "run", "--use", "for-bot", "--", "sh", "-c", "trap 'echo stopped; exit 9' INT; echo up; while :; do sleep 0.05; done"], [(b"up", b"\x03")])
    check(f"Ctrl-C reaches it: {seen} {status}", status == 9 and b"stopped" in seen)
    seen, status = on_terminal(p, [TK, "vault", "set", "typed"], [(b"Enter ends it", b"what-nobody-saw\r")])
    check(f"typed, and not shown: {seen} {status}", status == 0 and b"what-nobody-saw" not in seen)
    check("what was typed", p.do(TK, "vault", "reveal", "typed", "--reason", "test").stdout == "what-nobody-saw")
    # A terminal as input, a pipe as output: the consumer has neither the one nor a way to it.
    script = "import os\nfor fd in (0, 1, 2): print(os.isatty(fd))\ntry: open('/dev/tty', 'w').write(os.environ['FOR_BOT']); print('reached')\nexcept OSError: print('none')\ntry: os.write(0, os.environ['FOR_BOT'].encode()); print('written')\nexcept OSError: print('not')"
    seen, status = on_terminal(p, ["sh", "-c", f"{TK} vault run --use for-bot -- python3 -c \"$0\" | cat", script])
    check(f"no terminal behind a pipe: {seen}", seen.replace(b"\r\n", b" ").strip() == b"False False False none not" and status == 0)


def name_of(pid):
    try: return open(f"/proc/{pid}/cmdline").read()
    except OSError: return ""


def below(pid):
    """Its processes, and theirs."""
    out = [int(c) for c in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]
    return out + [d for c in out for d in below(c)]


def bad_consumers(p):
    big = 1 << (30 if FULL else 26)
    done = subprocess.run(p.argv([TK, "vault", "run", "--use", "for-bot", "--", "python3", "-c", f"import os, sys\nline = b'x' * 65536\nfor _ in range({big} // 65536): os.write(1, line)\nos.write(1, os.environ['FOR_BOT'].encode())"]),
                          cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=600)
    check(f"{big >> 20} MB without a newline", done.returncode == 0 and len(done.stdout) == big + len("⟦secret:for-bot⟧".encode()) and done.stdout.endswith("⟦secret:for-bot⟧".encode()))
    check("it closes its descriptors", p.use(["for-bot"], "python3", "-c", "import os\nos.closerange(0, 256)\nos._exit(4)", code=4).returncode == 4)
    again = p.use(["for-bot"], "python3", "-c", "import os, sys\nif len(sys.argv) < 4: os.execv(sys.executable, [sys.executable, '-c', open('/proc/self/cmdline').read().split(chr(0))[2], *sys.argv[1:], 'x'])\nprint(os.environ['FOR_BOT'])")
    check(f"it executes itself: {again.stdout}", again.stdout == "⟦secret:for-bot⟧\n")
    forks = p.use(["for-bot"], "python3", "-c", "import os\nn = 0\nfor _ in range(1000):\n    try: pid = os.fork()\n    except OSError: continue\n    if pid == 0: os.write(1, os.environ['FOR_BOT'].encode() + b'\\n'); os._exit(0)\n    n += 1\n    os.waitpid(pid, 0)\nprint(n)")
    lines = forks.stdout.split("\n")
    check(f"it forks 1,000 times: {lines[-2:]}", lines[-2] == "1000" and lines.count("⟦secret:for-bot⟧") == 1000)
    # Nobody reads: it ends, as it would without a vault.
    done = subprocess.run(p.argv(["sh", "-c", f"{TK} vault run --use for-bot -- yes | head -n 1"]), cwd=p.ws, env=p.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    check(f"a reader that goes: {done.stdout}", done.stdout == b"y\n")
    # The broker is killed: so is who has its secrets; tk says so.
    running = subprocess.Popen(p.argv([TK, "vault", "run", "--use", "for-bot", "--", "sh", "-c", "echo up; exec sleep 60"]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdout.readline()
    for pid in below(running.pid):
        if "vault-broker" in name_of(pid): os.kill(pid, 9)
    said = running.communicate(timeout=30)[1]
    check(f"a killed broker: {running.returncode} {said}", running.returncode == 1 and "TK-VAULT-0006" in said)
    # tk is killed: so are both.
    mark = f"61.{os.getpid()}"
    running = subprocess.Popen(p.argv([TK, "vault", "run", "--use", "for-bot", "--", "sh", "-c", f"echo up; exec sleep {mark}"]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    running.stdout.readline()
    both = [pid for pid in below(running.pid) if "vault-broker" in name_of(pid) or mark in name_of(pid)]
    running.kill(); running.wait(); time.sleep(0.3)
    left = [pid for pid in both if "vault-broker" in name_of(pid) or mark in name_of(pid)]
    check(f"there are two: {both}", len(both) == 2)
    check(f"tk's death ends both: {left}", not left)


def main():
    rng, done = random.Random(8), 0
    for p in places(TK):
        kind = "root" if p.uid == 0 else "without root"
        basics(p); terminal(p); bad_consumers(p)
        secrets = forms.secrets(200, rng)
        options = []
        for i, s in enumerate(secrets):
            p.set(f"s{i}", s)
            options += ["--use", f"s{i}=S{i}"]
        for where in ("stdout", "stderr", "terminal"):
            for size in SIZES if FULL else [1, 7, 64, 4096] if where == "stdout" else [7, 1000]: done += leaks(p, size, where, secrets, options)
        print(f"{kind}: {len(wrong)} wrong so far")
    if wrong: sys.exit("\n".join(str(w) for w in wrong))
    print(f"used, and not read: {done} forms of secrets masked over standard output, standard error and a terminal")


main()
