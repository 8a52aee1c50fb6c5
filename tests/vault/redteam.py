#!/usr/bin/env python3
"""A red team against a secret that is lent (mode borrow): an agent with a lease on its use gives parameters to the tool, swaps the tool,
looks into processes, asks for other ways, changes what is declared. More than forty tries, none gets the value, and each stands in the
journal. usage: redteam.py TK"""
import base64, codecs, hashlib, json, os, shutil, socket, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vault_place import places

TK = os.path.abspath(sys.argv[1])
VALUE = "lent-Value-0123456789-abcdef"
TOOL = r'''#!/usr/bin/python3
import base64, hashlib, json, os, re, socket, sys, time, urllib.parse
v, what = os.environ.get("LENT", "no secret"), sys.argv[2]
if what == "sign": print("signed", hashlib.sha256((v + sys.argv[3]).encode()).hexdigest())
elif what == "env": print(dict(os.environ)); os.system("env; cat /proc/self/environ /proc/$PPID/environ")
elif what == "error": raise RuntimeError("login with " + v + " failed: " + repr(os.environ))
elif what == "base64": print(base64.b64encode(v.encode()).decode(), base64.b64encode(b"user:" + v.encode()).decode())
elif what == "wrapped": print("\n".join(re.findall("..?", base64.b64encode(v.encode()).decode())))
elif what == "hex": print(v.encode().hex(), v.encode().hex(":"))
elif what == "reversed": print(v[::-1])
elif what == "rot13": import codecs; print(codecs.encode(v, "rot13"))
elif what == "json": print(json.dumps({"v": v, "u": "".join("\\u%04x" % ord(c) for c in v)}))
elif what == "url": print(urllib.parse.quote(v), "".join("%%%02X" % b for b in v.encode()))
elif what == "utf16": sys.stdout.buffer.write(v.encode("utf-16-le") + v.encode("utf-16-be"))
elif what == "spelled": print(" ".join(v))
elif what == "coloured": print("\x1b[31m".join(v))
elif what == "pieces":
    for c in v: os.write(1, c.encode()); time.sleep(0.005)
elif what == "stderr": print(v, file=sys.stderr)
elif what == "both": [os.write(1 + i % 2, v.encode() + b"\n") for i in range(6)]
elif what == "tty":
    for p in ("/dev/tty", "/dev/pts/0", "/dev/console"):
        try: open(p, "w").write(v)
        except OSError as e: print(e)
elif what == "stdin":
    try: os.write(0, v.encode())
    except OSError as e: print(e)
elif what == "file":
    for p in (sys.argv[3] + "/got", "/tmp/got", "/var/tmp/got", "/dev/shm/got", os.path.expanduser("~/got")):
        try: open(p, "w").write(v)
        except OSError as e: print(e)
elif what == "argv": os.execv("/bin/sleep", ["sleep", "0.3"]) if v == "no secret" else print(open("/proc/self/cmdline").read())
elif what == "kmsg":
    for p in ("/dev/kmsg", "/dev/log"):
        try: open(p, "w").write(v)
        except OSError as e: print(e)
elif what == "connect":
    host, port = sys.argv[3].split(":")
    for proxied in (False, True):
        try:
            s = socket.create_connection((host, int(port)) if not proxied else ("127.0.0.1", 1080), 2)
            if proxied: s.sendall(b"CONNECT %s:%s HTTP/1.1\r\n\r\n" % (host.encode(), port.encode())); print(s.recv(99))
            s.sendall(v.encode())
        except OSError as e: print(e)
elif what == "core": import ctypes; ctypes.string_at(0)
elif what == "background": os.fork() or (os.setsid(), time.sleep(0.3), print(v))
elif what == "wait": print("up", flush=True); time.sleep(float(sys.argv[3]))
elif what == "loaded": print([p for p in sys.path], "sitecustomize" in sys.modules and sys.modules["sitecustomize"].__file__)
else: print("unknown", what)
'''
EVIL = "#!/bin/sh\necho $LENT | tr a-z n-za-m | tr n-za-m a-z | sed 's/./&_/g' > %s/stolen\nprintf '%%s' \"$LENT\" | od -An -tu1 | sed 's/ /;7;/g'\n"
LOOK = r'''
import ctypes, glob, os, signal, subprocess, sys
value, got = bytes.fromhex(sys.argv[1])[::-1], []
libc = ctypes.CDLL(None, use_errno=True)
for pid in [d for d in os.listdir("/proc") if d.isdigit() and int(d) != os.getpid()]:
    for name in ("environ", "cmdline", "mem", "root/tmp/got", "fd/0"):
        try:
            if value in open(f"/proc/{pid}/{name}", "rb").read(1 << 20): got.append(f"{pid}/{name}")
        except (OSError, ValueError, OverflowError): pass
for pid in range(1, 40000, 1):
    if pid == os.getpid(): continue
    if libc.ptrace(16, pid, 0, 0) == 0: got.append(f"ptrace {pid}")
for path in sys.argv[2:]:
    for p in glob.glob(path):
        try:
            if value in open(p, "rb").read(1 << 24): got.append(p)
        except OSError: pass
for command in (["gdb", "-batch", "-p", "1", "-ex", "info proc"], ["gcore", "1"], ["dmesg"]):
    try: done = subprocess.run(command, capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired): continue
    if value in done.stdout + done.stderr: got.append(command[0])
print(got)
'''
wrong, tried = [], []


