#!/usr/bin/env python3
"""A red team of more than a hundred tries in a box: none succeeds. Beside them what a box does to a program that will not end, forks,
fills the disk, or leaves something behind. As root boxes have an account; without root a user namespace, which is tried too
(by setpriv, when this is root). usage: escape.py TK"""
import json, os, shutil, socket, subprocess, sys, tempfile, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from place import LAYERS, Place, alive, without

TK = os.path.abspath(sys.argv[1])
TRIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tries.py")
OUTSIDE = 'import os, sys\nos.environ.update({})\nexec(sys.stdin.read())\n'
wrong = []


def check(what, right):
    if not right: wrong.append(what)


def try_all(p):
    tcp, abstract, path = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    name = f"tk-box-{os.getpid()}"
    abstract.bind("\0" + name); abstract.listen()
    path.bind(p.root + "/s"); path.listen(); os.chmod(p.root + "/s", 0o777)
    mine = socket.socket(socket.AF_UNIX)
    mine.bind(p.ws + "/mine/s"); mine.listen(); os.chmod(p.ws + "/mine/s", 0o777)
    here = tempfile.NamedTemporaryFile(prefix="tk-box-mine-", dir="/tmp")
    leak = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(leak, True)
    env = {"PORT": str(tcp.getsockname()[1]), "ABSTRACT": name, "SOCKET": p.root + "/s", "OUTSIDE": str(os.getpid()), "WORKSPACE": p.ws, "NAMES": os.path.basename(here.name)}
    done = p.box("python3", "-c", OUTSIDE.format(env), input=open(TRIES).read(), pass_fds=[leak], code=None)
    os.close(leak)
    assert done.returncode == 0, done.stdout + done.stderr
    got = json.loads(done.stdout.splitlines()[-1])
    for what, result in got.items(): check(f"{what}: {result}", not result)
    check("the tries are there", len(got) >= 100)
    return len(got)


