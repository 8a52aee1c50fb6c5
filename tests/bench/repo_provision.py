#!/usr/bin/env python3
"""How long accounts take, in one run beside what else makes them: a loop of useradd -m, systemd-sysusers; plans of 10,000
accounts, and of one change among 100,000 entities; sync beside 10 and 10,000 spaces that nobody is in.
usage: repo_provision.py TK [accounts|plans|lazy]…   as root; folders are made below TMPDIR and removed"""
import base64, os, shutil, statistics, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "provision"))
from world import World, key, uuid7
import lazy as lazy_test

TK = os.path.abspath(sys.argv[1])
PARTS = sys.argv[2:] or ["accounts", "plans", "lazy"]
PROGRAM = os.path.join(os.path.dirname(os.path.realpath(TK)), "../libexec/tk/plugins/apply-unix")
missed = []


def load(): return "load %.1f" % os.getloadavg()[0]


def timed(run):
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def bar(what, seconds, limit, unit="ms"):
    good = seconds <= limit
    if not good: missed.append(what)
    scale = 1000 if unit == "ms" else 1
    print(f"{what}: {seconds * scale:.1f} {unit} (bar {limit * scale:g} {unit}; {load()}) {'met' if good else 'MISSED'}", flush=True)


def organisation(n, others=0):
    files = {}
    for i in range(n):
        kind, more = ("user", "") if i % 2 else ("agent", ' sponsor="user:w/n1"')
        files[f"galaxies/w/{kind}s/n{i}.xml"] = f'<{kind} name="n{i}" id="{uuid7(i)}"{more}/>\n'
        files[f"galaxies/w/sshkeys/k{i}.xml"] = f'<sshkey name="k{i}" id="{uuid7(i + 200000)}" of="{kind}:w/n{i}" public="{key(i)}"/>\n'
    for i in range(others): files[f"galaxies/w/repos/r{i}.xml"] = f'<repo name="r{i}" id="{uuid7(i + 400000)}" url="https://example.org/r{i}.git"/>\n'
    return files


def signed(lines, folder):
    """A plan of these operations with a key of our own: for what tk itself never asks alone."""
    pem, body = os.path.join(folder, "k.pem"), os.path.join(folder, "body")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", pem], check=True, capture_output=True)
    public = base64.b64encode(subprocess.run(["openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER"], capture_output=True, check=True).stdout[-32:]).decode()
    text = b"tk-plan\t1\nid\t01900000-0000-7000-8000-000000000001\n" + b"".join(l + b"\n" for l in lines)
    open(body, "wb").write(text)
    signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", pem, "-rawin", "-in", body], capture_output=True, check=True).stdout
    return text + b"sign\t%s\t%s\n" % (public.encode(), base64.b64encode(signature)), public


def apply(root, plan, public):
    done = subprocess.run([PROGRAM, "apply", "--root", root, "--key", public], input=plan, capture_output=True)
    assert done.returncode == 0, done.stderr


