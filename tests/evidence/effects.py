#!/usr/bin/env python3
"""Whatever tk does outside of .tk stands in the journal (PROMISES row 10). strace counts what the processes of tk do: programs
that they start, files that they write outside of .tk, connections that they open; each is mapped to a row. Then tk is killed
at random points, and nothing is there that no row tells of. What an agent's own program does is not tk's: of that only its
start and end are rows (man tk-audit says so). CI: a seeded part; TK_FULL=1: 1,000 kills. usage: effects.py TK"""
import json, os, random, re, shutil, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "fault")]
from strace import calls_of
from workspace import Workspace

TK, skipped = sys.argv[1], False
KILLS = 1000 if os.environ.get("TK_FULL") else 60
OWN = os.path.realpath(os.path.join(os.path.dirname(TK), ".."))  # bin/ and libexec/ of this tk
WRITES = "openat,open,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,unlink,unlinkat,rmdir,truncate"
w = Workspace(TK, workflow=True)


def rows_after(seq):
    with sqlite3.connect(f"file:{w.path('.tk/journal.db')}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        return [dict(r) | {"payload": json.loads(r["payload"] or "null")} for r in
                db.execute("SELECT j.*, s.payload FROM journal j LEFT JOIN side s USING (seq) WHERE seq > ? ORDER BY seq", (seq,))]


def head(): return rows_after(0)[-1]["seq"]
def commits(): return subprocess.run(["git", "log", "--format=%H %(trailers:key=Tk-Seq,valueonly,separator=)", "--branches"], cwd=w.root,
                                     capture_output=True, text=True, check=True).stdout.splitlines()


def declared(rows):
    """The files of the declarations that rows made or changed."""
    return {r["payload"]["input"]["file"] for r in rows if r["kind"] == "done" and r["payload"] and isinstance(r["payload"]["input"].get("file"), str)}


def effects(trace):
    """(programs started, paths written outside of .tk, connections) by processes whose program is tk's own."""
    program, started, written, connected = {}, [], set(), []
    calls, parent = calls_of(trace)
    def program_of(pid):
        while pid and pid not in program: pid = parent.get(pid, "")
        return program.get(pid, "")
    for pid, name, call, result in calls:
        if result.startswith(("-1", "?")): continue
        own = program_of(pid)
        mine = not own or own.startswith(OWN)
        if name == "execve":
            path = os.path.realpath(os.path.join(w.root, re.search(r'"([^"]*)"', call).group(1)))
            program[pid] = path
            if mine and not path.startswith(OWN): started.append(path)
        elif own.endswith("/plugins/box-exec"): pass  # its files are those of a new root, which is gone with it
        elif mine and name == "connect" and "sun_path" not in call: connected.append(call)
        elif mine and name in WRITES.split(","):
            if name in ("openat", "open") and not re.search(r"O_(WRONLY|RDWR|CREAT)", call): continue
            for folder, path in re.findall(r'(?:<([^>]*)>, )?"([^"]*)"', call):
                path = os.path.normpath(os.path.join(folder or w.root, path))
                if not path.startswith((w.path(".tk"), "/dev/", "/proc/")): written.add(path)
    return started, written, connected


