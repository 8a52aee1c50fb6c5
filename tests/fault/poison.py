#!/usr/bin/env python3
"""A flush of the journal fails once: from then on no process acknowledges anything, also none that was
running before, until `tk doctor --mend` or a new boot. Reading goes on, and a follower is not told what
may be lost. After the mend all goes on, and the key of the unlucky step gives its one result."""
import json, os, select, subprocess, sys
from workspace import Workspace


class Resident:
    def __init__(self, w, record):
        self.record, self.me, self.n = record, f"user:{w.user()}", 0
        self.p = subprocess.Popen([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")], cwd=w.root,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def step(self):
        self.n += 1
        self.p.stdin.write(f"{self.me} {self.record} {self.record}-{self.n} x{self.n}\n")
        return self.p.stdout.readline()

    def end(self):
        self.p.stdin.close()
        assert self.p.wait(60) == 0


def lines_within(p, seconds):
    """What a follower prints until it has been silent for so long."""
    out = []
    while select.select([p.stdout], [], [], seconds)[0]:
        line = p.stdout.readline()
        if not line: break
        out.append(json.loads(line))
    return out


def poison(w, fault):
    record, mine = (w.json("record", "new", "counter")["id"] for _ in range(2))
    residents = [Resident(w, w.json("record", "new", "counter")["id"]) for _ in range(2)]
    for r in residents: assert r.step().startswith("0 ")
    follower = subprocess.Popen([w.tk, "log", "--follow", "--jsonl"], cwd=w.root, stdout=subprocess.PIPE, bufsize=0)
    lines_within(follower, 2)
    key = "k-" + fault.replace(":", "-")
    def tick(k, f=None): return w.run("record", "step", record, "tick", f"note={k}", "--key", k, fault=f)

    got = tick(key, fault)
    assert got.returncode == 1 and "[TK-JRN-000" in got.stderr, f"{fault}: {got.returncode} {got.stderr}"
    version = w.json("record", "show", record)["version"]
    for r in residents:
        answer = r.step()
        assert answer.startswith("1 ") and "TK-JRN-0005" in answer, f"{fault}: a running process said {answer}"
    for again in (key, key + "-other"):
        got = tick(again)
        assert got.returncode == 1 and "TK-JRN-0005" in got.stderr, f"{fault}: {again}: {got.returncode} {got.stderr}"
    assert w.json("record", "show", record)["version"] == version
    for words in (("log",), ("log", "verify"), ("status",)):
        got = w.run(*words)
        assert got.returncode == 0, f"{fault}: {words}: {got.returncode} {got.stderr}"
    for _ in range(2):
        got = w.run("doctor")
        assert got.returncode == 1 and "flush of the journal failed" in got.stdout, f"{fault}: doctor: {got.returncode} {got.stdout}{got.stderr}"
    told = lines_within(follower, 1.5)  # longer than its look once a second
    assert not told, f"{fault}: a follower was told of what may be lost: {told}"

    w.run("doctor", "--mend")
    got = w.run("doctor")
    assert "flush of the journal failed" not in got.stdout, f"{fault}: not mended: {got.stdout}{got.stderr}"
    got = tick(key)
    assert got.returncode == 0, f"{fault}: after the mend: {got.returncode} {got.stderr}"
    assert w.json("record", "show", record)["version"] == 2
    rows = [r for r in w.json("log", "--entity", record) if r["idempotency_key"].endswith("/" + key)]
    assert len(rows) == 1, rows
    for r in residents:
        answer = r.step()
        assert answer.startswith("0 "), f"{fault}: after the mend a running process said {answer}"
        r.end()
    told = [row["seq"] for row in lines_within(follower, 1)]
    assert rows[0]["seq"] in told and told == sorted(set(told)), f"{fault}: {told}"
    follower.terminate()
    follower.wait()
    w.verify()
    assert w.json("record", "show", mine)["version"] == 1


def poison_at_close(w):
    """The flush that fails is the one of the last process to leave, which SQLite tells nobody of."""
    record = w.json("record", "new", "counter")["id"]
    said = {}
    for nth in range(1, 9):
        got = w.run("record", "step", record, "tick", f"note={nth}", "--key", f"c{nth}", fault=f"db.sync:{nth}=eio")
        if "flush of the journal failed" not in w.run("doctor").stdout:
            assert got.returncode == 0, got.stderr
            break  # it passes fewer flushes than nth
        said[nth] = got.returncode
        w.mend()
        assert w.run("record", "step", record, "tick", f"note={nth}", "--key", f"c{nth}").returncode == 0
    assert 0 in said.values() and 1 in said.values(), said
    assert w.json("record", "show", record)["version"] == nth + 1
    w.verify()
    return said


def main():
    w = Workspace(sys.argv[1])
    for fault in ("db.sync=eio", "db.sync=enospc"): poison(w, fault)
    said = poison_at_close(w)
    print(f"eio and enospc: poisoned for running and new processes, read, said by doctor, mended; at each of {len(said)} flushes of a step: exits {list(said.values())}")


main()
