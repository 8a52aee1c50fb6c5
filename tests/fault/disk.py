#!/usr/bin/env python3
"""A disk that is full, fails or writes short at any point that a command passes: the command says so in
one clear line (exit 1 or 75) or succeeds in spite of it, and asking again gives the one result: a step
with its key, a workflow that goes on to the same end, a declaration. Nothing crashes, the chain holds."""
import collections, json, os, subprocess, sys, time
from workflow import essence, finish
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
ACTIONS = ("enospc", "eio", "short")


def points(passes):
    """How many points the command passes: the last one at which it can still be killed."""
    high = 1
    while passes(high): high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low


def told(got, at, good=(0,)):
    """Success, or one clear line of why not."""
    assert got.returncode in (*good, 1, 75), f"{at}: exit {got.returncode} {got.stderr}"
    errors = [line for line in got.stderr.splitlines() if line.startswith("tk: [TK-")]
    assert len(errors) == (got.returncode in (1, 75)), f"{at}: exit {got.returncode}, said: {got.stderr}"
    return got.returncode


def faults(seen, count, every):
    for n in range(1, count + 1, every):
        for action in ACTIONS:
            yield f"*:{n}={action}", seen[action]


def summary(name, count, seen):
    return f"{name}, {count} points: " + ", ".join(
        f"{a} " + "/".join(f"{n} exit {code}" for code, n in sorted(seen[a].items())) for a in ACTIONS)


def counter(w):
    return w.json("record", "new", "counter")["id"]


def step(w):
    record, tried = counter(w), iter(range(10**6))
    def tick(key, fault=None):
        return w.run("record", "step", record, "tick", f"note={key}", "--key", key, fault=fault)
    count = points(lambda n: tick(f"count-{next(tried)}", f"*:{n}=kill").returncode == -9)
    seen, version = collections.defaultdict(collections.Counter), w.json("record", "show", record)["version"]
    for fault, exits in faults(seen, count, 1 if FULL else 5):
        got = tick(fault, fault)
        exits[told(got, fault)] += 1
        w.mend()
        before = w.json("record", "show", record)["version"]
        assert before in ((version + 1,) if got.returncode == 0 else (version, version + 1)), f"{fault}: {version} → {before}"
        again = tick(fault)
        assert again.returncode == 0, f"{fault}, again: {again.returncode} {again.stderr}"
        version += 1
        shown = w.json("record", "show", record)
        assert (shown["version"], shown["fields"]["note"]) == (version, fault), f"{fault}: {shown}"
        w.verify()
    return summary("record step", count, seen)


def workflow(w):
    run_file = w.path(".tk/run-id")
    def start(fault=None):
        if os.path.exists(run_file): os.unlink(run_file)
        return w.run("wot", "run", "chain", "--input", "n=1", "--run-file", run_file, fault=fault)
    assert start().returncode == 5
    reference = essence(finish(w, run_file))
    count = points(lambda n: start(f"*:{n}=kill").returncode == -9)
    seen = collections.defaultdict(collections.Counter)
    for fault, exits in faults(seen, count, 9 if FULL else count // 6 + 1):
        exits[told(start(fault), fault, good=(5,))] += 1
        w.mend()
        if not os.path.exists(run_file):  # nobody was told of a run: it is started anew
            assert start().returncode == 5, fault
        assert essence(finish(w, run_file)) == reference, f"{fault}: another result"
        w.verify()
    return summary("wot run", count, seen)


def declaration(w):
    me = f"user:{w.user()}"
    def put(title, fault=None):
        return w.run("repo", "set", me, f"title={title}", fault=fault)
    def title():
        return json.loads(w.run("repo", "get", me, "--json", check=True).stdout)["attributes"].get("title")
    def settle():
        w.mend()
        w.run("repo", "new", "user", f"u{time.monotonic_ns()}", check=True)  # rolls forward what was journaled
    def passes(n):
        killed = put(f"count{n}", f"*:{n}=kill").returncode == -9
        settle()
        return killed
    count = points(passes)
    seen = collections.defaultdict(collections.Counter)
    for fault, exits in faults(seen, count, 1 if FULL else 5):
        old, wanted = title(), fault.replace("*:", "t").replace("=", "-")
        version = w.json("record", "show", me)["version"]
        exits[told(put(wanted, fault), fault)] += 1
        w.mend()
        again = put(wanted)
        assert again.returncode == 0, f"{fault}, again: {again.returncode} {again.stderr}"
        assert title() == wanted != old, fault
        assert w.json("record", "show", me)["version"] in (version + 1, version + 2), fault
        left = subprocess.run(["git", "status", "--porcelain"], cwd=w.root, capture_output=True, text=True, check=True).stdout
        assert left == "", f"{fault}: the working tree does not follow: {left}"
        w.verify()
    return summary("repo set", count, seen)


def main():
    began = time.monotonic()
    print("; ".join(test(Workspace(sys.argv[1], workflow=True)) for test in (step, workflow, declaration)) + f"; {time.monotonic() - began:.0f} s")


main()