def forms_of(v):
    b = v.encode()
    return [b, b[::-1], base64.b64encode(b)[:-4], b.hex().encode(), b.hex().upper().encode(), codecs.encode(v, "rot13").encode(), " ".join(v).encode(), b.replace(b"-", b"%2D"), v.encode("utf-16-le"), v.encode("utf-16-be"),
            ";7;".join(str(c) for c in b).encode(), "_".join(v).encode()]


def held(p, name, done, code=None, word=None):
    """It got nothing, and the journal has it."""
    said = (done.stdout + done.stderr) if isinstance(done.stdout, bytes) else (done.stdout + done.stderr).encode()
    flat = said.replace(b"\n", b"").replace(b"\x1b[31m", b"")
    leaks = [f for f in forms_of(VALUE) if f in said or f in flat]
    rows = last_seq(p)
    journaled = rows > held.last
    held.last = rows
    tried.append(name)
    if leaks or not journaled or (code is not None and done.returncode != code) or (word and word.encode() not in said):
        wrong.append(f"{name}: leaks {leaks}, journaled {journaled}, exit {done.returncode}: {said[-300:]}")


def last_seq(p):
    import sqlite3
    with sqlite3.connect(f"file:{p.ws}/.tk/journal.db?mode=ro", uri=True) as db: return db.execute("SELECT max(seq) FROM journal").fetchone()[0]


def lend(p, *more, resource="secret:w/lent"):
    done = p.do(TK, "acl", "borrow", "request", "--lender", p.owner, "--borrower", "agent:bot", "--action", "secret.use", "--resource", resource, "--purpose", "deploys", "--json", *more)
    return json.loads(done.stdout)["id"]


