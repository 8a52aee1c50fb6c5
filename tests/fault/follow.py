#!/usr/bin/env python3
"""`tk log --follow` sleeps until something happens: it wakes once a second at most while nothing does, and
prints a row at once when it is on disk, also one whose writer was killed before it flushed."""
import os, select, subprocess, sys, time
from workspace import Workspace

IDLE, STEPS = 3, 50


def switches(pid):
    """How often each thread has gone to sleep."""
    out = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        for line in open(f"/proc/{pid}/task/{thread}/status"):
            if line.startswith("voluntary_ctxt_switches"): out[thread] = int(line.split()[1])
    return out


def main():
    w = Workspace(sys.argv[1])
    record = w.json("record", "new", "counter")["id"]
    rows = len(w.json("log"))
    follower = subprocess.Popen([w.tk, "log", "--follow"], cwd=w.root, stdout=subprocess.PIPE, bufsize=0)
    for _ in range(rows): assert follower.stdout.readline()
    before, began = switches(follower.pid), time.monotonic()
    time.sleep(IDLE)  # the measure itself
    took = time.monotonic() - began
    idle = {t: n - before.get(t, 0) for t, n in switches(follower.pid).items()}
    assert max(idle.values()) <= took + 1, f"in {took:.1f} s of silence its threads woke {idle}"

    writer = subprocess.Popen([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")], cwd=w.root,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    me, late = f"user:{w.user()}", []
    for n in range(STEPS):
        writer.stdin.write(f"{me} {record} f{n} note{n}\n")
        assert writer.stdout.readline().startswith("0 ")
        told = time.monotonic()
        assert select.select([follower.stdout], [], [], 5)[0], "the follower says nothing"
        follower.stdout.readline()
        late.append((time.monotonic() - told) * 1000)
    writer.stdin.close()
    writer.wait()
    late.sort()
    assert late[len(late) // 2] < 300, late  # a look once a second would take 500

    got = w.run("record", "step", record, "tick", "note=orphan", fault="commit.settle=kill")
    assert got.returncode == -9
    began = time.monotonic()
    assert select.select([follower.stdout], [], [], 5)[0], "a row whose writer died is never told"
    orphan = time.monotonic() - began
    follower.terminate()
    follower.wait()
    print(f"{took:.0f} s of silence: its threads woke {sorted(idle.values())} times; a row stands there {late[len(late) // 2]:.1f} ms after its writer "
          f"was answered (worst of {STEPS}: {late[-1]:.1f} ms), one whose writer died after {orphan:.1f} s")


main()