def traced(*words, code=0):
    """What the command did, and the rows that tell of it."""
    before, known, out = head(), set(commits()), os.path.join(w.holder.name, "trace")
    done = subprocess.run(["strace", "-f", "-y", "-qq", "--decode-pids=pidns", "-s", "4096", "-e", f"trace=execve,connect,clone,clone3,fork,vfork,{WRITES}", "-o", out, TK, *words],
                          cwd=w.root, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == code, (words, done.returncode, done.stdout[-800:], done.stderr)
    started, written, connected = effects(out)
    rows = rows_after(before)
    assert not connected, (words, connected)
    # Programs: each is the start of a step.
    begun = [r for r in rows if r["event_type"] in ("step.started", "step.retried") and r["kind"] == "done"]
    assert len(started) == len(begun) and all("/templates/" in p for p in started), (words, started, len(begun))
    # Files: each is the declaration that a row names, or git's own, and then each new commit is a row's.
    told = {w.path(f) for f in declared(rows)}
    told |= {os.path.dirname(p) for p in told}
    beside = lambda path: any(os.path.dirname(path) == os.path.dirname(t) and os.path.basename(path).startswith(".") for t in told)  # renamed onto it
    files = {p for p in written if not p.startswith(w.path(".git"))}
    assert all(p in told or beside(p) for p in files), (words, files, told)
    fresh = [c.split() for c in commits() if c not in known]
    for c in fresh: assert len(c) == 2 and any(r["seq"] == int(c[1]) for r in rows), (words, c)
    git = {p for p in written if p.startswith(w.path(".git"))}
    assert not git or fresh or words[:2] == ("log", "checkpoint"), (words, git)
    return len(started), len(files), len(git), len(rows)


total = [0, 0, 0, 0]
can = shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0
if can:
    me = "user:" + w.user()
    c = w.json("record", "new", "counter")["id"]
    run = lambda: w.json("wot", "list")[0]["run"]
    todo = [(["repo", "new", "user", "una"], 0), (["repo", "set", "user:una", "title=x"], 0), (["record", "step", c, "tick", "note=x"], 0),
            (["record", "step", c, "tock"], 1), (["record", "step", c, "tick", "--as", "user:una"], 3),
            (["acl", "token", "--for", "agent:one", "--action", "run.read", "--resource", "run:**"], 0),
            (["acl", "borrow", "request", "--lender", me, "--borrower", "agent:one", "--action", "run.read", "--resource", "run:**", "--purpose", "p"], 0),
            (["repo", "new", "agent", "spare", "sponsor=" + me], 0), (["law", "halt", "agent:spare"], 0),
            (["wot", "run", "chain", "--input", "n=1"], 5), (["log", "checkpoint"], 0),
            (["law", "review", "--attest", "--reason", "r"], 0)]
    reads = [["status"], ["log"], ["log", "verify"], ["law", "can", me, "run.start", "wot:w/chain"], ["law", "review"], ["repo", "get"], ["inbox", "list"],
             ["audit", "god-mode"], ["audit", "coverage"], ["audit", "secrets"], ["compliance", "report", "--frame", "soc2"], ["events", "types"]]
    for words, code in todo:
        did = traced(*words, code=code)
        assert did[3] > 0 or words == ["log", "checkpoint"], (words, "no row")
        total = [a + b for a, b in zip(total, did)]
    for words in reads: assert traced(*words) == (0, 0, 0, 0), words
    print(f"{len(todo) + len(reads)} commands under strace: {total[0]} programs, {total[1]} files and {total[2]} of git's written outside of .tk, "
          f"0 connections; {total[3]} rows; each is told of")
else:
    print("SKIPPED: no strace, or it may not trace here; what tk does was not counted")
    skipped = True

# ---- killed at random points
rng, killed, tries, ran = random.Random(20261128), 0, 0, os.path.join(w.out(), "ran")
most = {"set": 64, "run": 256}
def told_of(when):
    """Everything that is there outside of .tk, against the rows."""
    rows = rows_after(0)
    for c in commits():
        words = c.split()
        if len(words) == 2: assert rows[int(words[1]) - 1]["kind"] == "done", (when, c)
    starts = [r["payload"]["input"].get("agent", "").split("/")[-1] for r in rows if r["event_type"] == "step.started"]
    starts += [None] * sum(r["event_type"] == "step.retried" for r in rows)
    programs = open(ran).read().split() if os.path.exists(ran) else []
    assert len(programs) <= len(starts), (when, len(programs), "programs ran", len(starts), "starts")
    if None not in starts:
        for name in set(programs): assert programs.count(name) <= starts.count(name), (when, name)
    files = declared(rows)
    dirty = subprocess.run(["git", "status", "--porcelain", "--untracked-files=all"], cwd=w.root, capture_output=True, text=True, check=True).stdout
    for line in dirty.splitlines():
        path = line[3:]
        beside = os.path.basename(path).startswith(".") and os.path.dirname(path) in {os.path.dirname(f) for f in files}
        assert path in files or beside, (when, line)


while killed < KILLS:
    tries += 1
    assert tries < 20 * KILLS, "tk is hardly ever killed"
    kind = "set" if rng.random() < 0.5 else "run"
    n = rng.randint(1, most[kind])
    words = ["repo", "set", "user:" + w.user(), f"title=t{tries}"] if kind == "set" else ["wot", "run", "chain", "--input", f"n={tries}"]
    got = w.run(*words, fault=f"*:{n}=kill")
    if got.returncode != -9:
        most[kind] = max(8, n)  # behind the last point
        continue
    killed += 1
    told_of((words, n))
    w.run("repo", "new", "user", f"after{tries}", check=True)  # rolls forward what was committed
    told_of((words, n, "mended"))
gaps = w.json("audit", "coverage")["gaps"]
assert gaps == [], gaps
w.verify()
print(f"{killed} random kills: {len(open(ran).read().split())} programs of agents, {len(commits())} commits, 0 that no row tells of")
sys.exit(77 if skipped else 0)  # the rest passed; ctest counts what was left out
