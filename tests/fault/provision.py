#!/usr/bin/env python3
"""A plan of accounts is carried out wholly or not at all: apply and recover are killed, or given ENOSPC, EIO and EDQUOT, at
each of their system calls in turn. After recovery the tree is the old one or the new one, byte for byte; nothing is left
beside it; the same apply then succeeds. Beside it useradd, killed by the same harness. And many at once lose no row.
usage: provision.py TK [kill|race|useradd]   TK_FULL=1: every point, else every n-th of them"""
import collections, itertools, os, random, shutil, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "provision"))
from world import World, key, people, uuid7

TK = os.path.abspath(sys.argv[1])
PARTS = sys.argv[2:] or ["kill", "race", "useradd"]
FULL = bool(os.environ.get("TK_FULL"))
PROGRAM = os.path.join(os.path.dirname(os.path.realpath(TK)), "../libexec/tk/plugins/apply-unix")
CALLS = ["openat2", "openat", "read", "write", "fsync", "syncfs", "renameat", "renameat2", "unlinkat", "mkdirat", "fchown", "fchmod", "fcntl",
         "newfstatat", "fsetxattr", "setxattr", "fgetxattr", "getxattr", "close", "getdents64"]
# Reading can fail with EIO alone; a close that fails has closed.
WRITES = {"openat2", "openat", "write", "fsync", "syncfs", "renameat", "renameat2", "unlinkat", "mkdirat", "fchown", "fchmod", "fsetxattr", "setxattr"}
root = os.geteuid() == 0
skipped = False


def scenario(w):
    """A tree with accounts, and a plan that does one of each: new, renamed, changed, removed, keys, sudo, folders, ACLs."""
    users = [f"u{i}" for i in range(5)]
    sudo = lambda to: f'<sudo name="web" id="{uuid7(61)}" to="{to}" commands="/usr/bin/systemctl restart web"/>\n'
    directory = lambda mode, acl: f'<directory name="d" id="{uuid7(62)}" path="/srv/d" mode="{mode}" acl="{acl}"/>\n'
    files = people("user", users, 1)
    files |= {"galaxies/w/sudos/web.xml": sudo("user:w/u0"), "galaxies/w/directories/d.xml": directory("0750", "user:u1:r-x"),
              "galaxies/w/groups/makers.xml": f'<group name="makers" id="{uuid7(60)}">\n  <member ref="user:w/u1"/>\n</group>\n'}
    w.declare(files)
    w.tk("repo", "apply", "--target", w.where, "--yes")
    without = dict(files)
    without["galaxies/w/users/all.xml"] = "".join(l + "\n" for l in files["galaxies/w/users/all.xml"].splitlines() if '"u4"' not in l)
    w.declare(without)
    w.tk("repo", "apply", "--target", w.where, "--yes")
    then = people("agent", ["b0", "b1"], 100, ' sponsor="user:w/u0"')
    then["galaxies/w/users/all.xml"] = (without["galaxies/w/users/all.xml"].replace('name="u1"', 'name="anna"').replace('name="u2"', 'name="u2" shell="/bin/zsh"')
                                        .replace('ssh-keys="k4"', 'ssh-keys="k4 k3"'))
    then["galaxies/w/sudos/web.xml"] = sudo("user:w/u2 agent:w/b0")
    then["galaxies/w/directories/d.xml"] = directory("2770", "user:u2:rwx,default:user:u2:rwx")
    then["galaxies/w/directories/e.xml"] = f'<directory name="e" id="{uuid7(63)}" path="/srv/e"/>\n'
    then["galaxies/w/groups/makers.xml"] = f'<group name="makers" id="{uuid7(60)}">\n  <member ref="user:w/anna"/>\n  <member ref="agent:w/b1"/>\n</group>\n'
    w.declare(then)
    plan = w.js("repo", "plan", "--target", w.where, "--purge", "--out", os.path.join(w.holder, "p"))
    assert {s["verb"] for s in plan["steps"]} == {"create", "change", "rename", "remove"}, plan["steps"]
    text = open(os.path.join(w.holder, "p"), "rb").read()
    kinds = {l.split(b"\t")[0] for l in text.splitlines()}
    assert {b"row", b"home", b"attic", b"file", b"dir", b"move"} <= kinds, kinds
    return text