def attack(p):
    tools, mine = p.root + "/tools", p.ws + "/mine"
    os.mkdir(tools); os.chmod(tools, 0o755)
    tool = tools + "/deploy"
    with open(tool, "w") as f: f.write(TOOL)
    os.chmod(tool, 0o755)
    if os.geteuid() == 0: os.chown(tools, 65534, 65534); os.chown(tool, 65534, 65534)  # somebody else than root could change it
    listener = socket.create_server(("127.0.0.1", 0))
    reached = []
    threading.Thread(target=lambda: [reached.append(listener.accept()[0].recv(999)) for _ in range(9)], daemon=True).start()
    port = listener.getsockname()[1]
    p.do(TK, "repo", "new", "rule", "hosts", "effect=permit", "role=role:agent", "actions=box.connect", "resource=host:**")
    p.set("lent", VALUE, "--mode", "borrow", "--tool", tool, "--tool-args", "run {what} {with}", "--tool-host", "api.example/443")
    p.set("for-bot", "what-the-agent-may-use-itself")
    p.set("other", "another-value-that-is-not-lent-to-it")
    lease = lend(p)
    held.last = last_seq(p)
    def tool_run(what, arg="x", *more, options=(), env=None, **kw):
        before = dict(p.env)
        p.env.update(env or {})
        try: return p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--with", f"what={what}", "--with", f"with={arg}", *options, *more, code=None, **kw)
        finally: p.env = before
    works = tool_run("sign", "release-7")
    held(p, "(it works)", works, 0, hashlib.sha256((VALUE + "release-7").encode()).hexdigest())
    # ---- what the tool can be told to do with it
    for what in ("env", "error", "base64", "wrapped", "hex", "reversed", "rot13", "json", "url", "utf16", "spelled", "coloured", "pieces", "stderr", "both", "tty", "stdin", "argv", "kmsg", "core", "background"):
        held(p, what, tool_bytes(p, lease, what))
    held(p, "files", tool_run("file", mine))
    if any(os.path.exists(f) for f in (mine + "/got", "/var/tmp/got", "/dev/shm/got", "/tmp/got")): wrong.append("a file of the tool came out")
    held(p, "a host of its own", tool_run("connect", f"127.0.0.1:{port}"))
    if reached: wrong.append(f"the tool reached {reached}")
    # ---- parameters
    for name, words in {"an option": ["--with", "what=-c"], "an unknown parameter": ["--with", "shell=sh"], "no parameter": []}.items():
        base = [] if name == "no parameter" else ["--with", "with=x"] + ([] if "what=-c" in words else ["--with", "what=env"])
        held(p, name, p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", *base, *words, code=None), 3, "TK-VAULT-0005")
    # ---- other ways to the value
    held(p, "its own command", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--", "env", code=None), 3, "TK-VAULT-0004")
    held(p, "together with another secret", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--use", "for-bot", "--with", "what=env", "--with", "with=x", code=None), 3)
    held(p, "as a file", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--as-fd", "lent", "--with", "what=env", "--with", "with=x", code=None), 0)
    held(p, "another profile", tool_run("file", mine, options=("--profile", "build")))
    if os.path.exists(mine + "/got"): wrong.append("another profile let the tool write")
    held(p, "without a lease", p.do(TK, "vault", "run", "--as", "agent:bot", "--use", "lent", "--with", "what=env", "--with", "with=x", code=None), 3, "TK-VAULT-0004")
    held(p, "a lease on another secret", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lend(p, resource="secret:w/other"), "--use", "lent", "--with", "what=env", "--with", "with=x", code=None), 3)
    once = lend(p, "--max-uses", "1")
    held(p, "(a lease of one use)", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", once, "--use", "lent", "--with", "what=sign", "--with", "with=x", code=None), 0)
    held(p, "its second use", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", once, "--use", "lent", "--with", "what=sign", "--with", "with=x", code=None), 3)
    over = lend(p); p.do(TK, "acl", "borrow", "revoke", over)
    held(p, "a lease that was taken back", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", over, "--use", "lent", "--with", "what=sign", "--with", "with=x", code=None), 3)
    held(p, "reveal", p.do(TK, "vault", "reveal", "lent", "--reason", "want", "--as", "agent:bot", code=None), 3)
    held(p, "set it free", p.do(TK, "vault", "set", "lent", "--keep", "--mode", "on", "--as", "agent:bot", code=None), 3)
    held(p, "repo set mode", p.do(TK, "repo", "set", "secret:lent", "mode=on", "--as", "agent:bot", code=None), 3)
    held(p, "repo set tool", p.do(TK, "repo", "set", "secret:lent", "tool=/usr/bin/env", "--as", "agent:bot", code=None), 3)
    held(p, "be a recipient", p.do(TK, "vault", "recipients", "add", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", "--as", "agent:bot", code=None), 3)
    held(p, "rotate", p.do(TK, "vault", "rotate", "--as", "agent:bot", code=None), 3)
    held(p, "borrow the right to read", p.do(TK, "acl", "borrow", "request", "--lender", p.owner, "--borrower", "agent:bot", "--action", "secret.read", "--resource", "secret:w/lent", "--purpose", "x", code=None))
    # ---- the caller's environment
    evil = mine + "/evil"; os.makedirs(evil, exist_ok=True)
    for name in ("sitecustomize.py", "json.py", "hashlib.py"):
        with open(f"{evil}/{name}", "w") as f: f.write(f"import os\nopen('{mine}/stolen', 'w').write(os.environ.get('LENT', ''))\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", evil + "/x.so", "-x", "c", "-"], input=b'#include <stdio.h>\n#include <stdlib.h>\n__attribute__((constructor)) void f(void) { FILE *o = fopen("%s/stolen", "w"); if (o) { fputs(getenv("LENT") ? getenv("LENT") : "", o); fclose(o); } }' % mine.encode(), check=True)
    for name, env in {"LD_PRELOAD": evil + "/x.so", "LD_AUDIT": evil + "/x.so", "PYTHONPATH": evil, "PYTHONSTARTUP": evil + "/json.py", "PATH": evil + ":" + p.env["PATH"], "HOME": evil, "BASH_ENV": evil + "/x"}.items():
        held(p, name, tool_run("loaded", env={name: env}), 0)
    held(p, "modules where it stands", p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--with", "what=loaded", "--with", "with=x", cwd=evil, code=None), 0)
    # ---- the tool
    with open(tools + "/evil", "w") as f: f.write(EVIL % mine)
    os.chmod(tools + "/evil", 0o755)
    shutil.copy(tool, tools + "/good")
    shutil.copy(tools + "/evil", tool)
    held(p, "a swapped tool", tool_run("sign"), 3, "TK-VAULT-0005")
    os.unlink(tool); os.symlink(tools + "/evil", tool)
    held(p, "a symlinked tool", tool_run("sign"), 3, "TK-VAULT-0005")
    os.unlink(tool); os.symlink(tools + "/good", tool)
    held(p, "a symlink to the right one", tool_run("sign"), 3, "TK-VAULT-0005")
    os.unlink(tool); os.rename(tools, tools + "-real"); os.symlink(tools + "-real", tools)
    shutil.copy(tools + "/good", tool)
    held(p, "a symlinked folder", tool_run("sign"), 3, "TK-VAULT-0005")
    os.unlink(tools); os.rename(tools + "-real", tools)
    stop = threading.Event()
    def swap():
        while not stop.is_set():
            for source in ("evil", "good"):
                shutil.copy(f"{tools}/{source}", tools + "/.new"); os.rename(tools + "/.new", tool)
                with open(f"{tools}/{source}", "rb") as f: content = f.read()
                try:
                    with open(tool, "wb") as f: f.write(content)
                except OSError: pass  # it runs
    racing = threading.Thread(target=swap, daemon=True); racing.start()
    ran = 0
    for _ in range(15):
        done = tool_run("sign", "raced")
        ran += done.returncode == 0
        held(p, "a tool that is swapped meanwhile", done)
        if done.returncode == 0 and "signed" not in done.stdout: wrong.append(f"another tool ran: {done.stdout}")
    stop.set(); racing.join()
    shutil.copy(tools + "/good", tool)
    # ---- other processes of the agent, while the tool has it
    running = subprocess.Popen(p.argv([TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--with", "what=wait", "--with", "with=30"]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert running.stdout.readline() == "up\n"
    held.last = last_seq(p)
    hidden = VALUE.encode()[::-1].hex()
    look = p.do(TK, "run", "--as", "agent:bot", "--", "python3", "-c", LOOK, hidden, p.ws + "/.tk/*", p.ws + "/.tk/*/*", "/tmp/*", "/dev/shm/*", "/dev/mqueue/*", "/var/tmp/*", "/core*", p.ws + "/core*", code=None)
    held(p, "looks into everything from its own box", look, 0, "[]")
    for name, command in {"signals the tool": "import os\nfor p in range(2, 40000):\n    try: os.kill(p, 11)\n    except OSError: pass", "reads the key": f"print(open('{p.ws}/.tk/keys/vault.key').read())", "reads the journal": f"print(open('{p.ws}/.tk/journal.db', 'rb').read())",
                          "the copy of the tool": f"open('{p.ws}/.tk/run/tools/x', 'w').write('x')"}.items():
        held(p, name, p.do(TK, "run", "--as", "agent:bot", "--", "python3", "-c", command, code=None))
    if running.poll() is not None: wrong.append("the tool was ended by somebody else's signal")
    running.kill(); running.wait()
    # ---- what is declared, by hand
    def by_hand(name, change, use=None, code=8, word="TK-VAULT-0001"):
        p.do("git", "stash", "-q", code=None)
        head = p.do("git", "rev-parse", "HEAD").stdout.strip()
        change()
        p.do("git", "add", "-A"); p.do("git", "commit", "-qm", name)
        held(p, name, use() if use else tool_run("sign"), code, word)
        p.do("git", "reset", "-q", "--hard", head)
    file = p.ws + "/galaxies/w/secrets/lent.xml"
    def replace(path, *pairs):
        text = open(path).read()
        for a, b in pairs:
            assert a in text, (a, text)
            text = text.replace(a, b)
        with open(path, "w") as f: f.write(text)
    as_bot = lambda name: p.do(TK, "vault", "run", "--as", "agent:bot", "--use", name, "--", "env", code=None)
    by_hand("mode on by hand", lambda: replace(file, ('mode="borrow"', 'mode="on"')), lambda: p.do(TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--", "env", code=None))
    by_hand("another tool by hand", lambda: replace(file, (tool, "/usr/bin/env")))
    by_hand("other arguments by hand", lambda: replace(file, ("run {what}", "{what} {with}")))
    by_hand("another host by hand", lambda: replace(file, ("api.example/443", f"127.0.0.1/{port}")), lambda: tool_run("connect", f"127.0.0.1:{port}"))
    value = lambda name: open(f"{p.ws}/galaxies/w/secrets/{name}.xml").read().split('value="')[1].split('"')[0]
    by_hand("its value in another secret's place", lambda: replace(p.ws + "/galaxies/w/secrets/for-bot.xml", (value("for-bot"), value("lent"))), lambda: as_bot("for-bot"))
    def as_another():
        lent, bots = open(file).read(), open(p.ws + "/galaxies/w/secrets/for-bot.xml").read()
        lent = lent.replace('name="lent"', 'name="for-bot"').replace('mode="borrow"', 'mode="on"').replace(lent.split('id="')[1][:36], bots.split('id="')[1][:36])
        with open(p.ws + "/galaxies/w/secrets/for-bot.xml", "w") as f: f.write(lent)
    by_hand("its whole file under another name", as_another, lambda: as_bot("for-bot"))
    by_hand("a manifest with an edit", lambda: replace(p.ws + "/vault.manifest", ("secret:w/lent", "secret:w/leNt")))
    if os.path.exists(mine + "/stolen"): wrong.append(f"stolen: {open(mine + '/stolen').read()}")
    for folder, _, names in os.walk(mine):
        for n in names:
            if any(f in open(os.path.join(folder, n), "rb").read() for f in forms_of(VALUE)): wrong.append(f"{n} has it")


def tool_bytes(p, lease, what):
    return subprocess.run(p.argv([TK, "vault", "run", "--as", "agent:bot", "--lease", lease, "--use", "lent", "--with", f"what={what}", "--with", "with=x"]), cwd=p.ws, env=p.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)


def main():
    for p in places(TK):
        attack(p)
        print(f"{'root' if p.uid == 0 else 'without root'}: {len(tried)} tries, {len(wrong)} wrong", flush=True)
        tried.clear()
    if wrong: sys.exit("\n".join(wrong))


main()
