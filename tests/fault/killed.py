#!/usr/bin/env python3
"""Writers are killed at every point at which they hold the write or the flush for all, and at random ones,
while eight others go on: nobody waits longer than a second, and what was acknowledged is there."""
import itertools, os, random, subprocess, sys, threading, time
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
SECONDS, SURVIVORS, DOOMED = 40 if FULL else 6, 8, 3
POINTS = ["step.8", "commit.leaf", "commit.row", "commit.state", "commit.outbox", "commit.flush", "commit.settle", "db.write", "db.sync"]


class Writer:
    def __init__(self, w, record, name, fault=None):
        env = {k: v for k, v in os.environ.items() if k != "TK_FAIL_AT"} | ({"TK_FAIL_AT": fault} if fault else {})
        self.me, self.record, self.name, self.n = f"user:{w.user()}", record, name, 0
        self.p = subprocess.Popen([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")], cwd=w.root, env=env,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def step(self):
        """True: acknowledged; None: it is dead."""
        self.n += 1
        try:
            self.p.stdin.write(f"{self.me} {self.record} {self.name}-{self.n} x{self.n}\n")
        except BrokenPipeError:
            return None
        answer = self.p.stdout.readline()
        assert not answer or answer.startswith("0 "), answer
        return True if answer else None


def main():
    w = Workspace(sys.argv[1])
    records = [w.json("record", "new", "counter")["id"] for _ in range(SURVIVORS + DOOMED)]
    until, gaps, done, kills, odd = time.monotonic() + SECONDS, [0.0] * SURVIVORS, [0] * SURVIVORS, [0] * DOOMED, []

    def survive(k):
        try:
            writer = Writer(w, records[k], f"s{k}")
            writer.step()
            last = time.monotonic()
            while last < until:
                assert writer.step(), "a survivor is dead"
                now = time.monotonic()
                gaps[k], last = max(gaps[k], now - last), now
            done[k] = writer.n
            writer.p.stdin.close()
            assert writer.p.wait(60) == 0
        except AssertionError as e: odd.append(str(e))

    def die(k):
        rng, points = random.Random(k), itertools.cycle(POINTS[k::DOOMED] + POINTS)
        try:
            while time.monotonic() < until:
                outside = rng.random() < 0.3
                fault = None if outside else f"{next(points)}:{rng.randint(1, 12)}=kill"
                writer = Writer(w, records[SURVIVORS + k], f"d{k}-{kills[k]}", fault)
                if outside: threading.Timer(rng.uniform(0.02, 0.1), writer.p.kill).start()
                while time.monotonic() < until and writer.step(): pass
                writer.p.kill()
                kills[k] += writer.p.wait() == -9
        except AssertionError as e: odd.append(str(e))

    threads = [threading.Thread(target=survive, args=(k,)) for k in range(SURVIVORS)]
    threads += [threading.Thread(target=die, args=(k,)) for k in range(DOOMED)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert not odd, odd[:5]
    for k in range(SURVIVORS):
        version = w.json("record", "show", records[k])["version"]
        assert version == done[k] + 1, f"{done[k]} steps acknowledged, version {version}"
    # Under TSan what it says of a dead holder's mutex (tests/tsan.supp) takes it a second to look up.
    assert max(gaps) < (10 if "TSAN_OPTIONS" in os.environ else 1), f"somebody waited {max(gaps):.2f} s"
    assert sum(kills) > SECONDS, f"only {sum(kills)} were killed"
    w.verify()
    print(f"{sum(kills)} writers killed in {SECONDS} s at {len(POINTS)} points and at random; {SURVIVORS} others made {sum(done)} steps, "
          f"the longest wait {max(gaps) * 1000:.0f} ms")


main()
