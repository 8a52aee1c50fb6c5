#!/usr/bin/env python3
"""During and after a run, nothing of a secret is anywhere but in its consumer: the memory of every other process (as root reads it, and
as other accounts do), their arguments and environments, core files, the workspace with its journal, WAL and git objects, what lies in
/tmp and /dev/shm. Then the same after tk, the broker and the consumer were killed or crashed. usage: leaks.py TK"""
import base64, glob, os, resource, secrets, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vault_place import places

TK = os.path.abspath(sys.argv[1])
wrong = []


def needles(value): return [value, value[::-1], base64.b64encode(value)[:-4], value.hex().encode(), value[:20], value[-20:]]


def memory_of(pid):
    """What can be read of a process; its secret memory cannot, not even by root."""
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        mem = open(f"/proc/{pid}/mem", "rb", 0)
    except OSError: return
    with mem:
        for line in maps:
            span, rights = line.split()[:2]
            if "r" not in rights or "[vvar]" in line or "[vsyscall]" in line: continue
            start, end = (int(x, 16) for x in span.split("-"))
            for at in range(start, end, 1 << 24):
                try:
                    mem.seek(at)
                    yield mem.read(min(1 << 24, end - at))
                except (OSError, ValueError, OverflowError): pass


def processes_with(words, besides=()):
    found, looked = [], 0
    for pid in (int(d) for d in os.listdir("/proc") if d.isdigit()):
        if pid in besides or pid == os.getpid(): continue
        looked += 1
        for name in ("cmdline", "environ", "comm"):
            try:
                if any(w in open(f"/proc/{pid}/{name}", "rb").read() for w in words): found.append((pid, name))
            except OSError: pass
        for part in memory_of(pid):
            if any(w in part for w in words):
                found.append((pid, "memory", open(f"/proc/{pid}/cmdline").read().split("\0")[0]))
                break
    return found, looked


def files_with(words, p):
    found = []
    for folder in (p.root, "/dev/shm", "/var/crash", "/var/lib/systemd/coredump"):
        for at, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(at, name)
                try:
                    if os.path.isfile(path) and any(w in open(path, "rb").read() for w in words): found.append(path)
                except OSError: pass
    for path in glob.glob("/tmp/*") + glob.glob("/core*") + glob.glob(p.ws + "/core*"):
        try:
            if os.path.isfile(path) and any(w in open(path, "rb").read() for w in words): found.append(path)
        except OSError: pass
    objects = subprocess.run("git cat-file --batch-all-objects --batch --buffer", shell=True, cwd=p.ws, env={**p.env, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}, capture_output=True).stdout
    assert len(objects) > 1000
    if any(w in objects for w in words): found.append("an object of git")
    return found


def inside(pid):
    """The processes of the box below a box-exec: the consumer itself."""
    out, todo = set(), [pid]
    while todo:
        one = todo.pop()
        for child in subprocess.run(["pgrep", "-P", str(one)], capture_output=True, text=True).stdout.split():
            todo.append(int(child)); out.add(int(child))
    return out


def consumers(tk_pid):
    return {pid for pid in inside(tk_pid) if "python3" in open(f"/proc/{pid}/cmdline").read().split("\0")[0]}


def run(p):
    value = secrets.token_hex(24).encode()  # nowhere else on this machine
    words = needles(value)
    p.do(TK, "vault", "set", "db", input=value.decode())
    check = lambda when, besides=(): wrong.extend(f"{when}: {f}" for f in processes_with(words, besides)[0] + files_with(words, p))
    check("after set")
    if p.uid == 0: assert processes_with([b"leaks.py"])[0], "this search finds nothing at all"
    script = "import os, sys, time\nv = os.environ.get('DB') or open(os.environ['DB_FILE']).read()\nprint('up', v, flush=True)\ntime.sleep(60)"
    for how, options in {"env": ["--use", "db"], "file": ["--as-fd", "db=DB_FILE"]}.items():
        for end in ("by itself", "kill tk", "kill broker", "crash"):
            sleep = script if end != "by itself" else script.replace("60", "3")
            running = subprocess.Popen(p.argv([TK, "vault", "run", *options, "--", "python3", "-c", sleep]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert running.stdout.readline() == "up ⟦secret:db⟧\n".encode()
            mine = consumers(running.pid)
            assert len(mine) == 1, mine
            if p.uid == 0 and how == "env": assert value in open(f"/proc/{next(iter(mine))}/environ", "rb").read(), "the consumer has it"
            found, looked = processes_with(words, mine)
            wrong.extend(f"while it runs ({how}): {f}" for f in found + files_with(words, p))
            assert looked > 5
            brokers = [pid for pid in inside(running.pid) if open(f"/proc/{pid}/cmdline").read().split("\0")[0].endswith("vault-broker")]
            assert len(brokers) == 1, brokers
            if end == "kill tk": running.kill()
            if end == "kill broker": os.kill(brokers[0], signal.SIGSEGV)
            if end == "crash": os.kill(next(iter(mine)), signal.SIGSEGV)
            running.wait(60); running.stdout.close()
            time.sleep(0.2)
            check(f"after it ended ({how}, {end})")
    # Other accounts: what they may read of it is nothing. (As root of this machine the search above read more than they can.)
    if os.geteuid() == 0:
        running = subprocess.Popen(p.argv([TK, "vault", "run", "--use", "db", "--", "python3", "-c", script]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        running.stdout.readline()
        look = "import os, sys\nn = 0\nfor pid in os.listdir('/proc'):\n    if not pid.isdigit(): continue\n    for name in ('mem', 'environ', 'maps'):\n        try:\n            with open(f'/proc/{pid}/{name}', 'rb') as f:\n                if name == 'mem': f.seek(0x400000)\n                f.read(1)\n            if pid in sys.argv[1:]: print(pid, name)\n        except OSError: pass"
        pids = [str(x) for x in inside(running.pid)]
        # Without root the caller's own account is that of the boxes, and owns their namespaces: it is no other account (SECURITY.md).
        for uid in ("1", "33", "31000"):
            done = subprocess.run(["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "python3", "-c", look, *pids], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            wrong.extend(f"uid {uid} reads {line}" for line in done.stdout.splitlines())
        running.kill(); running.wait()


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    for p in places(TK):
        run(p)
        print(f"{'root' if p.uid == 0 else 'without root'}: {len(wrong)} hits", flush=True)
    if wrong: sys.exit("\n".join(map(str, wrong[:40])))
    print("0 hits outside the consumer: memory, arguments, environments, files, journal, git, core files")


main()