class Harness:
    def __init__(self, w, plan):
        self.w, self.plan, self.key = w, plan, plan.rstrip().splitlines()[-1].split(b"\t")[1].decode()
        self.base = os.path.join(w.holder, "base")
        subprocess.run(["cp", "-a", w.root, self.base], check=True)
        self.old = self.look()
        assert self.run("apply").returncode == 0
        self.new = self.look()
        self.counts, self.bad = collections.Counter(), []

    def look(self): return self.w.snapshot(but=(".pwd.lock",))

    def reset(self):
        shutil.rmtree(self.w.root)
        subprocess.run(["cp", "-a", self.base, self.w.root], check=True)

    def run(self, verb, before=()):
        words = [*before, PROGRAM, verb, "--root", self.w.root, *(["--key", self.key] if verb != "recover" else [])]
        return subprocess.run(words, input=self.plan if verb != "recover" else b"", capture_output=True, timeout=60)

    def strace(self, *inject): return ["strace", "-f", "-o", os.path.join(self.w.holder, "trace"), *itertools.chain(*(("-e", i) for i in inject))]

    def half(self):
        """Committed, and nothing carried out yet."""
        self.reset()
        self.run("apply", self.strace("trace=renameat", f"inject=renameat:signal=KILL:when={self.commit_at + 1}"))
        assert os.path.exists(self.w.root + "/etc/.tk-commit"), "the commit point moved"

    def staged(self):
        """Everything made beside its place, not committed."""
        self.reset()
        self.run("apply", self.strace("trace=renameat", f"inject=renameat:signal=KILL:when={self.commit_at}"))
        assert os.path.exists(self.w.root + "/etc/.tk-stage")

    def find_commit(self):
        self.reset()
        self.run("apply", self.strace("trace=renameat"))
        calls = [l for l in open(os.path.join(self.w.holder, "trace")) if "renameat(" in l]
        self.commit_at = next(i for i, l in enumerate(calls, 1) if ".tk-commit" in l)

    def point(self, verb, prepare, call, n, fault):
        """True where the fault happened."""
        prepare()
        done = self.run(verb, self.strace(f"trace={call}", f"inject={call}:{fault}:when={n}" + ("" if fault.startswith("signal") else "+")))
        hit = "INJECTED" in open(os.path.join(self.w.holder, "trace")).read() or done.returncode < 0 or done.returncode == 137
        if not hit: return False
        where = (verb, prepare.__name__, call, n, fault)
        # One that says it did it has done it; and what is said is one line.
        if done.returncode == 0 and verb == "apply" and self.look() != self.new: self.bad.append((where, "0, but not the new tree"))
        if call != "write" and done.returncode > 0 and done.returncode != 137 and done.stderr.count(b"\n") != 1: self.bad.append((where, done.stderr))
        again = self.run("recover")
        if again.returncode: self.bad.append((where, "recover", again.returncode, again.stderr))
        now = self.look()
        kind = "old" if now == self.old else "new" if now == self.new else "torn"
        if kind == "torn": self.bad.append((where, "torn", [k for k in set(now) | set(self.old) if now.get(k) != self.old.get(k)][:5]))
        self.counts[(verb, fault, kind)] += 1
        last = self.run("apply")
        if last.returncode or self.look() != self.new: self.bad.append((where, "again", last.returncode, last.stderr))
        return True

    def points(self, verb, prepare):
        """Each call of a run without faults, by its number."""
        prepare()
        self.run(verb, self.strace("trace=" + ",".join(CALLS)))
        seen = collections.Counter()
        for line in open(os.path.join(self.w.holder, "trace")):
            words = line.split(maxsplit=1)
            call = words[1].split("(")[0] if len(words) > 1 else ""
            if call in CALLS:
                seen[call] += 1
                yield call, seen[call]