def accounts():
    with World(TK) as w:
        w.declare(organisation(1000))
        w.tk("repo", "plan", "--target", w.where)
        whole = timed(lambda: w.tk("repo", "apply", "--target", w.where, "--yes"))
        assert len(os.listdir(w.root + "/home")) == 1001
        other = os.path.join(w.holder, "useradd")
        for d in ("etc/skel", "home", "var/mail"): os.makedirs(os.path.join(other, d))
        for f, t in (("passwd", "root:x:0:0::/root:/bin/sh\n"), ("group", "root:x:0:\n"), ("shadow", "root:*:1::::::\n"), ("gshadow", "root:*::\n"), ("subuid", ""), ("subgid", "")):
            open(os.path.join(other, "etc", f), "w").write(t)
        shutil.copy(w.root + "/etc/skel/.profile", other + "/etc/skel/.profile")
        def loop():
            for i in range(1000): subprocess.run(["useradd", "-P", other, "-m", f"n{i}"], check=True, capture_output=True)
        useradd = timed(loop)
        ratio = useradd / whole
        print(f"1,000 accounts with homes and keys: tk repo apply {whole:.2f} s, useradd -m (without keys) {useradd:.1f} s: {ratio:.1f} times ({load()}) {'met' if ratio >= 20 else 'MISSED'} (bar 20)", flush=True)
        if ratio < 20: missed.append("1,000 accounts")
    with World(TK) as w:
        w.declare(organisation(10000))
        w.js("repo", "plan", "--target", w.where, "--out", w.holder + "/p")
        rows = [l for l in open(w.holder + "/p", "rb").read().splitlines() if l.startswith(b"row\t")]
        assert len(rows) == 60000
        plan, public = signed(rows, w.holder)
        sys_root, conf = os.path.join(w.holder, "sysusers"), os.path.join(w.holder, "tk.conf")
        tk_times, other_times = [], []
        for _ in range(5):
            w.system()
            tk_times.append(timed(lambda: apply(w.root, plan, public)))
            shutil.rmtree(sys_root, ignore_errors=True)
            os.makedirs(sys_root + "/etc")
            open(conf, "w").write("".join(f'u n{i} {20000 + i} "" /home/n{i} /bin/sh\n' for i in range(10000)))
            other_times.append(timed(lambda: subprocess.run(["systemd-sysusers", "--root=" + sys_root, conf], check=True, capture_output=True)))
        t, o = min(tk_times), min(other_times)
        print(f"10,000 rows of six files: apply-unix {t * 1000:.0f} ms, systemd-sysusers (four files) {o * 1000:.0f} ms: {t / o:.2f} of it ({load()}) {'met' if t <= o else 'MISSED'} (bar 1)", flush=True)
        if t > o: missed.append("10,000 rows")


def plans():
    with World(TK) as w:
        w.declare(organisation(10000, 80000))
        plan = lambda *more: w.tk("repo", "plan", "--target", w.where, *more, "--quiet")
        print(f"100,000 entities: first plan {timed(plan):.1f} s", flush=True)
        bar("plan of 10,000 new accounts, warm", min(timed(plan) for _ in range(7)), 0.5)
        w.tk("repo", "apply", "--target", w.where, "--yes")
        time.sleep(1.2)
        plan(), plan()
        bar("plan of 10,000 accounts where nothing changed", min(timed(plan) for _ in range(11)), 0.05)
        times = []
        for i in range(7):
            w.declare({"galaxies/w/users/n17.xml": f'<user name="n17" id="{uuid7(17)}" shell="/bin/{"zsh" if i % 2 else "dash"}"/>\n'})
            times.append(timed(plan))
        bar("plan of one change among 100,000 entities", min(times), 0.1)


def lazy():
    for shape, systems in (("in 100 systems", [f"y{i}" for i in range(100)]), ("in one folder", ["y3"])):
        worlds = {}
        try:
            for n in (10, 10000):
                w = worlds[n] = World(TK)
                w.declare(lazy_test.manifest(w, "lazy") | lazy_test.spaces(n + 1, systems=systems))
                w.tk("repo", "sync", "--space", "w.y3.s3")
            times = {10: [], 10000: []}
            for i in range(21):
                for n, w in worlds.items():
                    path = "galaxies/w/systems/y3/spaces/s3/users/p3.xml"
                    with open(os.path.join(w.ws, path), "w") as f: f.write(f'<user name="p3" id="{uuid7(50003)}" shell="/bin/{"zsh" if i % 2 else "dash"}"/>\n')
                    subprocess.run(["git", "-C", w.ws, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x", path], check=True)
                    times[n].append(timed(lambda: w.tk("repo", "sync")))
            few, many = statistics.median(times[10]), statistics.median(times[10000])
            ratio = many / few
            print(f"sync of one edit beside 10 and 10,000 spaces that nobody is in, {shape}: {few * 1000:.1f} and {many * 1000:.1f} ms, {100 * (ratio - 1):+.1f} % ({load()}) {'met' if ratio < 1.1 else 'MISSED'} (bar 10 %)", flush=True)
            if ratio >= 1.1: missed.append("lazy " + shape)
        finally:
            for w in worlds.values(): w.close()


for part in PARTS: globals()[part]()
if missed: print("missed:", ", ".join(missed))
sys.exit(bool(missed))