def bad_programs(p):
    # What it leaves behind ends with it: double forks, new sessions, programs that take no signal.
    mark = f"tkbox{os.getpid()}"
    p.box("sh", "-c", f"for i in 1 2 3; do (setsid sh -c 'trap \"\" TERM INT HUP; (sleep 600.{mark} &) ; sleep 600' >/dev/null 2>&1 &) ; done; exec python3 -c 'import time; time.sleep(0.2) # {mark}'")
    time.sleep(0.1)
    check(f"nothing is left behind: {alive(mark)}", not alive(mark))
    # tk is killed: so is all of it.
    started = subprocess.Popen(p.argv([TK, "run", "--as", "agent:bot", "--", "python3", "-c", f"import os, signal, time # {mark}\nsignal.signal(15, signal.SIG_IGN)\nos.fork(); time.sleep(60)"]),
                               cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL)
    for _ in range(200):
        if len(alive(mark)) >= 3: break
        time.sleep(0.02)
    check("it runs", len(alive(mark)) >= 3)
    started.kill(); started.wait()
    for _ in range(100):
        if not alive(mark): break
        time.sleep(0.02)
    check(f"tk's death ends the box: {alive(mark)}", not alive(mark))
    # A signal that somebody sends reaches the program; the exit status is its own.
    started = subprocess.Popen(p.argv([TK, "run", "--as", "agent:bot", "--", "python3", "-u", "-c", "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(42))\nprint('up')\ntime.sleep(60)"]),
                               cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    started.stdout.readline(); started.terminate()
    check("SIGTERM is handed on", started.wait(timeout=20) == 42)
    check("the status is the program's", p.box("sh", "-c", "exit 7", code=None).returncode == 7)
    check("a signal is 128 and its number", p.box("sh", "-c", "kill -9 $$", code=None).returncode == 137)
    # Limits.
    forks = p.box("python3", "-c", "import os, time\nn = 0\ntry:\n  while n < 10000:\n    if os.fork() == 0: time.sleep(30); os._exit(0)\n    n += 1\nexcept OSError: pass\nprint(n)", code=None)
    check(f"10,000 forks are not had: {forks.stdout}", forks.stdout.strip().isdigit() and int(forks.stdout) < 600)
    big = p.box("python3", "-c", "f = open('/tmp/big', 'wb')\nn = 0\ntry:\n  while n < 2048: f.write(bytes(1 << 20)); f.flush(); n += 1\nexcept OSError as e: print(n)", code=None)
    check(f"2 GB are not had: {big.stdout}", big.stdout.strip().isdigit() and int(big.stdout) < 1100)


def whole(p):
    """Memory and processes of a box together, by a cgroup; without one a profile that asks for it is refused."""
    os.makedirs(p.ws + "/profiles", exist_ok=True)
    with open(p.ws + "/profiles/small.toml", "w") as f: f.write("[limits]\ntotal-memory = 100000000\nprocesses = 20\n")
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "small")
    eats = "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        b = bytearray(60 << 20)\n        for i in range(0, len(b), 4096): b[i] = 1\n        time.sleep(1); os._exit(0)\nended = [os.wait()[1] for _ in range(3)]\nprint(sum(s == 9 for s in ended))"
    done = p.box("python3", "-c", eats, options=("--profile", "small"), code=None)
    if p.uid: return check(f"without root there is no cgroup: {done.stderr}", done.returncode == 1 and "total-memory needs a cgroup" in done.stderr)
    if "needs a cgroup" in done.stderr: return print("SKIP: no cgroup with memory here")
    check(f"three times 60 MB are not had in 100: {done.returncode} {done.stdout}{done.stderr}", done.stdout.strip() in ("1", "2") or done.returncode == 137)
    done = p.box("sh", "-c", "head -c 150000000 /dev/zero > /tmp/x && echo had", options=("--profile", "small"), code=None)
    check(f"nor 150 MB of /tmp: {done.stdout}", "had" not in done.stdout)
    forks = "import os, time\nn = 0\ntry:\n  while n < 100:\n    if os.fork() == 0: time.sleep(2); os._exit(0)\n    n += 1\nexcept OSError: pass\nprint(n)"
    both = [subprocess.Popen([TK, "run", "--as", "agent:bot", "--profile", "small", "--", "python3", "-c", forks], cwd=p.ws, env=p.env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    had = [int(b.communicate(timeout=30)[0]) for b in both]
    check(f"two boxes count their processes apart: {had}", all(15 <= n <= 20 for n in had))
    for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"):
        check("no group is left", not os.path.isdir(top) or not [d for d in os.listdir(top) if d.startswith("tk-box-")])


def refusals(p):
    none = p.box("no-such-program", code=None)
    check("a command that is not there is named", none.returncode == 2 and "TK-BOX-0004" in none.stderr and "no-such-program" in none.stderr)
    check("an unknown profile", p.box("true", options=("--profile", "biuld"), code=None).stderr.count("did you mean build?") == 1)
    denied = p.do(TK, "repo", "set", "rule:boxes", "resource=box:**/read-only")
    denied = p.box("true", code=None)
    check("a profile that law does not grant", denied.returncode == 3 and "box.run" in denied.stderr)
    p.box("true", options=("--profile", "read-only"))
    held = p.box("sh", "-c", f"echo x > {p.ws}/mine/y", options=("--profile", "read-only"), code=None)
    check("read-only is", held.returncode != 0 and not os.path.exists(p.ws + "/mine/y"))
    p.do(TK, "repo", "set", "rule:boxes", "resource=box:**")
    p.do(TK, "law", "halt", "agent:bot")
    check("a halted agent", p.box("true", code=None).returncode == 3)
    check("a person is no agent", p.do(TK, "run", "--as", "user:root" if not p.uid else "user:nobody", "--", "true", code=None).returncode != 0)


def without_layers(p):
    """Each layer is taken away in turn: tk refuses and names it, and runs on without it only by a right of its own."""
    layers = [l for l in LAYERS if l not in ("account" if p.uid else "user", "processes", "loopback")]
    for layer in layers:
        lamed = lambda *words: p.do(*without(layer, TK, "run", "--as", "agent:bot", *words), code=None)
        done = lamed("--", "echo", "ran")
        check(f"without {layer} nothing runs: {done.returncode} {done.stdout}{done.stderr}", done.returncode == 1 and f"[TK-BOX-0001] {layer}: " in done.stderr and "ran" not in done.stdout)
        done = lamed("--allow-missing", layer, "--", "echo", "ran")
        may = layer in ("landlock", "net", "ipc", "uts", "cgroup")
        check(f"without {layer}, which {'may' if may else 'may not'} be missing: {done.returncode} {done.stdout}{done.stderr}", (done.returncode, "ran" in done.stdout) == ((0, True) if may else (2, False)))
    weak = [r for r in p.rows("box.started") if r["payload"]["input"].get("missing")]
    check("a weakened box has its row", len(weak) == 5)
    p.do(TK, "repo", "new", "rule", "strong", "effect=forbid", "role=role:owner", "actions=box.weaken", "resource=box:**")
    check("weakening needs its right", p.box("true", options=("--allow-missing", "ipc"), code=None).returncode == 3)
    return len(layers)


def planted(p):
    """What a box leaves must not lead the next one elsewhere."""
    outside, data = p.root + "/outside", p.ws + "/mine/a/data"
    os.makedirs(outside); os.makedirs(data)
    for f in (outside, data, os.path.dirname(data)): os.chmod(f, 0o777)
    p.do(TK, "repo", "new", "directory", "data", "path=" + data)
    p.do(TK, "repo", "new", "rule", "folders", "effect=permit", "role=role:agent", "actions=box.write", "resource=directory:**")
    p.box("touch", data + "/x")
    held = p.box("sh", "-c", f"mv {p.ws}/mine/a {p.ws}/mine/b", code=None)
    check("a folder above a granted one is renamed", held.returncode != 0 and os.path.isdir(data))
    shutil.rmtree(p.ws + "/mine/a"); os.makedirs(p.ws + "/mine/a"); os.symlink(outside, data)
    led = p.box("touch", data + "/x", code=None)
    check(f"a symlink in the place of a granted folder: {led.returncode} {led.stderr}", led.returncode == 2 and "TK-BOX-0002" in led.stderr and not os.path.exists(outside + "/x"))
    os.unlink(data); os.makedirs(data); os.chmod(data, 0o777)
    # Folders of git and the journal, named outright; and the one that the workspace stands in.
    for path in (p.ws + "/.git/hooks", p.ws + "/.tk/keys", p.root):
        p.do(TK, "repo", "set", "directory:data", "path=" + path)
        tried = p.box("sh", "-c", f"echo x > {p.ws}/.git/hooks/post-commit; echo x > {p.ws}/.tk/x; cat {p.ws}/.tk/journal.db | head -c 6; mv {p.ws} {p.root}/w2; mkdir {p.root}/w3 && cp -r {p.ws}/.tk {p.root}/w3/", code=None)
        check(f"by {path}: {tried.stdout}{tried.stderr}", "SQLite" not in tried.stdout and not os.path.exists(p.ws + "/.git/hooks/post-commit") and not os.path.exists(p.ws + "/.tk/x") and os.path.isdir(p.ws + "/.git") and not os.path.exists(p.root + "/w3/.tk/journal.db"))
        shutil.rmtree(p.root + "/w3", ignore_errors=True)
    if p.uid == 0 and subprocess.run(["mount", "--bind", p.ws, outside]).returncode == 0:
        try:
            p.do(TK, "repo", "set", "directory:data", "path=" + outside)
            alias = p.box("cat", outside + "/.tk/journal.db", code=None)
            check("the workspace by another name", alias.returncode == 2 and "another name" in alias.stderr)
        finally: subprocess.run(["umount", outside])
    p.do(TK, "repo", "set", "rule:folders", "state=suspended")


def ends_early(p):
    """Who called is halted, and law is taken away: the box ends, and its row says so."""
    mark = f"tkearly{os.getpid()}"
    p.do(TK, "repo", "new", "user", "deputy"); p.do(TK, "repo", "new", "grant", "deputy", "role=role:owner", "to=user:deputy")
    for what in ("law", "person"):
        started = subprocess.Popen(p.argv([TK, "run", "--as", "agent:bot", "--", "python3", "-c", f"import time; time.sleep(60) # {mark}"]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(300):
            if [x for x in alive(mark) if "box-exec" not in open(f"/proc/{x}/cmdline").read()]: break
            time.sleep(0.02)
        time.sleep(0.3)
        if what == "law": p.do(TK, "repo", "set", "rule:boxes", "state=suspended")
        else: p.do(TK, "stop", p.owner, "--reason", "r")
        _, said = started.communicate(timeout=20)
        check(f"{what} taken away ends the box: {started.returncode} {said}", started.returncode in (3, 137) and not alive(mark))
        if what == "law": p.do(TK, "repo", "set", "rule:boxes", "state=active")
    ended = p.rows("box.ended")[-2:]
    check(f"its rows say that it was ended: {[e['payload']['input'] for e in ended]}", [e["payload"]["input"]["status"] for e in ended] == [137, 137])


def removed_account(p):
    """Where accounts were applied a box has the agent's own, and without it there is none. On this machine, with an /etc and a /home of the test's own."""
    script = f"""set -e
mkdir -p {p.root}/home; cp -a /etc {p.root}/etc; mkdir -p {p.root}/etc/tk
mount --bind {p.root}/etc /etc; mount --bind {p.root}/home /home
{TK} repo plan --target / --yes-live --out {p.root}/plan
python3 -c "import sys; print(open(sys.argv[1]).read().split('sign' + chr(9))[1].split(chr(9))[0])" {p.root}/plan > /etc/tk/plan-keys; chmod 644 /etc/tk/plan-keys
{TK} repo apply --target / --yes-live --yes
{TK} run --as agent:bot -- sh -c 'id -un; echo $HOME; touch ~/here'
grep -v '^bot:' /etc/passwd > {p.root}/passwd; cat {p.root}/passwd > /etc/passwd
set +e
{TK} run --as agent:bot -- id -un
echo "status $?"
"""
    done = subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-c", script], cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if "unshare:" in done.stderr: return print("SKIP: no mounts of one's own here, so no account was removed")
    check(f"an applied account is the box's: {done.stdout}{done.stderr}", "bot\n/home/bot\n" in done.stdout and os.path.exists(p.root + "/home/bot/here"))
    check(f"without it nothing runs: {done.stdout}{done.stderr}", done.stdout.endswith("status 1\n") and "TK-BOX-0003" in done.stderr and "agent:w/bot has no account here" in done.stderr)


def profiles(p):
    """A profile's folder is what it says: one that may be read is not executed from."""
    sdk = p.root + "/sdk"
    os.mkdir(sdk); shutil.copy("/usr/bin/true", sdk + "/true"); os.chmod(sdk, 0o755); os.chmod(sdk + "/true", 0o755)
    os.makedirs(p.ws + "/profiles", exist_ok=True)
    for name, use in (("sees", "read"), ("starts", "exec")):
        with open(f"{p.ws}/profiles/{name}.toml", "w") as f: f.write(f'{use} = ["{sdk}"]\n')
        check("a profile counts when it is committed", p.box("true", options=("--profile", name), code=None).returncode == 2)
        p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", name)
    check("what may be read is not executed", p.box(sdk + "/true", options=("--profile", "sees"), code=None).returncode != 0)
    check("what may be executed is", p.box(sdk + "/true", options=("--profile", "starts"), code=None).returncode == 0)


def main():
    places = [Place(TK, 0), Place(TK, 65534)] if os.geteuid() == 0 else [Place(TK, os.getuid())]
    skipped = 0
    for p in places:
        try:
            kind = "an account of its own" if p.uid == 0 else "a user namespace"
            first = p.box("true", code=None)
            if p.uid and first.returncode != 0 and "TK-BOX-0001" in first.stderr:
                print(f"SKIP: no box without root here: {first.stderr.strip()}")
                skipped += 1
                continue
            tries = try_all(p)
            bad_programs(p)
            profiles(p)
            planted(p)
            whole(p)
            started, ended = p.rows("box.started"), p.rows("box.ended")
            check("each start and each end has its row", len(started) >= 8 and len(ended) >= 7)
            layers = without_layers(p)
            refusals(p)
            p.do(TK, "log", "verify")
            print(f"{kind}: {tries} tries, {layers} layers taken away, {len(wrong)} wrong so far")
        finally: p.close()
    for test in (ends_early, removed_account):
        p = Place(TK, places[0].uid)
        try:
            if p.uid == 0 or test == ends_early: test(p)
        finally: p.close()
    for w in wrong: print("WRONG", w)
    print(f"{len(places) - skipped} kinds of box, {skipped} skipped, {len(wrong)} wrong")
    sys.exit(bool(wrong))


main()
