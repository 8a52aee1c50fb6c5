#!/usr/bin/env python3
"""kill -9, a full disk and a failing one at every point of a transition: nothing that was acknowledged
is lost, nothing is doubled, the state is the fold of the journal and the chain verifies."""
import os, sys
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
POINTS = [f"step.{n}" for n in range(1, 11)] + ["commit.leaf", "commit.row", "commit.state", "commit.outbox", "commit.flush", "commit.settle"]


def tick(w, record, key, fault=None):
    return w.run("record", "step", record, "tick", f"note={key}", "--key", key, fault=fault)


def main():
    w = Workspace(sys.argv[1])
    record = w.json("record", "new", "counter")["id"]
    done = kills = refused = 0

    def after(key, got, allowed):
        """The same key once more must give the one result, whether the first try arrived or not."""
        nonlocal done
        assert got.returncode in allowed, f"{key}: {got.returncode} {got.stderr}"
        if "db.sync" in key: w.mend()  # a flush that failed poisons, also one after the answer
        before = w.json("record", "show", record)["version"]
        acknowledged = got.returncode == 0
        assert before in ((done + 2,) if acknowledged else (done + 1, done + 2)), (key, before, done)
        again = tick(w, record, key)
        assert again.returncode == 0, f"{key} again: {again.stderr}"
        done += 1
        assert w.json("record", "show", record)["version"] == done + 1, key

    for point in POINTS:
        for n in range(50 if FULL else 4):
            got = tick(w, record, f"{point}-kill-{n}", f"{point}=kill")
            kills += got.returncode == -9
            after(f"{point}-kill-{n}", got, (-9,))
        w.verify()
    for point in ("db.write", "db.sync"):
        for nth in range(1, (12 if FULL else 7)):
            for action, exits in (("kill", (-9, 0)), ("enospc", (75, 1, 0)), ("eio", (1, 0)), ("short", (1, 0))):
                key = f"{point}-{action}-{nth}"
                got = tick(w, record, key, f"{point}:{nth}={action}")
                refused += got.returncode in (1, 75)
                if got.returncode in (1, 75):
                    assert got.stderr.startswith("tk: [TK-"), got.stderr
                after(key, got, exits)
        w.verify()
    # The page that processes share is made anew: it is whole, or it is not there.
    for point in ("os.fallocate", "os.mmap", "os.mmap:2"):
        for action, exits in (("kill", (-9, 0)), ("enospc", (75, 0)), ("eio", (1, 0))):
            os.unlink(w.path(".tk/run/live"))
            after(f"{point}-{action}", tick(w, record, f"{point}-{action}", f"{point}={action}"), exits)
    w.verify()
    # A fault in the first seven steps is one journaled refusal that names the step.
    for n in range(1, 8):
        got = w.run("record", "step", record, "tick", "note=x", fault=f"step.{n}=eio")
        assert got.returncode == 1, got.stderr
        row = w.json("log", "--reverse", "--limit", "1")[0]
        assert row["kind"] == "failed" and row["reason"].startswith(f"step {n} "), row
        assert w.json("record", "show", record)["version"] == done + 1
    w.verify()
    # A transition that parks: killed anywhere, it waits whole or not at all, and only once.
    def ask(fault=None):
        return w.run("record", "step", record, "ask", "note=x", fault=fault)
    for point in POINTS:
        for nth in ("", ":2"):
            got = ask(f"{point}{nth}=kill")
            kills += got.returncode == -9
            assert got.returncode in (-9, 5), got.stderr
            w.verify()
            assert len(w.json("inbox", "list")) <= 1 and w.json("record", "show", record)["version"] == done + 1
    assert ask().returncode == 5 and len(w.json("inbox", "list")) == 1
    print(f"{kills} kills, {refused} disk faults refused, {done} transitions: 0 lost, 0 doubled")


main()