def kill(w):
    h = Harness(w, scenario(w))
    h.find_commit()
    faults = ["signal=KILL", "error=ENOSPC", "error=EIO", "error=EDQUOT"]
    every = list((verb, prepare, call, n, fault) for verb, prepare in (("apply", h.reset), ("recover", h.half), ("recover", h.staged))
                 for call, n in h.points(verb, prepare) for fault in faults
                 if fault == "signal=KILL" or call in WRITES or (fault == "error=EIO" and call == "read"))
    total = len(every)
    if not FULL: every = random.Random(7).sample(every, 120)
    done = sum(h.point(*p) for p in every)
    kills = {v: sum(c for (verb, fault, _), c in h.counts.items() if verb == v and fault == "signal=KILL") for v in ("apply", "recover")}
    print(f"faults: {done} of {total} points; killed in apply {kills['apply']}, in recover {kills['recover']};",
          ", ".join(f"{v} {f.split('=')[1]} {k} {c}" for (v, f, k), c in sorted(h.counts.items())))
    for b in h.bad[:10]: print("BAD", b)
    assert not h.bad, len(h.bad)
    if FULL: assert kills["apply"] >= 500 and kills["recover"] >= 500, kills


def kill_tk(w):
    """tk itself is killed: what its records say is what stands there, after the next command."""
    rng = random.Random(11)
    w.declare(people("user", ["k0"], 500))
    for i in range(30 if FULL else 6):
        w.declare({"galaxies/w/users/all.xml": people("user", [f"k{j}" for j in range(i + 2)], 500)["galaxies/w/users/all.xml"],
                   "galaxies/w/sshkeys/users.xml": people("user", [f"k{j}" for j in range(i + 2)], 500)["galaxies/w/sshkeys/users.xml"]})
        p = subprocess.Popen([TK, "repo", "apply", "--target", w.where, "--yes"], cwd=w.ws, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(rng.uniform(0, 0.25))
        try: os.killpg(p.pid, 9)
        except ProcessLookupError: pass
        p.wait()
        w.tk("repo", "recover", "--target", w.where)
        assert not [r for r in w.js("record", "list", "provision") if r["state"] == "applying"]
        w.tk("repo", "apply", "--target", w.where, "--yes")
        assert w.js("repo", "plan", "--target", w.where)["operations"] == 0
    w.tk("log", "verify")


def race(w):
    """A hundred applies at once, each with one account of its own, and useradd beside them: every row is there."""
    users = [f"r{i:03}" for i in range(100 if FULL else 40)]
    plans = []
    for i, u in enumerate(users):  # each plan knows of one new account only; its id is given by hand, as no two may share one
        w.declare({"galaxies/w/users/all.xml": f'<users>\n  <user name="{u}" id="{uuid7(3000 + i)}" uid="{21000 + i}"/>\n</users>\n'})
        w.js("repo", "plan", "--target", w.where, "--out", os.path.join(w.holder, u))
        plans.append(open(os.path.join(w.holder, u), "rb").read())
    signer = plans[0].rstrip().splitlines()[-1].split(b"\t")[1].decode()
    racers = []
    with_useradd = root and shutil.which("useradd") and shutil.which("unshare")
    if with_useradd:
        for name in ("login.defs", "nsswitch.conf", "pam.d", "default", "security"):
            if os.path.isdir("/etc/" + name): shutil.copytree("/etc/" + name, w.root + "/etc/" + name, symlinks=True)
            elif os.path.exists("/etc/" + name): shutil.copy("/etc/" + name, w.root + "/etc/" + name)
        # useradd takes the id behind the highest one that there is: below the range of tk, or a plan is rightly stale.
        with open(w.root + "/etc/login.defs", "a") as f: f.write("\nUID_MAX 19999\nGID_MAX 19999\n")
        loop = ('mount --bind "$1/etc" /etc && mount --bind "$1/home" /home && for i in $(seq 20); do for try in 1 2 3 4 5; do useradd -m -k /nonexistent '
                '-s /bin/sh x$i 2>/dev/null && break; sleep 0.2; done; done')
        racers.append(subprocess.Popen(["unshare", "-m", "sh", "-c", loop, "sh", w.root], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    for plan in plans:
        p = subprocess.Popen([PROGRAM, "apply", "--root", w.root, "--key", signer], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        p.stdin.write(plan), p.stdin.close()
        racers.append(p)
    codes = collections.Counter(p.wait(timeout=120) for p in racers)
    rows = {f: {r.split(":")[0] for r in w.read("/etc/" + f).splitlines()} for f in ("passwd", "group", "shadow", "gshadow")}
    want = set(users) | ({f"x{i}" for i in range(1, 21)} if with_useradd else set())
    for f, names in rows.items(): assert want <= names, (f, sorted(want - names)[:5], codes)
    assert codes == {0: len(racers)}, codes
    print(f"race: {len(users)} applies at once" + (" and 20 useradd beside them" if with_useradd else ", useradd SKIPPED (needs root)") + f": every row is there; exits {dict(codes)}")
    return bool(with_useradd)


def useradd():
    """What the same harness makes of useradd -m."""
    folder = os.path.join(w0.holder, "ua")
    def fresh():
        shutil.rmtree(folder, ignore_errors=True)
        for d in ("etc/skel", "home", "var/mail", "var/spool/mail"): os.makedirs(os.path.join(folder, d))
        for f, t in (("passwd", "root:x:0:0::/root:/bin/sh\n"), ("group", "root:x:0:\n"), ("shadow", "root:*:1::::::\n"), ("gshadow", "root:*::\n"), ("subuid", ""), ("subgid", "")):
            open(os.path.join(folder, "etc", f), "w").write(t)
        open(os.path.join(folder, "etc/skel/.profile"), "w").write("umask 027\n")
    def state():
        rows = {f for f in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid") if any(l.startswith("zed:") for l in open(os.path.join(folder, "etc", f)))}
        home = os.path.exists(os.path.join(folder, "home/zed/.profile"))
        return "old" if not rows and not os.path.exists(os.path.join(folder, "home/zed")) else "new" if rows >= whole and home else "torn"
    add = ["useradd", "-P", folder, "-m", "zed"]
    fresh()
    whole = set()
    subprocess.run(add, check=True, capture_output=True)
    whole = {f for f in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid") if "zed:" in open(os.path.join(folder, "etc", f)).read()}
    counts, fails, points = collections.Counter(), 0, 0
    for call in ("rename", "fsync", "unlink", "mkdir", "link", "openat", "write", "chown"):
        for n in range(1, 200):
            if not FULL and n % 3 and call in ("openat", "write"): continue
            fresh()
            trace = os.path.join(w0.holder, "trace")
            done = subprocess.run(["strace", "-o", trace, "-e", "trace=" + call, "-e", f"inject={call}:signal=KILL:when={n}", *add], capture_output=True)
            if "killed by SIGKILL" not in open(trace).read(): break
            points += 1
            counts[state()] += 1
            fails += subprocess.run(add, capture_output=True).returncode != 0 or state() != "new"
    print(f"useradd -m, killed at {points} points: {dict(counts)}; {fails} of them a second useradd does not mend")
    assert points > 0


with World(TK) as w0:
    if "kill" in PARTS:
        kill(w0)
        with World(TK) as w: kill_tk(w)
    if "race" in PARTS:
        with World(TK) as w: skipped |= not race(w)
    if "useradd" in PARTS:
        if root and shutil.which("useradd"): useradd()
        else:
            print("SKIPPED: useradd's figures need root")
            skipped = True
sys.exit(77 if skipped else 0)
